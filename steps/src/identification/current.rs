//! Which identification a record stands for, where an extension brings several.
//!
//! GBIF's rule is all or nothing: the extension is read only where the record itself has no term about its identification
//! or its taxon. Of several rows the most recent counts, and only when every row has a date that can be read; a row that
//! is alone counts with or without one. Else none is read: nothing says which one the record stands for.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use jiff::civil::DateTime;

use crate::dataset::BatchFormats;
use crate::extension::{Cells, Rows};
use crate::parse::date::{DateFormats, start_of_period};
use crate::verbatim::Text;
use crate::{Input, Term, Verbatim};

/// The column of the extension.
pub const EXTENSION: &str = "identification";

const DATE_IDENTIFIED: &str = "dateIdentified";

/// The terms of Darwin Core's groups Identification and Taxon, and the SINP's terms for a taxon.
pub const TERMS: [Term; 55] = [
    Term("identificationID"),
    Term("verbatimIdentification"),
    Term("identificationQualifier"),
    Term("typeStatus"),
    Term("typifiedName"),
    Term("identifiedBy"),
    Term("identifiedByID"),
    Term(DATE_IDENTIFIED),
    Term("identificationReferences"),
    Term("identificationVerificationStatus"),
    Term("identificationRemarks"),
    Term("taxonID"),
    Term("scientificNameID"),
    Term("acceptedNameUsageID"),
    Term("parentNameUsageID"),
    Term("originalNameUsageID"),
    Term("nameAccordingToID"),
    Term("namePublishedInID"),
    Term("taxonConceptID"),
    Term("scientificName"),
    Term("acceptedNameUsage"),
    Term("parentNameUsage"),
    Term("originalNameUsage"),
    Term("nameAccordingTo"),
    Term("namePublishedIn"),
    Term("namePublishedInYear"),
    Term("higherClassification"),
    Term("kingdom"),
    Term("phylum"),
    Term("class"),
    Term("order"),
    Term("superfamily"),
    Term("family"),
    Term("subfamily"),
    Term("tribe"),
    Term("subtribe"),
    Term("genus"),
    Term("genericName"),
    Term("subgenus"),
    Term("infragenericEpithet"),
    Term("specificEpithet"),
    Term("infraspecificEpithet"),
    Term("cultivarEpithet"),
    Term("taxonRank"),
    Term("verbatimTaxonRank"),
    Term("scientificNameAuthorship"),
    Term("vernacularName"),
    Term("nomenclaturalCode"),
    Term("taxonomicStatus"),
    Term("nomenclaturalStatus"),
    Term("taxonRemarks"),
    Term("taxonFormula"),
    Term("cdNom"),
    Term("cdRef"),
    Term("nomCite"),
];

/// The inputs that [`completed`] needs beside those that a step has already, whatever it reads of them.
pub fn inputs_beside(reads: &[Input]) -> Vec<Input> {
    let known = |name: &str| reads.iter().any(|input| input.name() == name);
    let mut beside: Vec<Input> =
        TERMS.iter().filter(|term| !known(term.name())).map(|term| Input::Term(*term)).collect();
    let facts = [crate::dataset::DATE_ORDER, crate::dataset::DATE_FORMATS];
    beside.extend(facts.into_iter().filter(|fact| !known(fact)).map(Input::Dataset));
    beside.push(Input::Extension(EXTENSION));
    beside
}

/// Which of several identifications is read: the only one, or the latest when all are dated.
///
/// `dates` are their `dateIdentified`; of an interval the beginning counts, and of equal dates the first.
pub fn latest<'a>(dates: impl ExactSizeIterator<Item = Option<Cow<'a, str>>>, formats: DateFormats) -> Option<usize> {
    if dates.len() == 1 {
        return Some(0);
    }
    let mut latest: Option<(usize, DateTime)> = None;
    for (position, date) in dates.enumerate() {
        let date = start_of_period(&date?, formats).date?.earliest();
        if latest.is_none_or(|(_, so_far)| date > so_far) {
            latest = Some((position, date));
        }
    }
    latest.map(|(position, _)| position)
}

/// The row of the extension that each record is read with, if any.
#[derive(Debug)]
pub struct Current<'a> {
    rows: Rows<'a>,
    row_of_record: Vec<Option<usize>>,
}

impl<'a> Current<'a> {
    /// Finds the rows; `None` when no record of the batch is read with one.
    ///
    /// A record is read with a row when none of `deciding` has a value of its own.
    pub fn of(verbatim: &Verbatim<'a>, deciding: &[Term], formats: BatchFormats<'_>) -> Option<Self> {
        let rows = Rows::of(verbatim.list(EXTENSION))?;
        let dates = rows.cells(&[DATE_IDENTIFIED]);
        let own: Vec<Text<'_>> = deciding.iter().map(|term| verbatim.text(*term)).filter(Text::is_present).collect();
        let row_of_record: Vec<Option<usize>> = (0..verbatim.rows())
            .map(|record| {
                let range = rows.of_record(record);
                if range.is_empty() || own.iter().any(|text| text.value(record).is_some()) {
                    return None;
                }
                let start = range.start;
                latest(range.map(|row| dates.value(row)), formats.of_record(record)).map(|position| start + position)
            })
            .collect();
        row_of_record.iter().any(Option::is_some).then_some(Self { rows, row_of_record })
    }

    /// The row that a record is read with.
    pub fn row(&self, record: usize) -> Option<usize> {
        self.row_of_record.get(record).copied().flatten()
    }

    fn column(&self, own: Text<'_>, cells: &Cells<'_>) -> ArrayRef {
        let value = |record| match self.row(record) {
            Some(row) => cells.value(row),
            None => own.raw(record).map(Cow::Borrowed),
        };
        Arc::new((0..self.row_of_record.len()).map(value).collect::<StringArray>())
    }
}

/// The columns of a batch, with the terms about identification and taxon of the extension where a record has none of
/// `deciding` itself. `None` when nothing changes.
pub fn completed(
    verbatim: &Verbatim<'_>,
    deciding: &[Term],
    formats: BatchFormats<'_>,
) -> Option<Vec<Option<ArrayRef>>> {
    let current = Current::of(verbatim, deciding, formats)?;
    let columns = verbatim.inputs().iter().zip(verbatim.columns()).map(|(input, column)| match input {
        Input::Term(term) if TERMS.contains(term) => {
            let cells = current.rows.cells(&[term.name()]);
            if cells.are_present() { Some(current.column(verbatim.text(*term), &cells)) } else { column.clone() }
        }
        _ => column.clone(),
    });
    Some(columns.collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::date::DateOrder;

    fn chosen(dates: &[Option<&str>]) -> Option<usize> {
        latest(dates.iter().map(|date| date.map(Cow::Borrowed)), DateOrder::DayMonthYear.into())
    }

    #[test]
    fn the_latest_of_dated_identifications_is_read() {
        assert_eq!(chosen(&[None]), Some(0));
        assert_eq!(chosen(&[Some("hier")]), Some(0));
        assert_eq!(chosen(&[]), None);
        assert_eq!(chosen(&[Some("2019"), Some("2021-05-01"), Some("2021-04/2021-06")]), Some(1));
        assert_eq!(chosen(&[Some("2019"), None]), None);
        assert_eq!(chosen(&[Some("2019"), Some("hier")]), None);
        assert_eq!(chosen(&[Some("31/12/2019"), Some("01/02/2018")]), Some(0));
        assert_eq!(chosen(&[Some("2022-09-01T10:00:00"), Some("2022-09-01T10:00:01"), Some("2022-09")]), Some(1));
        assert_eq!(chosen(&[Some("2022-01-01"), Some("2022")]), Some(0));
    }

    #[test]
    fn no_term_stands_twice() {
        let mut terms: Vec<Term> = TERMS.to_vec();
        terms.sort_unstable();
        terms.dedup();
        assert_eq!(terms.len(), TERMS.len());
    }

    proptest! {
        #[test]
        fn a_row_that_is_there_is_chosen(dates in proptest::collection::vec(proptest::option::of("\\PC{0,12}|[12][0-9]{3}(-0[1-9])?"), 0..6)) {
            let borrowed: Vec<Option<&str>> = dates.iter().map(Option::as_deref).collect();
            if let Some(position) = chosen(&borrowed) {
                prop_assert!(position < dates.len());
                prop_assert!(dates.len() == 1 || dates.iter().all(Option::is_some));
            }
        }
    }
}
