//! Names and types of the columns of star records.
//!
//! A column bears the simple name of its term. Where two terms of one file share a simple name, the one of the more
//! general vocabulary (Darwin Core, then Dublin Core terms, ...) has it and the other gets its prefix, so a name means
//! the same whatever the order of the columns.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use hashbrown::HashSet;

use crate::descriptor::DataFile;

/// `_id`, `_file` and `_line`, before the columns of the core.
pub(crate) const LEADING: usize = 3;

/// The file of an extension's row.
pub(crate) const ROW_FILE: &str = "_file";

/// The schema of star records: place, core terms, extensions. `files` are the names of the files of each extension.
///
/// The rows of an extension have their line. Their file is told once, as metadata of the column, where the extension has one
/// file, and by each row where it has several.
pub(crate) fn star_schema(core: &DataFile, extensions: &[DataFile], files: &[Vec<&str>]) -> SchemaRef {
    let mut fields = vec![
        Field::new("_id", DataType::Utf8, true),
        Field::new("_file", DataType::Utf8, false),
        Field::new("_line", DataType::UInt64, false),
    ];
    let names = term_names(core);
    let mut taken: HashSet<String> = names.iter().cloned().collect();
    fields.extend(term_fields(core, names));
    for (number, extension) in extensions.iter().enumerate() {
        let files = files.get(number).map(Vec::as_slice).unwrap_or_default();
        let name = extension_name(extension, &mut taken);
        let fields_of_row = row_fields(extension, files.len() > 1);
        let item = Field::new("item", DataType::Struct(fields_of_row), false);
        let mut metadata = HashMap::from([("rowType".to_owned(), extension.row_type.uri().to_owned())]);
        if let [file] = files {
            metadata.insert("file".to_owned(), (*file).to_owned());
        }
        fields.push(Field::new(name, DataType::List(Arc::new(item)), true).with_metadata(metadata));
    }
    Arc::new(Schema::new(fields))
}

/// The fields of an extension row: its line, its file where there are several, then its terms.
fn row_fields(extension: &DataFile, with_file: bool) -> Fields {
    let line = Field::new("_line", DataType::UInt64, false);
    let file = with_file.then(|| Field::new(ROW_FILE, DataType::Utf8, false));
    std::iter::once(line).chain(file).chain(term_fields(extension, term_names(extension))).collect()
}

fn term_fields(data: &DataFile, names: Vec<String>) -> impl Iterator<Item = Field> {
    data.fields.iter().zip(names).map(|(mapping, name)| {
        let term = HashMap::from([("term".to_owned(), mapping.term.uri().to_owned())]);
        Field::new(name, DataType::Utf8, true).with_metadata(term)
    })
}

/// A name for each field of a file, all different.
fn term_names(data: &DataFile) -> Vec<String> {
    let mut order: Vec<usize> = (0..data.fields.len()).collect();
    order.sort_by_key(|&at| data.fields.get(at).map(|field| field.term.rank()));
    let mut taken = HashSet::new();
    let mut names = vec![String::new(); data.fields.len()];
    for at in order {
        let (Some(field), Some(name)) = (data.fields.get(at), names.get_mut(at)) else { continue };
        let simple = identifier(field.term.name());
        let prefixed = field.term.prefix().map(|prefix| format!("{prefix}_{simple}"));
        *name = free_name([Some(simple.clone()), prefixed].into_iter().flatten(), &simple, &mut taken);
    }
    names
}

fn extension_name(extension: &DataFile, taken: &mut HashSet<String>) -> String {
    let simple = lower_camel(&identifier(extension.row_type.name()));
    let other = format!("{simple}_extension");
    free_name([simple, other.clone()].into_iter(), &other, taken)
}

/// The first of some names that is free, else one with a number.
fn free_name(names: impl Iterator<Item = String>, stem: &str, taken: &mut HashSet<String>) -> String {
    for name in names {
        if taken.insert(name.clone()) {
            return name;
        }
    }
    let mut number = 2;
    loop {
        let name = format!("{stem}_{number}");
        if taken.insert(name.clone()) {
            return name;
        }
        number += 1;
    }
}

/// Letters, digits and underscores, a letter first: a name that needs no quotes in SQL.
fn identifier(name: &str) -> String {
    let mut out: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if !out.starts_with(|c: char| c.is_ascii_alphabetic()) {
        out.insert_str(0, "t_");
    }
    out
}

/// `DNADerivedData` is `dnaDerivedData`.
fn lower_camel(name: &str) -> String {
    let capitals = name.chars().take_while(char::is_ascii_uppercase).count();
    let lower = if capitals > 1 && capitals < name.len() { capitals - 1 } else { capitals };
    name.chars().enumerate().map(|(at, c)| if at < lower { c.to_ascii_lowercase() } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descriptor::{Dialect, FieldMapping};
    use crate::term::Term;

    fn file(row_type: &str, terms: &[&str]) -> DataFile {
        let fields = terms.iter().enumerate().map(|(index, term)| FieldMapping {
            term: Term::resolve(term),
            written: (*term).to_owned(),
            index: Some(index),
            default: None,
            vocabulary: None,
            data_type: None,
            delimited_by: None,
        });
        DataFile {
            row_type: Term::resolve(row_type),
            locations: vec!["a.txt".into()],
            encoding: encoding_rs::UTF_8,
            dialect: Dialect { delimiter: b'\t', quote: None, line_end: "\n".into(), header_lines: 0 },
            id_index: Some(0),
            fields: fields.collect(),
        }
    }

    fn names(schema: &Schema) -> Vec<&str> {
        schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    #[test]
    fn clashes_are_settled_by_vocabulary_not_by_order() {
        let core = file(
            "Occurrence",
            &["dc:type", "http://x.org/a-b", "dcterms:type", "http://x.org/1", "http://y.org/a-b", "identification"],
        );
        let extensions =
            [file("Identification", &["taxonID"]), file("Identification", &[]), file("gbif:DNADerivedData", &[])];
        let schema = star_schema(&core, &extensions, &[vec!["a.txt"], vec!["b.txt", "c.txt"]]);
        assert_eq!(
            names(&schema),
            [
                "_id",
                "_file",
                "_line",
                "dc_type",
                "a_b",
                "type",
                "t_1",
                "a_b_2",
                "Identification",
                "identification",
                "identification_extension",
                "dnaDerivedData"
            ]
        );
        let file_of = |at: usize| schema.field(at).metadata().get("file").map(String::as_str);
        let rows_have_it = |at: usize| format!("{:?}", schema.field(at).data_type()).contains("\"_file\"");
        assert_eq!((file_of(9), rows_have_it(9)), (Some("a.txt"), false), "the only file is told once");
        assert_eq!((file_of(10), rows_have_it(10)), (None, true), "of several files, each row tells its own");
        assert_eq!(
            schema.field(3).metadata().get("term").map(String::as_str),
            Some("http://purl.org/dc/elements/1.1/type")
        );
    }
}
