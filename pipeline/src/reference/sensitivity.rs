//! The sensitivity referential as it is published: the national file and its regional variants.

use std::path::Path;

use openobs_steps::reference::sensitivity::{SensitivityBuilder, SensitivityRules, Unresolvable, UnresolvedRule};
use openobs_steps::reference::taxref::Taxref;

use super::delimited;
use crate::error::{Error, Result};
use crate::reference::provenance::{LICENCE_OUVERTE, Provenance};
use crate::settings::Settings;

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

/// Reads the referential and resolves its taxa and areas.
///
/// # Errors
/// When a file cannot be read, or a rule cannot, or one cannot be resolved and that is not accepted: what it protects would be
/// published.
pub fn read(settings: &Settings, taxref: Option<&Taxref>) -> Result<SensitivityRules> {
    let taxref = taxref.ok_or_else(|| {
        Error::usage("the sensitivity list cannot be applied without TAXREF").remedy("set references.taxref")
    })?;
    let accepted = settings.sensitivity.accepted_unresolved.clone();
    let mut builder = SensitivityBuilder::new(settings.levels.clone()).accept(accepted);
    for path in &settings.references.sensitivity {
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
    let rules = builder.build(taxref).map_err(|unresolved| unresolved_rules(&unresolved, taxref))?;
    for id in &settings.sensitivity.accepted_unresolved {
        if !rules.states().accepted.iter().any(|rule| rule.id == *id || rule.place == *id) {
            tracing::warn!("sensitivity.accepted_unresolved names {id}, and no rule of this name is unresolved");
        }
    }
    Ok(rules)
}

/// The error of rules that cannot be resolved, with what to do about each kind.
fn unresolved_rules(unresolved: &[UnresolvedRule], taxref: &Taxref) -> Error {
    let rules: Vec<String> = unresolved.iter().take(NAMED_RULES).map(ToString::to_string).collect();
    let mut remedies = Vec::new();
    if unresolved.iter().any(|rule| matches!(rule.reason, Unresolvable::Taxon(_))) {
        remedies.push("correct their CD_NOM, or give the CDNOM_DISPARUS of this release in references.taxref_retired");
    }
    if unresolved.iter().any(|rule| matches!(rule.reason, Unresolvable::Area { .. })) {
        remedies.push("correct their areas: a department, a commune, or nothing for everywhere");
    }
    remedies.push("or name them in sensitivity.accepted_unresolved");
    let count = unresolved.len();
    Error::usage(format!(
        "{count} sensitivity rules cannot be resolved in {}, and what they protect would be published: {}",
        taxref.version(),
        rules.join("; ")
    ))
    .remedy(remedies.join("; "))
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
