//! `[[level]]`: the levels of sensitivity and what each may show.

use openobs_steps::reference::sensitivity::{AreaKind, HIGHEST_RANK, Level, Levels, LevelsError};

use super::error::nearest;
use super::keys::Kind;
use super::text::{self, Given, Located, Table};
use super::value::{Refused, Value};

const KEYS: &[&str] = &["code", "rank", "area", "label"];
/// Longer codes and labels are a mistake.
const LONGEST: usize = 120;

/// The levels that are declared.
pub(super) fn levels(given: &Given) -> Result<Levels, Refused> {
    let refuse = |message: String| Refused { message, remedy: format!("give {}", Kind::Levels.accepts()), line: None };
    let parsed = match given {
        Given::Raw(text) => text::parse_value(text),
        _ => None,
    };
    let Given::List(tables) = parsed.as_ref().unwrap_or(given) else {
        return Err(refuse(format!("is {}", given.show())));
    };
    let in_file = parsed.is_none();
    let mut lines = Vec::with_capacity(tables.len());
    let mut levels = Vec::with_capacity(tables.len());
    for (position, Located { line, value }) in tables.iter().enumerate() {
        let line = Some(*line).filter(|_| in_file);
        let Given::Table(table) = value else {
            return Err(Refused { line, ..refuse(format!("holds {}", value.show())) });
        };
        let level = level(table, position + 1).map_err(|refused| Refused { line: refused.line.or(line), ..refused })?;
        lines.push((level.rank, level.code.clone(), line));
        levels.push(level);
    }
    Levels::new(levels).map_err(|error| {
        // The later of two levels that do not go together.
        let last = |is_meant: &dyn Fn(u8, &str) -> bool| {
            lines.iter().rev().find(|(rank, code, _)| is_meant(*rank, code)).and_then(|(_, _, line)| *line)
        };
        let line = match &error {
            LevelsError::RankTooHigh(meant)
            | LevelsError::RankTwice(meant)
            | LevelsError::PreciseAbove(meant)
            | LevelsError::WithheldBelow(meant) => last(&|rank, _| rank == *meant),
            LevelsError::CodeTwice(meant) => last(&|_, code| code == meant),
            LevelsError::NothingPrecise | LevelsError::NothingWithheld => None,
        };
        let remedy = format!(
            "give each level a code and a rank of its own: from 0, which is `precise`, to the highest, which is `withheld`; \
             at most {HIGHEST_RANK}"
        );
        Refused { message: error.to_string(), remedy, line }
    })
}

fn level(table: &Table, position: usize) -> Result<Level, Refused> {
    if let Some((key, located)) = table.iter().find(|(key, _)| !KEYS.contains(&key.as_str())) {
        let known = || format!("known are `{}`", KEYS.join("`, `"));
        let remedy = nearest(key, KEYS.iter().copied()).unwrap_or_else(known);
        let message = format!("has the unknown key `{key}` in level {position}");
        return Err(Refused { message, remedy, line: Some(located.line) });
    }
    let value = |name: &str, kind: Kind| -> Result<Option<Value>, Refused> {
        let Some((_, given)) = table.iter().find(|(key, _)| key == name) else { return Ok(None) };
        let place = |refused: Refused| Refused {
            message: format!("has {} `{name}` in level {position} that {}", article(name), refused.message),
            line: Some(given.line),
            ..refused
        };
        kind.value(&given.value, None).map(Some).map_err(place)
    };
    let lacks = |name: &str| Refused {
        message: format!("has no `{name}` in level {position}"),
        remedy: format!("give {} `{name}`", article(name)),
        line: None,
    };
    let Some(Value::Names(codes)) = value("code", Kind::Names)? else { return Err(lacks("code")) };
    let Some(Value::Count(rank)) = value("rank", Kind::Count)? else { return Err(lacks("rank")) };
    let Some(Value::Choice(area)) = value("area", Kind::Choice(&AREAS))? else { return Err(lacks("area")) };
    let label = match value("label", Kind::Text)? {
        Some(Value::Text(label)) => Some(label),
        _ => None,
    };
    if codes.iter().chain(&label).any(|text| text.chars().count() > LONGEST) {
        let message = format!("has a `code` or `label` of more than {LONGEST} characters in level {position}");
        return Err(Refused { message, remedy: "give a shorter one".to_owned(), line: None });
    }
    let mut codes = codes.into_iter();
    Ok(Level {
        code: codes.next().ok_or_else(|| lacks("code"))?,
        other_codes: codes.collect(),
        // What is beyond a byte is beyond the highest rank too.
        rank: u8::try_from(rank).unwrap_or(u8::MAX),
        area: AreaKind::of_name(area).ok_or_else(|| lacks("area"))?,
        label,
    })
}

fn article(name: &str) -> &'static str {
    if name == "area" { "an" } else { "a" }
}

/// Names of areas, finest first.
pub(super) const AREAS: [&str; AreaKind::ALL.len()] = {
    let mut names = [""; AreaKind::ALL.len()];
    let mut position = 0;
    while position < names.len() {
        names[position] = AreaKind::ALL[position].name();
        position += 1;
    }
    names
};
