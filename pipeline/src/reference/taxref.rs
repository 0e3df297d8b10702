//! TAXREF: the files of a release as they are published, or the one file that `openobs reference build` makes of them.

pub mod built;
pub mod release;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use openobs_steps::reference::taxref::{
    MissingColumn, RetiredColumns, RowError, StatusColumns, Taxref, TaxrefBuilder, VernacularColumns,
};
use release::{Member, Role};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tracing::warn;

use super::{Source, delimited};
use crate::commit::hexadecimal;
use crate::error::{Error, Result};
use crate::reference::provenance::{LICENCE_OUVERTE, Provenance};
use crate::settings::ReferenceFiles;

/// Rows that are named when more of them cannot be read.
const NAMED_ROWS: usize = 5;

/// A file that a release was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceFile {
    /// Name of the file, without folders.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Rows that were read, whether they could be used or not.
    pub rows: u64,
}

/// A release that was read, with what it was read from.
#[derive(Debug)]
pub struct Release {
    /// The release.
    pub taxref: Taxref,
    /// Its files with what each is for, as they were read now: the built file is one.
    pub files: Vec<(Role, SourceFile)>,
    /// Files of the release that are not needed.
    pub unused: Vec<String>,
    /// Rows that were left out because they cannot be read, the first of them as messages.
    pub left_out: (u64, Vec<String>),
}

impl Release {
    /// Its files for manifests and reports. Files of a folder or a zip go under the setting that could have named them.
    pub fn sources(&self) -> Vec<Source> {
        let source = |(role, file): &(Role, SourceFile)| Source {
            setting: match role {
                Role::Names | Role::Vernacular | Role::Unused => "references.taxref",
                Role::Retired => "references.taxref_retired",
                Role::Statuses => "references.taxref_statuses",
            }
            .to_owned(),
            file: file.file.clone(),
            sha256: file.sha256.clone(),
            content: match role {
                Role::Names => format!("{}, {} names", self.taxref.version(), self.taxref.len()),
                Role::Retired => "retired CD_NOMs".to_owned(),
                Role::Vernacular => "vernacular names".to_owned(),
                Role::Statuses => format!("{} statuses", file.rows),
                Role::Unused => String::new(),
            },
            provenance: provenance(&self.taxref),
        };
        self.files.iter().map(source).collect()
    }
}

/// Opens the TAXREF that the settings name, if they name one.
///
/// # Errors
/// When a file cannot be read, lacks a column, or is damaged.
pub fn open(files: &ReferenceFiles) -> Result<Option<Release>> {
    let Some(path) = &files.taxref else { return Ok(None) };
    read(path, files.taxref_retired.as_deref(), files.taxref_statuses.as_deref()).map(Some)
}

/// Reads a release: a built file, or one as it is published with what stands beside it.
///
/// # Errors
/// When a file cannot be read, lacks a column, or is damaged.
pub fn read(path: &Path, retired: Option<&Path>, statuses: Option<&Path>) -> Result<Release> {
    let beside = [
        ("references.taxref_retired", retired, Role::Retired),
        ("references.taxref_statuses", statuses, Role::Statuses),
    ];
    if starts_with(path, built::MAGIC)? {
        if let Some((setting, ..)) = beside.iter().find(|(_, file, _)| file.is_some()) {
            return Err(Error::usage(format!("`{setting}` cannot be added to a TAXREF that is built"))
                .context("file", path.display())
                .remedy("leave it out, and give its file to `openobs reference build`"));
        }
        let opened = built::open(path)?;
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let rows = opened.taxref.len() as u64;
        let files = vec![(Role::Names, SourceFile { file, sha256: opened.sha256, rows })];
        return Ok(Release { taxref: opened.taxref, files, unused: Vec::new(), left_out: (0, Vec::new()) });
    }
    let mut members = match path.is_dir() || starts_with(path, b"PK\x03\x04")? {
        true => release::members(&[path.to_owned()])?,
        false => vec![Member::of_role(path, Role::Names)],
    };
    for (_, file, role) in beside {
        let Some(file) = file else { continue };
        members.retain(|member| member.role != role);
        match starts_with(file, b"PK\x03\x04")? {
            true => {
                members.extend(release::members(&[file.to_owned()])?.into_iter().filter(|member| member.role == role))
            }
            false => members.push(Member::of_role(file, role)),
        }
    }
    let release = read_members(members)?;
    let (count, first) = &release.left_out;
    if *count > 0 {
        warn!(file = %path.display(), rows = count, first = first.join("; "), "rows of TAXREF were left out");
    }
    Ok(release)
}

/// Reads a release from its files, folders or zips.
///
/// # Errors
/// When a file cannot be read, lacks a column, or the names are not among them.
pub fn read_release(inputs: &[PathBuf]) -> Result<Release> {
    read_members(release::members(inputs)?)
}

fn read_members(mut members: Vec<Member>) -> Result<Release> {
    members.sort_by_key(|member| member.role);
    let mut members = members.into_iter();
    let names = members.next().filter(|member| member.role == Role::Names).ok_or_else(|| {
        Error::usage("the names of TAXREF are not among the files").remedy("give TAXREFvNN.txt, or what holds it")
    })?;
    let mut reading = Reading::default();
    let mut builder = reading.read(
        &names,
        |header| {
            let builder = TaxrefBuilder::new(header)?;
            Ok(match release::version(&names.name) {
                Some(number) => builder.version(number),
                None => builder,
            })
        },
        |builder, line, row| builder.push(line, row),
    )?;
    for member in members {
        match member.role {
            Role::Retired => reading
                .read(&member, RetiredColumns::new, |columns, _, row| {
                    builder.push_retired(columns, row);
                    Ok(())
                })
                .map(drop)?,
            Role::Vernacular => reading
                .read(&member, VernacularColumns::new, |columns, _, row| {
                    builder.push_vernacular(columns, row);
                    Ok(())
                })
                .map(drop)?,
            Role::Statuses => reading
                .read(&member, StatusColumns::new, |columns, line, row| builder.push_status(columns, line, row))
                .map(drop)?,
            Role::Names | Role::Unused => reading.unused.push(member.name),
        }
    }
    let Reading { files, unused, left_out } = reading;
    Ok(Release { taxref: builder.build(), files, unused, left_out })
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    files: Vec<(Role, SourceFile)>,
    unused: Vec<String>,
    left_out: (u64, Vec<String>),
}

impl Reading {
    fn read<T>(
        &mut self,
        member: &Member,
        header: impl FnOnce(&[&str]) -> std::result::Result<T, MissingColumn>,
        mut each: impl FnMut(&mut T, u64, &[&str]) -> std::result::Result<(), RowError>,
    ) -> Result<T> {
        let bytes = member.read()?;
        let sha256 = hexadecimal(&Sha256::digest(&bytes));
        let mut rows = 0;
        let left_out = &mut self.left_out;
        let path = PathBuf::from(member.label());
        let text = delimited::text_of(&path, bytes)?;
        let state = delimited::read_text(
            &path,
            &text,
            |cells| header(cells).map_err(|error| Error::usage("the file is not of TAXREF").caused_by(error)),
            |state, line, row| {
                rows += 1;
                if let Err(error) = each(state, line, row) {
                    left_out.0 += 1;
                    if left_out.1.len() < NAMED_ROWS {
                        left_out.1.push(format!("{}: {error}", member.name));
                    }
                }
                Ok(())
            },
        )?;
        self.files.push((member.role, SourceFile { file: member.name.clone(), sha256, rows }));
        Ok(state)
    }
}

/// Where TAXREF comes from. The file itself does not say; the INPN publishes each release under this licence.
pub fn provenance(taxref: &Taxref) -> Provenance {
    Provenance {
        title: Some("TAXREF".to_owned()),
        version: taxref.version_number().map(|number| format!("v{number}")),
        license: Some(LICENCE_OUVERTE.to_owned()),
        source: Some("PatriNat (OFB, MNHN, CNRS, IRD), INPN".to_owned()),
    }
}

/// Whether a file starts so. A folder does not.
fn starts_with(path: &Path, magic: &[u8]) -> Result<bool> {
    if path.is_dir() {
        return Ok(false);
    }
    let mut first = Vec::with_capacity(magic.len());
    File::open(path).and_then(|file| file.take(magic.len() as u64).read_to_end(&mut first)).map_err(|error| {
        Error::usage("a reference file cannot be read").caused_by(error).context("file", path.display())
    })?;
    Ok(first == magic)
}
