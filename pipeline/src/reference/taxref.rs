//! TAXREF as it is published: `TAXREFv18.txt` and `CDNOM_DISPARUS.txt`.

use std::path::Path;

use openobs_steps::reference::taxref::{MissingColumn, RetiredColumns, Taxref, TaxrefBuilder};
use tracing::warn;

use super::delimited;
use crate::error::{Error, Result};
use crate::reference::provenance::{LICENCE_OUVERTE, Provenance};

/// Reads a release, and the retired names if their file is given.
///
/// # Errors
/// When a file cannot be read or lacks a column. A row that cannot be used is left out with a warning.
pub fn read(path: &Path, retired: Option<&Path>) -> Result<Taxref> {
    let missing = |error: MissingColumn| Error::usage("the file is not TAXREF").caused_by(error);
    let mut builder = delimited::read(
        path,
        |header| {
            let builder = TaxrefBuilder::new(header).map_err(missing)?;
            Ok(match version(path) {
                Some(number) => builder.version(number),
                None => builder,
            })
        },
        |builder, line, row| {
            if let Err(error) = builder.push(line, row) {
                warn!(file = %path.display(), %error, "a row of TAXREF was left out");
            }
            Ok(())
        },
    )?;
    if let Some(path) = retired {
        let rows = delimited::read(
            path,
            |header| Ok((RetiredColumns::new(header).map_err(missing)?, Vec::new())),
            |(columns, rows), _, row| {
                rows.extend(columns.read(row));
                Ok(())
            },
        )?;
        for (cd_nom, replacement, reason) in rows.1 {
            builder.retired(cd_nom, replacement, reason);
        }
    }
    Ok(builder.build())
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

/// The number of the release in a name such as `TAXREFv18.txt` or `taxref_v17_2024.txt`.
fn version(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    let digits: String = name
        .strip_prefix("taxref")?
        .trim_start_matches(['_', '-', 'v'])
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_file_has_the_release() {
        for (name, number) in [("TAXREFv18.txt", Some(18)), ("taxref_v11_aves.txt.gz", Some(11)), ("noms.txt", None)] {
            assert_eq!(version(Path::new(name)), number, "{name}");
        }
    }
}
