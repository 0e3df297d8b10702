//! How an archive is made: its descriptor, its row types and its terms.

use openobs_dwca::{Archive, DataFile, Origin, Term};

use super::finding::{Findings, finding};
use super::report::{Finding, Severity, Structure};
use crate::dataset::Dataset;
use crate::settings::error::nearest;

/// Identifier of a row, by the name of its row type.
const IDENTIFIERS: [(&str, &str); 4] =
    [("Occurrence", "occurrenceID"), ("DarwinCore", "occurrenceID"), ("Event", "eventID"), ("Taxon", "taxonID")];

/// The summary.
pub(super) fn structure(archive: &Archive, dataset: &Dataset) -> Structure {
    let descriptor = archive.descriptor();
    Structure {
        descriptor: match descriptor.origin {
            Origin::Meta => "meta.xml",
            Origin::Header => "header",
        },
        core_row_type: descriptor.core.row_type.uri().to_owned(),
        metadata: descriptor.metadata.clone(),
        license: dataset.license.clone(),
        extensions: descriptor.extensions.iter().map(|data| data.row_type.uri().to_owned()).collect(),
    }
}

/// Adds what can be seen without reading a row.
pub(super) fn add_findings(archive: &Archive, findings: &mut Findings) {
    let descriptor = archive.descriptor();
    if descriptor.origin == Origin::Header {
        findings.push(Finding {
            file: descriptor.core.locations.first().cloned(),
            ..finding("DWCA_META_XML_NOT_FOUND", "there is no meta.xml; the columns are known by the header alone")
        });
    }
    let core = &descriptor.core;
    if core.id_index.is_none() {
        let own = IDENTIFIERS.iter().find(|(row_type, _)| *row_type == core.row_type.name());
        let is_identified = own.is_some_and(|(_, term)| core.dwc_field(term).is_some());
        if !is_identified {
            findings.push(Finding {
                file: core.locations.first().cloned(),
                ..finding("RECORD_IDENTIFIER_NOT_FOUND", "the core has no column that identifies its records")
            });
        }
    }
    for data in std::iter::once(core).chain(&descriptor.extensions) {
        if !data.row_type.is_known() {
            findings.push(Finding {
                file: data.locations.first().cloned(),
                ..finding("UNKNOWN_ROWTYPE", format!("the row type {} is not known", data.row_type.uri()))
            });
        }
        add_unknown_terms(data, findings);
        add_older_terms(data, findings);
    }
}

fn add_unknown_terms(data: &DataFile, findings: &mut Findings) {
    for field in data.fields.iter().filter(|field| !field.term.is_known()) {
        let mut unknown = finding("UNKNOWN_TERM", format!("the term {} is not known", field.written));
        // An address is a vocabulary of its own; a bare name is more likely a slip.
        if field.written.contains('/') {
            unknown.severity = Severity::Info;
            unknown.remedy = "nothing needs to be done; its values are kept, but not interpreted".to_owned();
        } else if let Some(suggestion) = nearest(field.term.name(), Term::known_names()) {
            unknown.remedy = suggestion;
        }
        findings.push(Finding {
            file: data.locations.first().cloned(),
            terms: vec![field.term.name().to_owned()],
            ..unknown
        });
    }
}

fn add_older_terms(data: &DataFile, findings: &mut Findings) {
    for field in data.fields.iter().filter(|field| field.term.is_older_name(&field.written)) {
        findings.push(Finding {
            file: data.locations.first().cloned(),
            terms: vec![field.term.name().to_owned()],
            remedy: format!("write {}", field.term.uri()),
            ..finding("DEPRECATED_TERM", format!("{} is an older name of {}", field.written, field.term.name()))
        });
    }
}
