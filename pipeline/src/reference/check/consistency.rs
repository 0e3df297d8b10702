//! Whether reference data fits with itself and with the facts that the program has.

use std::collections::BTreeSet;
use std::path::PathBuf;

use openobs_steps::parse::country;
use openobs_steps::reference::areas::Areas;
use openobs_steps::reference::communes::CommuneHistory;
use openobs_steps::reference::departments::{department, department_code_of_commune};
use openobs_steps::reference::taxref::Taxref;

use super::Checked;
use crate::reference::sensitivity::taxref_version;

/// Codes that a message names.
const NAMED: usize = 10;
/// Countries that are France, each with a code of its own: names and laws differ.
const FRANCE: [&str; 13] = ["FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "PF", "NC", "WF", "TF"];

/// A list, cut short where it is long.
pub fn named(list: &[String]) -> String {
    let named = list.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if list.len() > NAMED { format!("{named} and {} more", list.len() - NAMED) } else { named }
}

fn wrong(row: &mut Checked, list: Vec<String>, what: &str) {
    if !list.is_empty() {
        row.wrong(format!("{what} ({}): {}", list.len(), named(&list)));
    }
}

/// Whether the rules are those for this TAXREF.
pub fn sensitivity(row: &mut Checked, files: &[PathBuf], taxref: Option<&Taxref>) {
    let Some(release) = taxref.and_then(Taxref::version_number) else { return };
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match taxref_version(path) {
            Some(number) if number != release => {
                row.wrong(format!("{name} is for TAXREF v{number}, and references.taxref is v{release}"));
            }
            Some(_) => {}
            None => row.notes.push(format!("the name of {name} does not say for which TAXREF it is")),
        }
    }
}

/// Whether the departments are those that the program knows: all of them, and no other.
pub fn departments(row: &mut Checked, areas: &Areas) {
    let unknown = areas.iter().filter(|area| department(&area.code).is_none()).map(|area| area.code.clone()).collect();
    wrong(row, unknown, "codes of no department");
    let regions = openobs_steps::reference::departments::all().filter(|one| one.region.is_some());
    let absent = regions.filter(|one| areas.get(one.code).is_none()).map(|one| one.code.to_owned()).collect();
    wrong(row, absent, "departments that are absent");
    overlaps(row, areas);
}

/// Whether each commune is in a department, by its code and by its place.
pub fn communes(row: &mut Checked, areas: &Areas, departments: Option<&Areas>) {
    let (mut malformed, mut absent, mut outside) = (Vec::new(), BTreeSet::new(), Vec::new());
    for commune in areas.iter() {
        let known = department_code_of_commune(&commune.code).filter(|code| department(code).is_some());
        let Some(code) = known.filter(|_| commune.code.len() == 5) else {
            malformed.push(commune.code.clone());
            continue;
        };
        let Some(departments) = departments else { continue };
        if departments.get(code).is_none() {
            absent.insert(code.to_owned());
        } else if let Some(centre) = areas.centre(&commune.code)
            && !departments.contains(code, centre.longitude, centre.latitude)
        {
            outside.push(commune.code.clone());
        }
    }
    wrong(row, malformed, "codes of no commune");
    wrong(row, absent.into_iter().collect(), "departments of communes that references.departments lacks");
    wrong(row, outside, "communes outside their department");
    overlaps(row, areas);
}

/// Whether communes and departments are of one year, and of the one that is set.
pub fn vintage(communes: &mut Checked, departments: &Checked, year: Option<i32>) {
    let edition = communes.provenance.version.clone();
    match (&edition, &departments.provenance.version) {
        (Some(communes_of), Some(departments_of)) if communes_of != departments_of => {
            let note = format!("communes are those of {communes_of}, departments those of {departments_of}");
            communes.notes.push(note);
        }
        (None, _) => {
            communes.notes.push("the year of the communes is not known: prepare them with --version".to_owned());
        }
        _ => {}
    }
    match (edition, year) {
        (Some(edition), Some(year)) if !edition.contains(&year.to_string()) => {
            communes.wrong(format!("communes are those of {edition}, and references.commune_year is {year}"));
        }
        (_, None) => {
            communes.notes.push("references.commune_year does not say of which year the communes are".to_owned())
        }
        _ => {}
    }
}

/// Whether communes of the layer have become others since.
pub fn history(row: &mut Checked, changes: &CommuneHistory, areas: &Areas) {
    let is_former = |code: &&str| changes.after(code, None).next().is_some();
    let former: Vec<String> =
        areas.iter().map(|area| area.code.as_str()).filter(is_former).map(str::to_owned).collect();
    if !former.is_empty() {
        row.notes.push(format!("communes of the layer that are others now ({}): {}", former.len(), named(&former)));
    }
}

/// Whether countries have codes that steps know, and the parts of France their own.
pub fn countries(row: &mut Checked, areas: &Areas) {
    let is_unknown = |code: &&str| code.len() != 2 || country::of_code(code).is_none();
    let codes = areas.iter().map(|area| area.code.as_str());
    wrong(row, codes.filter(is_unknown).map(str::to_owned).collect(), "codes that are not of ISO 3166-1 alpha-2");
    let absent = FRANCE.into_iter().filter(|code| areas.get(code).is_none()).map(str::to_owned).collect();
    wrong(row, absent, "parts of France without an area of their own");
    overlaps(row, areas);
}

/// Whether seas have codes that steps know.
pub fn marine_areas(row: &mut Checked, areas: &Areas) {
    let codes = areas.iter().map(|area| area.code.as_str());
    let unknown = codes.filter(|code| country::of_code(code).is_none()).map(str::to_owned).collect();
    wrong(row, unknown, "codes that are not of ISO 3166-1");
    overlaps(row, areas);
}

/// Whether the codes of cells look like those of the 10 km grid.
pub fn grid(row: &mut Checked, areas: &Areas) {
    let codes = areas.iter().map(|area| area.code.as_str());
    let unlike = codes.filter(|code| !is_cell(code)).map(str::to_owned).collect();
    wrong(row, unlike, "codes unlike those of cells of 10 km, such as 10kmUTM40E330S7670");
    overlaps(row, areas);
}

/// `10kmUTM40E330S7670`, `10kmL93E080N681`, `10kmL93W-28N680`: a side, a system, and two corners with their directions. The
/// prefix overseas was seen for three territories only, so any name of a system will do.
fn is_cell(code: &str) -> bool {
    let Some(rest) = code.strip_prefix("10km") else { return false };
    let Some(east) = rest.rfind(['E', 'W']) else { return false };
    let (system, corner) = rest.split_at(east);
    let mut parts = corner.get(1..).unwrap_or_default().splitn(2, ['N', 'S']);
    let mut number = || {
        let part = parts.next().unwrap_or_default();
        let digits = part.strip_prefix('-').unwrap_or(part);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    system.len() >= 3 && system.bytes().all(|byte| byte.is_ascii_alphanumeric()) && number() && number()
}

/// Areas that lie in each other: the point that stands for one is in another as well.
fn overlaps(row: &mut Checked, areas: &Areas) {
    let mut found = Vec::new();
    for area in areas.iter() {
        let Some(centre) = areas.centre(&area.code) else { continue };
        let around = areas.near(centre.longitude, centre.latitude, 0.0);
        if let Some((other, _)) = around.iter().find(|(other, _)| other.code != area.code) {
            found.push(format!("{} in {}", area.code, other.code));
        }
    }
    wrong(row, found, "areas that lie in another");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_known_by_their_codes() {
        for code in ["10kmUTM40E330S7670", "10kmL93E080N681", "10kmUTM22W310N0510", "10kmL93W-28N680"] {
            assert!(is_cell(code), "{code}");
        }
        for code in
            ["E080N681", "5kmL93E0905N6250", "10kmE080N681", "10kmL93", "10kmUTM40E330", "10kmUTM40EN7670", "38185"]
        {
            assert!(!is_cell(code), "{code}");
        }
    }
}
