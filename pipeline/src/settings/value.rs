//! Values of keys: from what is given to what is meant.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use openobs_steps::reference::sensitivity::Levels;

use super::error::nearest;
use super::keys::Kind;
use super::text::{self, Given, Table};
use super::{ArchiveDeclaration, LayerDeclaration, ShareLimit, declared_layers, declared_levels};

/// A value that its key can have.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Date(Date),
    Count(u64),
    Share(f64),
    ShareLimit(ShareLimit),
    Boolean(bool),
    Text(String),
    Path(PathBuf),
    Paths(Vec<PathBuf>),
    Names(Vec<String>),
    Choice(&'static str),
    Choices(Vec<&'static str>),
    Archives(Vec<ArchiveDeclaration>),
    Layers(Vec<LayerDeclaration>),
    Levels(Levels),
}

/// What is wrong with a value: what was given, and what would be right.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// Goes after the key: "is `many`".
    pub message: String,
    /// Goes after the place: "give a whole number".
    pub remedy: String,
    /// The line it stands on, where that is another than the key's.
    pub line: Option<usize>,
}

impl Kind {
    /// The value that is meant. Relative paths start at `folder`.
    pub(super) fn value(self, given: &Given, folder: Option<&Path>) -> Result<Value, Refused> {
        let refused = || Refused {
            message: format!("is {}", given.show()),
            remedy: format!("give {}", self.accepts()),
            line: None,
        };
        match self {
            Self::Archives => return archives(given),
            Self::Layers => return declared_layers::layers(given, folder).map(Value::Layers),
            Self::Levels => return declared_levels::levels(given).map(Value::Levels),
            _ => {}
        }
        let value = match self {
            Self::Date => date(given).map(Value::Date),
            Self::Count => count(given).map(Value::Count),
            Self::Positive => count(given).filter(|count| *count > 0).map(Value::Count),
            Self::Share => share(given).map(Value::Share),
            Self::ShareLimit => given.plain().and_then(|text| ShareLimit::parse(&text)).map(Value::ShareLimit),
            Self::Boolean => boolean(given).map(Value::Boolean),
            Self::Bytes => bytes(given).map(Value::Count),
            Self::Text => plain(given).map(Value::Text),
            Self::Path => plain(given).map(|path| Value::Path(from(folder, path))),
            Self::Paths => {
                list(given).map(|paths| Value::Paths(paths.into_iter().map(|path| from(folder, path)).collect()))
            }
            Self::Names => list(given).filter(|names| !names.is_empty()).map(Value::Names),
            Self::Choice(choices) => plain(given).and_then(|name| choice(choices, &name)).map(Value::Choice),
            Self::Choices(choices) => list(given)
                .and_then(|names| names.iter().map(|name| choice(choices, name)).collect::<Option<Vec<_>>>())
                .map(Value::Choices),
            Self::Archives | Self::Layers | Self::Levels => None,
        };
        value.ok_or_else(|| match self {
            // The list itself says little: name the element that is wrong.
            Self::Choices(choices) => list(given)
                .and_then(|names| names.into_iter().find(|name| choice(choices, name).is_none()))
                .map_or_else(refused, |name| Refused { message: format!("names `{name}`"), ..refused() }),
            _ => refused(),
        })
    }
}

fn plain(given: &Given) -> Option<String> {
    match given {
        Given::Raw(text) | Given::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// Texts; untyped text is cut at commas unless it is a TOML list.
fn list(given: &Given) -> Option<Vec<String>> {
    match given {
        Given::Raw(text) if text.trim_start().starts_with('[') => list(&text::parse_value(text)?),
        Given::Raw(text) => {
            Some(text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect())
        }
        Given::Text(_) => plain(given).map(|text| vec![text]),
        Given::List(values) => values.iter().map(|value| plain(&value.value)).collect(),
        _ => None,
    }
}

fn choice(choices: &[&'static str], name: &str) -> Option<&'static str> {
    choices.iter().find(|choice| choice.eq_ignore_ascii_case(name)).copied()
}

fn date(given: &Given) -> Option<Date> {
    match given {
        Given::Date(text) | Given::Raw(text) | Given::Text(text) => {
            let text = text.trim();
            // Ten characters: jiff would also read a date with a time, of which the time would be lost unseen.
            (text.len() == 10).then(|| text.parse().ok()).flatten()
        }
        _ => None,
    }
}

fn count(given: &Given) -> Option<u64> {
    match given {
        Given::Integer(number) => u64::try_from(*number).ok(),
        Given::Raw(text) => text.trim().replace('_', "").parse().ok(),
        _ => None,
    }
}

/// A part of a whole; `0.5` in TOML comes as it is written.
fn share(given: &Given) -> Option<f64> {
    let share = match given {
        Given::Integer(number) => *number as f64,
        Given::Raw(text) | Given::Other(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (0.0..=1.0).contains(&share).then_some(share)
}

fn boolean(given: &Given) -> Option<bool> {
    match given {
        Given::Boolean(value) => Some(*value),
        Given::Raw(text) => text.trim().to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

/// Units of sizes: decimal ones as disks are sold, binary ones as memory is.
const UNITS: &[(&str, u64)] = &[
    ("", 1),
    ("b", 1),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    // As DataFusion and Java have them.
    ("k", 1 << 10),
    ("m", 1 << 20),
    ("g", 1 << 30),
    ("t", 1 << 40),
];

fn bytes(given: &Given) -> Option<u64> {
    let text = match given {
        Given::Integer(number) => return u64::try_from(*number).ok(),
        Given::Raw(text) | Given::Text(text) => text.trim(),
        _ => return None,
    };
    let digits = text.find(|character: char| !character.is_ascii_digit() && character != '.' && character != '_');
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let unit = unit.trim().to_lowercase();
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let number = number.replace('_', "");
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(*factor);
    }
    let size = number.parse::<f64>().ok()? * (*factor as f64);
    // Half of a byte makes no size, and beyond 2^53 a fraction would not be exact.
    (size.fract() == 0.0 && size < 9e15).then_some(size as u64)
}

/// A path from the folder of its file; addresses stay as they are.
fn from(folder: Option<&Path>, path: String) -> PathBuf {
    match folder {
        Some(folder) if !path.contains("://") => folder.join(path),
        _ => PathBuf::from(path),
    }
}

const ARCHIVE_KEYS: &[&str] = &["name", "filter", "title", "rows_per_part"];

fn archives(given: &Given) -> Result<Value, Refused> {
    let refuse =
        |message: String| Refused { message, remedy: format!("give {}", Kind::Archives.accepts()), line: None };
    let parsed = match given {
        Given::Raw(text) => text::parse_value(text),
        _ => None,
    };
    let Given::List(tables) = parsed.as_ref().unwrap_or(given) else {
        return Err(refuse(format!("is {}", given.show())));
    };
    let mut archives: Vec<ArchiveDeclaration> = Vec::with_capacity(tables.len());
    for (position, table) in tables.iter().enumerate() {
        let Given::Table(table) = &table.value else {
            return Err(refuse(format!("holds {}", table.value.show())));
        };
        let archive = archive(table, position + 1)?;
        if archives.iter().any(|other| other.name == archive.name) {
            let message = format!("declares the archive `{}` twice", archive.name);
            return Err(Refused { message, remedy: "give each archive a name of its own".to_owned(), line: None });
        }
        archives.push(archive);
    }
    Ok(Value::Archives(archives))
}

fn archive(table: &Table, position: usize) -> Result<ArchiveDeclaration, Refused> {
    if let Some((key, _)) = table.iter().find(|(key, _)| !ARCHIVE_KEYS.contains(&key.as_str())) {
        let known = || format!("known are `{}`", ARCHIVE_KEYS.join("`, `"));
        let remedy = nearest(key, ARCHIVE_KEYS.iter().copied()).unwrap_or_else(known);
        return Err(Refused {
            message: format!("has the unknown key `{key}` in archive {position}"),
            remedy,
            line: None,
        });
    }
    let text = |name: &str, kind: Kind| -> Result<Option<Value>, Refused> {
        let Some((_, given)) = table.iter().find(|(key, _)| key == name) else { return Ok(None) };
        let value = kind.value(&given.value, None);
        let place = |refused: Refused| Refused {
            message: format!("has a `{name}` in archive {position} that {}", refused.message),
            ..refused
        };
        value.map(Some).map_err(place)
    };
    let required = |name: &str| match text(name, Kind::Text)? {
        Some(Value::Text(value)) => Ok(value),
        _ => Err(Refused {
            message: format!("has no `{name}` in archive {position}"),
            remedy: format!("give a `{name}`"),
            line: None,
        }),
    };
    let name = required("name")?;
    if !is_file_stem(&name) {
        let message = format!("has the name `{name}` in archive {position}");
        return Err(Refused { message, remedy: "use letters, digits, `-`, `_` and `.`".to_owned(), line: None });
    }
    let title = match text("title", Kind::Text)? {
        Some(Value::Text(title)) => Some(title),
        _ => None,
    };
    let rows_per_part = match text("rows_per_part", Kind::Positive)? {
        Some(Value::Count(rows)) => Some(rows),
        _ => None,
    };
    Ok(ArchiveDeclaration { name, filter: required("filter")?, title, rows_per_part })
}

/// Whether a text can be the name of a file or folder of ours: no separators, nothing hidden, nothing special.
pub(crate) fn is_file_stem(name: &str) -> bool {
    let allowed = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | '.');
    !name.is_empty() && name.len() <= 200 && !name.starts_with('.') && name.chars().all(allowed)
}
