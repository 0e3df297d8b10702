//! `openobs reference upgrade`: what a new TAXREF changes, before it is used.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use openobs_steps::reference::vocabularies::Vocabularies;

use crate::cli::{Global, UpgradeArguments};
use crate::commands::run::dataset_of;
use crate::commands::{Status, existing_layout, settings};
use crate::error::{Doing, Result};
use crate::reference::taxref;
use crate::registry::Registry;
use crate::session::Sessions;
use crate::upgrade::{Change, Changes, Side, Upgrade};

/// Columns of the change list.
const HEADER: [&str; 11] = [
    "change",
    "cdNomBefore",
    "cdRefBefore",
    "acceptedNameBefore",
    "matchTypeBefore",
    "cdNomAfter",
    "cdRefAfter",
    "acceptedNameAfter",
    "matchTypeAfter",
    "records",
    "datasetKeys",
];
/// Changes that are shown, most records first; the change list has all of them.
const SHOWN: usize = 20;

/// Compares two releases, and what they mean for the records that are committed.
///
/// # Errors
/// When a release or a verbatim table cannot be read, or the list cannot be written.
pub async fn upgrade(arguments: &UpgradeArguments, global: &Global) -> Result<Status> {
    let settings = settings(global, None)?;
    let upgrade = Upgrade {
        before: Arc::new(taxref::read(&arguments.before, settings.references.taxref_retired.as_deref())?),
        after: Arc::new(taxref::read(&arguments.after, arguments.retired.as_deref())?),
    };
    let changes = match &arguments.out {
        None => upgrade.of_names(),
        Some(out) => {
            let layout = existing_layout(out)?;
            let registry = settings.registry.as_deref().map(Registry::load).transpose()?.unwrap_or_default();
            let words = Vocabularies::default();
            let session = Sessions::new(Vec::new(), settings.memory_limit())?.interactive(settings.threads());
            let dataset = |manifest: &_| dataset_of(manifest, &registry, &words);
            upgrade.of_records(&session, &layout, &settings.of_steps(), dataset).await?
        }
    };
    if let Some(path) = &arguments.table {
        write(path, &changes)?;
    }
    print(&upgrade, &changes, arguments, global)
}

fn write(path: &Path, changes: &Changes) -> Result<()> {
    let doing = || format!("write {}", path.display());
    let mut writer = csv::Writer::from_path(path).doing(doing)?;
    writer.write_record(HEADER).doing(doing)?;
    let number = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
    for ((change, before, after), concerned) in changes {
        let side = |side: &Side| {
            [
                number(side.cd_nom),
                number(side.cd_ref),
                side.accepted.clone().unwrap_or_default(),
                side.match_type.clone().unwrap_or_default(),
            ]
        };
        let mut row = vec![change.name().to_owned()];
        row.extend(side(before));
        row.extend(side(after));
        row.push(concerned.records.to_string());
        row.push(concerned.datasets.iter().map(String::as_str).collect::<Vec<_>>().join(" | "));
        writer.write_record(&row).doing(doing)?;
    }
    writer.flush().doing(doing)
}

#[expect(clippy::print_stdout, reason = "the result of the command")]
fn print(upgrade: &Upgrade, changes: &Changes, arguments: &UpgradeArguments, global: &Global) -> Result<Status> {
    let mut sums: BTreeMap<Change, (u64, u64)> = BTreeMap::new();
    for ((change, ..), concerned) in changes {
        let sum = sums.entry(*change).or_default();
        *sum = (sum.0 + 1, sum.1 + concerned.records);
    }
    let (before, after) = (upgrade.before.version(), upgrade.after.version());
    if global.json {
        let sums: serde_json::Map<String, serde_json::Value> = sums
            .iter()
            .map(|(change, (taxa, records))| {
                (change.name().to_owned(), serde_json::json!({ "names": taxa, "records": records }))
            })
            .collect();
        println!("{}", serde_json::json!({ "before": before, "after": after, "changes": sums }));
        return Ok(Status::Done);
    }
    println!("{before} ({} names) -> {after} ({} names)", upgrade.before.len(), upgrade.after.len());
    let of_records = arguments.out.is_some();
    for (change, (names, records)) in &sums {
        match of_records {
            true => println!("{:>10}: {names} changes of {records} records", change.name()),
            false => println!("{:>10}: {names} names", change.name()),
        }
    }
    if !of_records {
        return Ok(Status::Done);
    }
    let mut first: Vec<_> = changes.iter().collect();
    first.sort_by_key(|(_, concerned)| std::cmp::Reverse(concerned.records));
    for ((change, before, after), concerned) in first.into_iter().take(SHOWN) {
        let text = |side: &Side| match (side.cd_ref, &side.accepted) {
            (Some(cd_ref), Some(name)) => format!("{name} [{cd_ref}]"),
            _ => "no taxon".to_owned(),
        };
        println!(
            "{:>10}: {} -> {}: {} records, {} datasets",
            change.name(),
            text(before),
            text(after),
            concerned.records,
            concerned.datasets.len()
        );
    }
    if !changes.is_empty() {
        println!("`openobs interpret` with the new release makes all products again, without reading archives");
    }
    Ok(Status::Done)
}
