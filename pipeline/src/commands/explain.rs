//! `openobs explain`: one record, from what the archive says to what is public.

mod protection;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::{Map, Value};

use super::{Status, existing_layout};
use crate::cli::{ExplainArguments, Global};
use crate::commit::{Manifest, json};
use crate::error::{Error, Result};
use crate::layout::{Layout, Product};
use crate::occurrence::VERBATIM_PREFIX;
use crate::outputs::occurrence::for_each_batch;

/// The column of the terms that were taken from other events, which has a paragraph of its own.
const INHERITED_TERMS: &str = "inheritedTerms";

/// Prints what is known of one record.
///
/// # Errors
/// When there is no such record.
#[expect(clippy::print_stdout, reason = "the result of the command")]
pub fn explain(arguments: &ExplainArguments, global: &Global) -> Result<Status> {
    let layout = existing_layout(&arguments.out)?;
    let wanted = arguments.occurrence.as_str();
    let manifests = Manifest::read_all(&layout)?;
    let restricted = find(&layout, &manifests, Product::RestrictedOccurrence, wanted)?;
    let public = find(&layout, &manifests, Product::Occurrence, wanted)?;
    let exact = match (&restricted, &public) {
        (Some(exact), _) => exact,
        (None, Some(public)) => public,
        (None, None) => {
            return Err(Error::usage(format!("there is no occurrence {wanted}")).remedy(
                "give an occurrenceKey or an occurrenceID of `openobs sql \"SELECT occurrenceKey FROM occurrence\"`",
            ));
        }
    };
    let protection = protection::protection(exact, public.as_ref(), &manifests, global)?;
    if global.json {
        let mut document = Map::new();
        document.insert("exact".to_owned(), object(exact)?);
        document.insert("public".to_owned(), public.as_ref().map_or(Ok(Value::Null), object)?);
        let protection = serde_json::to_value(&protection);
        let protection = protection.map_err(|error| Error::bug("an explanation is no JSON").caused_by(error))?;
        document.insert("protection".to_owned(), protection);
        print!("{}", String::from_utf8_lossy(&json(&document)?));
        return Ok(Status::Done);
    }
    let cells = cells(exact)?;
    println!("What the archive says");
    for (name, value) in cells.iter().filter(|(name, _)| name.starts_with(VERBATIM_PREFIX)) {
        println!("  {}: {value}", &name[VERBATIM_PREFIX.len()..]);
    }
    println!("\nWhat the steps made of it");
    let is_shown = |name: &str| !name.starts_with(VERBATIM_PREFIX) && name != INHERITED_TERMS;
    for (name, value) in cells.iter().filter(|(name, _)| is_shown(name)) {
        println!("  {name}: {value}");
    }
    let inherited = inherited(exact);
    if !inherited.is_empty() {
        println!("\nWhat it takes from the events above its own");
        for (event, terms) in inherited {
            println!("  of {event}: {}", terms.join(", "));
        }
    }
    println!("\nWhy it is shown as it is");
    protection.lines().iter().for_each(|line| println!("  {line}"));
    println!("\nWhat is public");
    match (&restricted, &public) {
        (None, _) => println!("  the record is not protected: all of the above"),
        (Some(_), None) => println!("  nothing: the record is withheld"),
        (Some(_), Some(public)) => {
            let shown = self::cells(public)?;
            for (name, value) in &shown {
                let before = cells.iter().find(|(known, _)| known == name);
                if before.is_none_or(|(_, before)| before != value) {
                    println!("  {name}: {value}");
                }
            }
            let withheld: Vec<&str> = cells
                .iter()
                .filter(|(name, _)| !shown.iter().any(|(known, _)| known == name))
                .map(|(name, _)| name.as_str())
                .collect();
            println!("  withheld: {}", withheld.join(", "));
        }
    }
    Ok(Status::Done)
}

/// The row of a product whose occurrenceKey or occurrenceID is wanted.
fn find(layout: &Layout, manifests: &[Manifest], product: Product, wanted: &str) -> Result<Option<RecordBatch>> {
    let mut found = None;
    for manifest in manifests {
        let folder = layout.dataset(product, &manifest.dataset_key);
        for file in manifest.products.get(&product).into_iter().flatten() {
            for_each_batch(&folder.join(&file.path), |batch| {
                for column in ["occurrenceKey", "occurrenceID"] {
                    let Some(keys) = batch.column_by_name(column).and_then(|column| column.as_string_opt::<i32>())
                    else {
                        continue;
                    };
                    let row = (0..keys.len())
                        .find(|row| keys.is_valid(*row) && keys.value(*row).eq_ignore_ascii_case(wanted));
                    if let Some(row) = row
                        && found.is_none()
                    {
                        found = Some(batch.slice(row, 1));
                    }
                }
                Ok(())
            })?;
            if found.is_some() {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

/// The terms that a record takes from other events, by event in the order of the terms.
fn inherited(row: &RecordBatch) -> Vec<(String, Vec<String>)> {
    let mut inherited: Vec<(String, Vec<String>)> = Vec::new();
    let list = row.column_by_name(INHERITED_TERMS).and_then(|column| column.as_list_opt::<i32>());
    let Some(taken) = list.filter(|list| !list.is_empty() && list.is_valid(0)).map(|list| list.value(0)) else {
        return inherited;
    };
    let text = |name: &str| taken.as_struct_opt()?.column_by_name(name)?.as_string_opt::<i32>().cloned();
    let (Some(terms), Some(events)) = (text("term"), text("eventID")) else { return inherited };
    for (term, event) in terms.iter().flatten().zip(events.iter().flatten()) {
        match inherited.iter_mut().find(|(known, _)| known == event) {
            Some((_, terms)) => terms.push(term.to_owned()),
            None => inherited.push((event.to_owned(), vec![term.to_owned()])),
        }
    }
    inherited
}

/// Columns with a value, as text.
fn cells(row: &RecordBatch) -> Result<Vec<(String, String)>> {
    let format = FormatOptions::new();
    let mut cells = Vec::new();
    for (field, column) in row.schema().fields().iter().zip(row.columns()) {
        let text = ArrayFormatter::try_new(column.as_ref(), &format)?.value(0).to_string();
        if column.is_valid(0) && !text.is_empty() && text != "[]" {
            cells.push((field.name().clone(), text));
        }
    }
    Ok(cells)
}

fn object(row: &RecordBatch) -> Result<Value> {
    let mut text = Vec::new();
    let mut writer = arrow::json::LineDelimitedWriter::new(&mut text);
    writer.write(row)?;
    writer.finish()?;
    serde_json::from_slice(&text).map_err(|error| Error::bug("a record is no JSON").caused_by(error))
}
