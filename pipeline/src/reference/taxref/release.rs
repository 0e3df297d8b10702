//! The files of a release as it is published: one by one, in a folder, or in a zip, which may hold another.

use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zip::ZipArchive;

use crate::error::{Doing, Error, Result};

/// What a file of a release is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// `TAXREFv18.txt`: the names.
    Names,
    /// `CDNOM_DISPARUS.txt`: withdrawn numbers.
    Retired,
    /// `TAXVERNv18.txt`: vernacular names.
    Vernacular,
    /// `bdc_statuts_18.csv`: statuses by area.
    Statuses,
    /// A file of the release that is not needed.
    Unused,
}

/// A file of a release.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name, without folders.
    pub name: String,
    /// What it is for.
    pub role: Role,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    File(PathBuf),
    Entry { archive: Arc<[u8]>, position: usize },
}

impl Member {
    /// A file whose role is known without its name.
    pub fn of_role(path: &Path, role: Role) -> Self {
        Self { name: name_of(path), role, content: Content::File(path.to_owned()) }
    }

    /// What messages call it: its path, or its name in a zip.
    pub fn label(&self) -> String {
        match &self.content {
            Content::File(path) => path.display().to_string(),
            Content::Entry { .. } => self.name.clone(),
        }
    }

    /// Its bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self) -> Result<Vec<u8>> {
        let doing = || format!("read {}", self.name);
        match &self.content {
            Content::File(path) => fs::read(path).map_err(|error| unreadable(path, error)),
            Content::Entry { archive, position } => {
                let mut zip = ZipArchive::new(Cursor::new(archive.as_ref())).doing(doing)?;
                let mut bytes = Vec::new();
                zip.by_index(*position).doing(doing)?.read_to_end(&mut bytes).doing(doing)?;
                Ok(bytes)
            }
        }
    }
}

/// The files of a release in what is given: files, folders, zips. Files that belong to no release are left out of folders
/// and zips, and are an error where they are given by name.
///
/// # Errors
/// When something cannot be read, is not known by its name, or when two files have one role.
pub fn members(inputs: &[PathBuf]) -> Result<Vec<Member>> {
    let mut members = Vec::new();
    for input in inputs {
        let found = members.len();
        if input.is_dir() {
            let entries = fs::read_dir(input).map_err(|error| unreadable(input, error))?;
            let mut files = entries
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<std::io::Result<Vec<PathBuf>>>()
                .map_err(|error| unreadable(input, error))?;
            files.sort();
            for file in files.iter().filter(|file| file.is_file()) {
                add_file(file, &mut members)?;
            }
        } else {
            add_file(input, &mut members)?;
        }
        if members.len() == found {
            return Err(Error::usage(format!("{} is no file of TAXREF, and holds none", input.display())).remedy(
                "give TAXREFvNN.txt, CDNOM_DISPARUS.txt, TAXVERNvNN.txt, bdc_statuts_NN.csv, or the folder or zip that \
                 holds them",
            ));
        }
    }
    members.sort_by_key(|member| member.role);
    for (member, next) in members.iter().zip(members.iter().skip(1)) {
        if member.role == next.role && member.role != Role::Unused {
            return Err(Error::usage(format!(
                "{} and {} are of two releases, or twice the same",
                member.name, next.name
            ))
            .remedy("give the files of one release"));
        }
    }
    Ok(members)
}

/// A zip within a zip is looked into, one within that is not.
const DEPTH: usize = 2;

fn add_file(path: &Path, members: &mut Vec<Member>) -> Result<()> {
    let name = name_of(path);
    if ending(&name) == "zip" {
        let archive = fs::read(path).map_err(|error| unreadable(path, error))?;
        return add_entries(&name, archive.into(), DEPTH, members);
    }
    members.extend(role_of(&name).map(|role| Member { name, role, content: Content::File(path.to_owned()) }));
    Ok(())
}

fn add_entries(name: &str, archive: Arc<[u8]>, depth: usize, members: &mut Vec<Member>) -> Result<()> {
    let wrong =
        |error: zip::result::ZipError| Error::usage(format!("{name} is not a zip that can be read")).caused_by(error);
    let mut zip = ZipArchive::new(Cursor::new(archive.as_ref())).map_err(wrong)?;
    for position in 0..zip.len() {
        let mut entry = zip.by_index(position).map_err(wrong)?;
        if !entry.is_file() {
            continue;
        }
        let entry_name = name_of(Path::new(entry.name().map_err(wrong)?.as_ref()));
        if ending(&entry_name) == "zip" && depth > 1 {
            let mut inner = Vec::new();
            entry.read_to_end(&mut inner).doing(|| format!("read {entry_name} in {name}"))?;
            add_entries(&entry_name, inner.into(), depth - 1, members)?;
        } else if let Some(role) = role_of(&entry_name) {
            let content = Content::Entry { archive: Arc::clone(&archive), position };
            members.push(Member { name: entry_name, role, content });
        }
    }
    Ok(())
}

/// What a file is for, by its name; `None` when it is none of a release.
fn role_of(name: &str) -> Option<Role> {
    let lower = name.to_lowercase();
    let plain = lower.strip_suffix(".gz").unwrap_or(&lower);
    let stem = plain.strip_suffix(".txt").or_else(|| plain.strip_suffix(".csv"))?;
    let role = match stem {
        _ if version(name).is_some() => Role::Names,
        _ if stem.starts_with("cdnom_disparus") => Role::Retired,
        _ if stem.starts_with("taxvern") => Role::Vernacular,
        _ if stem.starts_with("bdc_statuts_types") || stem.starts_with("taxref_") => Role::Unused,
        _ if stem.starts_with("bdc_statuts") => Role::Statuses,
        // Meanings of ranks, habitats and letters: the program has its own, and shows codes.
        "rangs_note" | "habitats_note" | "statuts_note" => Role::Unused,
        _ => return None,
    };
    Some(role)
}

/// The number of the release in a name such as `TAXREFv18.txt` or `taxref_v17_2024.txt`.
pub fn version(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let digits: String = name
        .strip_prefix("taxref")?
        .trim_start_matches(['_', '-', 'v'])
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    Error::usage("a reference file cannot be read").caused_by(error).context("file", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names() {
        for (name, role) in [
            ("TAXREFv18.txt", Some(Role::Names)),
            ("taxref_v11_aves.txt.gz", Some(Role::Names)),
            ("CDNOM_DISPARUS.csv", Some(Role::Retired)),
            ("TAXVERNv18.txt", Some(Role::Vernacular)),
            ("bdc_statuts_18.csv", Some(Role::Statuses)),
            ("BDC_STATUTS_TYPES_18.csv", Some(Role::Unused)),
            ("TAXREF_LIENS.txt", Some(Role::Unused)),
            ("rangs_note.csv", Some(Role::Unused)),
            ("CDNOM_DISPARUS.xls", None),
            ("sensitivity.csv", None),
            ("noms.txt", None),
        ] {
            assert_eq!(role_of(name), role, "{name}");
        }
        assert_eq!((version("TAXREFv18.txt"), version("TAXREF_LIENS.txt")), (Some(18), None));
    }
}
