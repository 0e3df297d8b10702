//! One file a command.

pub mod audit;
pub mod explain;
pub mod reference;
pub mod run;
pub mod sql;
pub mod stage;
pub mod status;
pub mod steps;
pub mod test;
pub mod validate;

use std::path::PathBuf;

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::cli::{Global, Output};
use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::settings::Settings;

/// How a command ended well: 0, or 1 when a dataset failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// All is done.
    Done,
    /// At least one dataset failed; the others are complete.
    Incomplete,
}

/// Settings from files, variables and flags.
///
/// # Errors
/// When a key is unknown or a value is not valid.
pub fn settings(global: &Global, output: Option<&Output>) -> Result<Settings> {
    let mut flags = Vec::new();
    if let Some(output) = output {
        let mut flag = |key: &str, value: Option<String>| flags.extend(value.map(|value| (key.to_owned(), value)));
        flag("outputs.products", output.products.clone());
        flag("run.date", output.date.clone());
        flag("run.threads", output.threads.map(|threads| threads.to_string()));
    }
    for setting in &global.settings {
        let (key, value) = setting.split_once('=').ok_or_else(|| {
            Error::usage(format!("--set {setting} has no value"))
                .remedy("write --set KEY=VALUE, such as --set run.threads=2")
        })?;
        flags.push((key.trim().to_owned(), value.to_owned()));
    }
    Ok(Settings::load(&global.configs, std::env::vars(), &flags)?)
}

/// The folder of all outputs.
///
/// # Errors
/// When it is no local folder.
pub fn layout(out: &str) -> Result<Layout> {
    let path = match out.strip_prefix("file://") {
        Some(path) => PathBuf::from(path),
        None if out.contains("://") => {
            return Err(Error::usage(format!("outputs cannot be written to {out} yet")).remedy("give a local folder"));
        }
        None => PathBuf::from(out),
    };
    Ok(Layout::new(path))
}

/// The folder of all outputs of an earlier run.
///
/// # Errors
/// When there is none.
pub fn existing_layout(out: &str) -> Result<Layout> {
    let layout = layout(out)?;
    if layout.manifests().is_dir() {
        Ok(layout)
    } else {
        Err(Error::usage(format!("nothing was committed under {out}"))
            .remedy("run `openobs run ARCHIVE --out` with it first"))
    }
}

/// A column as one text a row, for delimited files: lists of values are joined with ` | `, as in the archives.
///
/// # Errors
/// When a value cannot be written.
pub fn text_of_column(column: &ArrayRef) -> Result<StringArray> {
    let Some(lists) = column.as_list_opt::<i32>().filter(|lists| !lists.value_type().is_nested()) else {
        if !column.data_type().is_nested() {
            return Ok(cast(column, &DataType::Utf8)?.as_string::<i32>().clone());
        }
        let options = FormatOptions::new();
        let formatter = ArrayFormatter::try_new(column, &options)?;
        let texts = (0..column.len()).map(|row| column.is_valid(row).then(|| formatter.value(row).to_string()));
        return Ok(texts.collect());
    };
    let joined = lists.iter().map(|list| -> Result<Option<String>> {
        let Some(list) = list else { return Ok(None) };
        let items = cast(&list, &DataType::Utf8)?;
        let items: Vec<&str> = items.as_string::<i32>().iter().flatten().collect();
        Ok(Some(items.join(" | ")))
    });
    joined.collect()
}
