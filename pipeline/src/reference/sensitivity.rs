//! The sensitivity referential as it is published: the national file and its regional variants.

use std::path::{Path, PathBuf};

use openobs_steps::reference::sensitivity::{Levels, SensitivityBuilder, SensitivityRules};
use openobs_steps::reference::taxref::Taxref;

use super::delimited;
use crate::error::{Error, Result};
use crate::reference::provenance::{LICENCE_OUVERTE, Provenance};

/// Rules that are named when more of them cannot be resolved.
const NAMED_RULES: usize = 20;

/// Where a file of the referential comes from. It does not say itself; the INPN publishes it under this licence. Its version
/// is that of the TAXREF it was made for, which its name has: `RefSensibilite_18.csv`.
pub fn provenance(path: &Path) -> Provenance {
    Provenance {
        title: Some("Référentiel de sensibilité des espèces (SINP)".to_owned()),
        version: taxref_version(path).map(|number| format!("v{number}")),
        license: Some(LICENCE_OUVERTE.to_owned()),
        source: Some("PatriNat (OFB, MNHN, CNRS, IRD), INPN".to_owned()),
    }
}

/// The release of TAXREF in a name such as `RefSensibilite_18.csv` or `RefSensibiliteV18_20250904.csv`.
pub fn taxref_version(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    let (_, rest) = name.split_once("sensibilite")?;
    let digits: String = rest.trim_start_matches(['_', '-', 'v']).chars().take_while(char::is_ascii_digit).collect();
    // Four digits are a year.
    digits.parse().ok().filter(|number| *number < 100)
}

/// Reads the referential and resolves its taxa.
///
/// # Errors
/// When a file cannot be read, or a rule cannot: what it protects would be published.
pub fn read(paths: &[PathBuf], taxref: Option<&Taxref>) -> Result<SensitivityRules> {
    let taxref = taxref.ok_or_else(|| {
        Error::usage("the sensitivity list cannot be applied without TAXREF").remedy("set references.taxref")
    })?;
    let mut builder = SensitivityBuilder::new(Levels::default());
    for path in paths {
        let source = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (table, rows) = delimited::read(
            path,
            |header| {
                let table = builder
                    .table(source, header)
                    .map_err(|error| Error::usage("the file is not a sensitivity list").caused_by(error))?;
                Ok((table, Vec::new()))
            },
            |(_, rows): &mut (_, Vec<(u64, Vec<String>)>), line, row| {
                rows.push((line, row.iter().map(|cell| (*cell).to_owned()).collect()));
                Ok(())
            },
        )?;
        for (line, row) in rows {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            builder.push(&table, line, &cells).map_err(|error| {
                Error::usage("a sensitivity rule cannot be read, and what it protects would be published")
                    .caused_by(error)
                    .context("file", path.display())
                    .remedy("correct the row")
            })?;
        }
    }
    builder.build(taxref).map_err(|unresolved| {
        let rules: Vec<String> = unresolved.iter().take(NAMED_RULES).map(ToString::to_string).collect();
        Error::usage(format!(
            "{} sensitivity rules have no taxon in {}, and what they protect would be published: {}",
            unresolved.len(),
            taxref.version(),
            rules.join("; ")
        ))
        .remedy("correct their CD_NOM, or give the CDNOM_DISPARUS of this release in references.taxref_retired")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_file_has_the_release_of_taxref() {
        let names = [
            ("RefSensibilite_18.csv", Some(18)),
            ("RefSensibiliteV18_20250904.csv", Some(18)),
            ("referentiel_sensibilite_2020.csv", None),
            ("sensitivity.csv", None),
        ];
        for (name, number) in names {
            assert_eq!(taxref_version(Path::new(name)), number, "{name}");
        }
    }
}
