//! Sequences of DNA that a record rests on.
//!
//! # What it does
//!
//! Cleans and measures the sequence of each row of the extension DNA Derived Data ([`crate::parse::nucleotide`]), names
//! the gene that it is of ([`crate::parse::target_gene`]), and collapses rows of a record that give the same sequence of
//! the same gene. A sequence that occurs in many records of a batch is cleaned once.
//!
//! # Reads
//!
//! The extension `dnaDerivedData`: `dna_sequence`, `target_gene`.
//!
//! # Writes
//!
//! `nucleotideSequence`, a list of structs with the fields of [`fields`]: `nucleotideSequenceID` is the MD5 of the cleaned
//! sequence, `dnaSequenceID` that of the letters as given, which GBIF used before; fractions are parts of 1.
//! `dnaSequenceID`, the distinct ones of the record. Both are null without a sequence or gene.
//!
//! # Issues
//!
//! `NUCLEOTIDE_SEQUENCE_NATURAL_LANGUAGE`, `NUCLEOTIDE_SEQUENCE_ENDS_TRIMMED`, `NUCLEOTIDE_SEQUENCE_GAPS_REMOVED`,
//! `NUCLEOTIDE_SEQUENCE_INVALID`, `NUCLEOTIDE_SEQUENCE_HIGH_N_FRACTION` and `NUCLEOTIDE_SEQUENCE_HIGH_AMBIGUITY` (more than
//! 5 %), `TARGET_GENE_INVALID`, `DUPLICATE_NUCLEOTIDE_SEQUENCES_COLLAPSED`.
//!
//! # Differences from GBIF
//!
//! See [`DIFFERENCES`].
//!
//! # References
//!
//! [DNA derived data](https://rs.gbif.org/extension/gbif/1.0/dna_derived_data_2024-07-11.xml),
//! [Publishing DNA-derived data](https://doi.org/10.35035/doc-vf1a-nr22), GBIF's `DnaDerivedDataInterpreter` and
//! `SequenceProcessor` (gbif/pipelines).

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, LazyLock};

use ahash::RandomState;
use arrow::array::{ListBuilder, StringBuilder, StructArray, new_null_array};
use arrow::datatypes::{DataType, Field, Fields};

use crate::extension::{Rows, Structs, Value, list_type};
use crate::parse::nucleotide::{Sequence, dna_sequence_id};
use crate::parse::target_gene;
use crate::step::{issues_field, record};
use crate::{Input, Issue, IssueSet, Step, Verbatim, column};

/// Deviations from GBIF.
pub const DIFFERENCES: &[&str] = &[
    "A text of which nothing is left is an invalid sequence; GBIF says only that its ends were cut.",
    "Rows with neither a sequence nor a gene are no sequences; GBIF lists the first and calls the others duplicates.",
    "Target genes are looked up in a table of this project, which knows more spellings (16S rRNA (V3-V4)) and fewer genes than GBIF's vocabulary.",
];

const EXTENSION: &str = "dnaDerivedData";

static READS: [Input; 1] = [Input::Extension(EXTENSION)];

/// Share of N, and of ambiguous letters, above which a sequence is flagged.
const HIGH_FRACTION: f64 = 0.05;

static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let field = |name, data_type| Field::new(name, data_type, true);
    Fields::from(vec![
        field("nucleotideSequenceID", DataType::Utf8),
        field("dnaSequenceID", DataType::Utf8),
        field("targetGene", DataType::Utf8),
        field("sequence", DataType::Utf8),
        field("sequenceLength", DataType::Int32),
        field("gcContent", DataType::Float64),
        field("nonIupacFraction", DataType::Float64),
        field("nonACGTNFraction", DataType::Float64),
        field("nFraction", DataType::Float64),
        field("nRunsCapped", DataType::Int32),
        field("naturalLanguageDetected", DataType::Boolean),
        field("endsTrimmed", DataType::Boolean),
        field("gapsOrWhitespaceRemoved", DataType::Boolean),
        field("invalid", DataType::Boolean),
    ])
});

/// The fields of a sequence, with GBIF's names.
pub fn fields() -> Fields {
    FIELDS.clone()
}

/// The step `dna`.
#[derive(Debug)]
pub struct Dna;

/// A sequence that was read.
struct Read {
    sequence: Sequence,
    dna_sequence_id: String,
    issues: IssueSet,
}

impl Read {
    fn of(text: &str) -> Self {
        let sequence = Sequence::of(text);
        let issues = issues_of(&sequence);
        Self { dna_sequence_id: dna_sequence_id(text), sequence, issues }
    }

    fn values<'a>(&'a self) -> Vec<Value<'a>> {
        let sequence = &self.sequence;
        let integer = |number: usize| Value::Integer(i32::try_from(number).ok());
        vec![
            Value::text(sequence.sequence.as_deref()),
            integer(sequence.length),
            Value::Number(sequence.gc_content),
            Value::Number(sequence.non_iupac_fraction),
            Value::Number(sequence.non_acgtn_fraction),
            Value::Number(sequence.n_fraction),
            integer(sequence.n_runs_capped),
            Value::Flag(Some(sequence.natural_language)),
            Value::Flag(Some(sequence.ends_trimmed)),
            Value::Flag(Some(sequence.gaps_removed)),
            Value::Flag(Some(sequence.invalid)),
        ]
    }
}

/// The issues that a sequence raises.
pub fn issues_of(sequence: &Sequence) -> IssueSet {
    let high = |fraction: Option<f64>| fraction.is_some_and(|fraction| fraction > HIGH_FRACTION);
    let mut issues = IssueSet::new();
    issues.raise_if(sequence.natural_language, Issue::NucleotideSequenceNaturalLanguage);
    issues.raise_if(sequence.ends_trimmed, Issue::NucleotideSequenceEndsTrimmed);
    issues.raise_if(sequence.gaps_removed, Issue::NucleotideSequenceGapsRemoved);
    issues.raise_if(sequence.invalid, Issue::NucleotideSequenceInvalid);
    issues.raise_if(high(sequence.n_fraction), Issue::NucleotideSequenceHighNFraction);
    issues.raise_if(high(sequence.non_acgtn_fraction), Issue::NucleotideSequenceHighAmbiguity);
    issues
}

impl Step for Dna {
    fn name(&self) -> &'static str {
        "dna"
    }

    fn reads(&self) -> &[Input] {
        &READS
    }

    fn writes(&self) -> Fields {
        Fields::from(vec![
            Field::new("nucleotideSequence", list_type(&FIELDS), true),
            Field::new("dnaSequenceID", column::list_type(), true),
            issues_field(),
        ])
    }

    fn interpret(&self, verbatim: &Verbatim<'_>) -> StructArray {
        let records = verbatim.rows();
        let mut issues = vec![IssueSet::new(); records];
        let Some(rows) = Rows::of(verbatim.list(EXTENSION)) else {
            let nothing =
                self.writes().iter().take(2).map(|field| new_null_array(field.data_type(), records)).collect();
            return record(&self.writes(), nothing, &issues);
        };
        let (sequences, genes) = (rows.cells(&["dna_sequence"]), rows.cells(&["target_gene"]));
        let reads = reads(&rows, records);
        let read_of = |row| sequences.value(row).and_then(|text| reads.get(text.as_ref()));
        let mut structs = Structs::of(fields(), records);
        let mut ids = ListBuilder::with_capacity(StringBuilder::new(), records);
        for (record, issues) in issues.iter_mut().enumerate() {
            let mut seen: Vec<(Option<&str>, Option<&str>)> = Vec::new();
            let mut record_ids: Vec<&str> = Vec::new();
            for row in rows.of_record(record) {
                let read = read_of(row);
                let given_gene = genes.value(row);
                let gene = given_gene.as_deref().and_then(target_gene::target_gene);
                issues.raise_if(given_gene.is_some() && gene.is_none(), Issue::TargetGeneInvalid);
                if read.is_none() && given_gene.is_none() {
                    continue;
                }
                issues.extend(read.map(|read| read.issues).unwrap_or_default());
                let key = (read.and_then(|read| read.sequence.id.as_deref()), gene);
                if seen.contains(&key) {
                    issues.raise(Issue::DuplicateNucleotideSequencesCollapsed);
                    continue;
                }
                seen.push(key);
                let dna_sequence_id = read.map(|read| read.dna_sequence_id.as_str());
                record_ids.extend(dna_sequence_id.filter(|id| !record_ids.contains(id)));
                let identity = [Value::text(key.0), Value::text(dna_sequence_id), Value::text(gene)];
                structs.append(identity.into_iter().chain(read.map(Read::values).unwrap_or_default()));
            }
            structs.end_record();
            record_ids.iter().for_each(|id| ids.values().append_value(id));
            ids.append(!record_ids.is_empty());
        }
        record(&self.writes(), vec![Arc::new(structs.finish()), Arc::new(ids.finish())], &issues)
    }

    fn differences(&self) -> &'static [&'static str] {
        DIFFERENCES
    }
}

/// The distinct sequences of the records.
fn reads<'a>(rows: &Rows<'a>, records: usize) -> HashMap<Cow<'a, str>, Read, RandomState> {
    let sequences = rows.cells(&["dna_sequence"]);
    let mut reads: HashMap<Cow<'a, str>, Read, RandomState> = HashMap::default();
    for text in (0..records).flat_map(|record| rows.of_record(record)).filter_map(|row| sequences.value(row)) {
        if let Entry::Vacant(entry) = reads.entry(text) {
            let read = Read::of(entry.key());
            entry.insert(read);
        }
    }
    reads
}

#[cfg(test)]
#[path = "dna/tests.rs"]
mod tests;
