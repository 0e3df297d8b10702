//! `openobs explain`: one record, from what the archive says to what is public.

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
    if global.json {
        let mut document = Map::new();
        document.insert("exact".to_owned(), object(exact)?);
        document.insert("public".to_owned(), public.as_ref().map_or(Ok(Value::Null), object)?);
        print!("{}", String::from_utf8_lossy(&json(&document)?));
        return Ok(Status::Done);
    }
    let cells = cells(exact)?;
    println!("What the archive says");
    for (name, value) in cells.iter().filter(|(name, _)| name.starts_with(VERBATIM_PREFIX)) {
        println!("  {}: {value}", &name[VERBATIM_PREFIX.len()..]);
    }
    println!("\nWhat the steps made of it");
    for (name, value) in cells.iter().filter(|(name, _)| !name.starts_with(VERBATIM_PREFIX)) {
        println!("  {name}: {value}");
    }
    println!("\nWhat is public");
    match (&restricted, &public) {
        (None, _) => println!("  the record is not protected: all of the above"),
        (Some(_), None) => println!("  nothing: the record is withheld (diffusion level 4)"),
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
