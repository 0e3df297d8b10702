//! `openobs reference match`: a list of names, and what TAXREF has for each.
//!
//! The answer is that of the step `taxonomy`, so that a list gets what records with these names get. One line of answer
//! for one line of the list, in its order: a homonym is one line with its candidates, never several.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringArray};
use openobs_steps::taxonomy::Taxonomy;
use openobs_steps::{Input, References, Step, Verbatim};

use crate::cli::{Global, MatchArguments};
use crate::commands::{Status, settings, text_of_column};
use crate::error::{Doing, Error, Result};
use crate::reference::{delimited, taxref};

/// Names that are matched at once.
const ROWS: usize = 8192;
/// The columns of the answer, in order.
const ANSWER: [&str; 20] = [
    "matchType",
    "matchConfidence",
    "matchMethod",
    "cdNom",
    "cdRef",
    "matchedName",
    "scientificName",
    "taxonRank",
    "taxonomicStatus",
    "kingdom",
    "phylum",
    "class",
    "order",
    "family",
    "vernacularName",
    "group1Inpn",
    "group2Inpn",
    "nameAccordingTo",
    "candidates",
    "issues",
];
/// Column of the answer in the words of the tool that people use today: `Exact`, `Flou`.
const LABEL: &str = "correspondance";
/// Before a column of the answer that bears the name of a column of the list.
const PREFIX: &str = "taxref_";

/// Matches the names of a file.
///
/// # Errors
/// When there is no TAXREF, or the list cannot be read or has no column with a name or an identifier.
pub fn match_names(arguments: &MatchArguments, global: &Global) -> Result<Status> {
    let settings = settings(global, None)?;
    let path = settings.references.taxref.as_ref().ok_or_else(|| {
        Error::usage("names cannot be matched without TAXREF")
            .remedy("set references.taxref, such as --set references.taxref=TAXREFv18.txt")
    })?;
    let taxref = taxref::read(path, settings.references.taxref_retired.as_deref())?;
    let references = References { taxref: Some(Arc::new(taxref)), ..References::default() };
    let step = Taxonomy::new(&references, &settings.of_steps());
    let out: Box<dyn Write> = match &arguments.out {
        Some(path) => Box::new(File::create(path).doing(|| format!("write {}", path.display()))?),
        None => Box::new(std::io::stdout()),
    };
    let text = delimited::text(&arguments.file)?;
    let has_columns = text.lines().next().is_some_and(|line| line.contains(['\t', ';']));
    let mut list = delimited::read_text(
        &arguments.file,
        &text,
        |header| List::new(&step, header, has_columns, &arguments.columns, out),
        |list, _, cells| if list.is_plain { Ok(()) } else { list.push(cells) },
    )?;
    if list.is_plain {
        text.lines().filter(|line| !line.trim().is_empty()).try_for_each(|line| list.push(&[line]))?;
    }
    list.answer()?;
    list.writer.flush().doing(|| "write the answer")?;
    Ok(Status::Done)
}

/// A list that is being answered.
struct List<'a> {
    step: &'a Taxonomy,
    /// For each input of the step, the column of the list that holds it.
    columns: Vec<Option<usize>>,
    /// Whether no column is known: every line is a name, commas and all.
    is_plain: bool,
    width: usize,
    rows: Vec<Vec<String>>,
    writer: csv::Writer<Box<dyn Write>>,
}

impl<'a> List<'a> {
    fn new(
        step: &'a Taxonomy,
        header: &[&str],
        has_columns: bool,
        renamed: &[String],
        out: Box<dyn Write>,
    ) -> Result<Self> {
        let named = |name: &str| header.iter().position(|cell| key(cell) == key(name));
        let mut columns: Vec<Option<usize>> = step
            .reads()
            .iter()
            .map(|input| match input {
                Input::Term(term) => named(term.name()),
                _ => None,
            })
            .collect();
        for renamed in renamed {
            let wrong = |what: &str| {
                Error::usage(format!("--column {renamed}: {what}")).remedy("write --column scientificName=taxon_latin")
            };
            let (term, column) = renamed.split_once('=').ok_or_else(|| wrong("is no TERM=COLUMN"))?;
            let input = step
                .reads()
                .iter()
                .position(|input| matches!(input, Input::Term(known) if key(known.name()) == key(term)));
            let slot = input.and_then(|input| columns.get_mut(input)).ok_or_else(|| wrong("the term is not read"))?;
            *slot = Some(named(column).ok_or_else(|| wrong("the list has no such column"))?);
        }
        let is_plain = columns.iter().all(Option::is_none);
        // Names hold commas, never tabs or semicolons: those are columns, and one of them must be known.
        if is_plain && has_columns {
            return Err(Error::usage("no column of the list holds a name or an identifier")
                .remedy("name the column, such as --column scientificName=taxon_latin"));
        }
        if is_plain {
            let scientific = step.reads().iter().position(|input| input.name() == "scientificName");
            if let Some(column) = scientific.and_then(|position| columns.get_mut(position)) {
                *column = Some(0);
            }
        }
        let mut writer = csv::Writer::from_writer(out);
        let first: Vec<&str> = if is_plain { vec!["name"] } else { header.to_vec() };
        let written: Vec<String> = first
            .iter()
            .map(|cell| (*cell).to_owned())
            .chain(std::iter::once(LABEL).chain(ANSWER).map(
                |name| match first.iter().any(|cell| key(cell) == key(name)) {
                    true => format!("{PREFIX}{name}"),
                    false => name.to_owned(),
                },
            ))
            .collect();
        writer.write_record(&written).doing(|| "write the answer")?;
        Ok(Self { step, columns, is_plain, width: first.len(), rows: Vec::new(), writer })
    }

    fn push(&mut self, cells: &[&str]) -> Result<()> {
        let mut row: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        row.resize(self.width, String::new());
        self.rows.push(row);
        if self.rows.len() >= ROWS { self.answer() } else { Ok(()) }
    }

    /// Answers the rows read so far.
    fn answer(&mut self) -> Result<()> {
        let columns: Vec<Option<ArrayRef>> = self
            .columns
            .iter()
            .map(|column| {
                let column = (*column)?;
                let texts =
                    self.rows.iter().map(|row| row.get(column).map(String::as_str).filter(|cell| !cell.is_empty()));
                Some(Arc::new(texts.collect::<StringArray>()) as ArrayRef)
            })
            .collect();
        let answers = self.step.interpret(&Verbatim::new(self.rows.len(), self.step.reads(), &columns));
        let answers = ANSWER.iter().map(|name| {
            let column = answers.column_by_name(name);
            text_of_column(column.ok_or_else(|| Error::bug(format!("the step taxonomy has no column {name}")))?)
        });
        let answers = answers.collect::<Result<Vec<StringArray>>>()?;
        for (position, row) in self.rows.drain(..).enumerate() {
            let value = |column: &StringArray| {
                if column.is_valid(position) { column.value(position).to_owned() } else { String::new() }
            };
            let answer: Vec<String> = answers.iter().map(value).collect();
            let label = answer.first().map_or("", |match_type| label(match_type)).to_owned();
            self.writer.write_record(row.into_iter().chain([label]).chain(answer)).doing(|| "write the answer")?;
        }
        Ok(())
    }
}

/// The word of the tool that the data team knows.
fn label(match_type: &str) -> &'static str {
    match match_type {
        "EXACT" => "Exact",
        "FUZZY" => "Flou",
        "HIGHERRANK" => "Rang supérieur",
        "AGGREGATE" => "Agrégat",
        _ => "Aucune",
    }
}

/// Names of columns are compared without case and separators: `CD_NOM`, `cd_nom` and `cdNom` are one.
fn key(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
