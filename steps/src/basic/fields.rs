//! What the step reads and writes.

use arrow::datatypes::{DataType, Field, Fields};

use crate::dataset::{COLLECTOR_NAMES, DATASET_LICENSE};
use crate::identification::current;
use crate::step::issues_field;
use crate::{Input, Term, column};

/// Terms passed on as text.
const TEXTS: [Term; 5] =
    [Term("behavior"), Term("reproductiveCondition"), Term("habitat"), Term("occurrenceRemarks"), Term("eventRemarks")];

/// Terms that are lists on `|`.
const LISTS: [Term; 6] = [
    Term("recordedBy"),
    Term("identifiedBy"),
    Term("datasetID"),
    Term("datasetName"),
    Term("preparations"),
    Term("samplingProtocol"),
];

/// Extensions whose rows say that an organism was sequenced.
pub(super) const SEQUENCE_EXTENSIONS: [&str; 2] = ["dnaDerivedData", "amplification"];

/// The inputs, in argument order.
pub(super) fn reads() -> Vec<Input> {
    let controlled = [
        "basisOfRecord",
        "occurrenceStatus",
        "individualCount",
        "sex",
        "lifeStage",
        "establishmentMeans",
        "degreeOfEstablishment",
        "pathway",
        "typeStatus",
        "typifiedName",
        "organismQuantity",
        "organismQuantityType",
        "sampleSizeValue",
        "sampleSizeUnit",
        "license",
        "references",
        "recordedByID",
        "identifiedByID",
        "otherCatalogNumbers",
        "projectID",
        "associatedSequences",
        "vitality",
        "identificationVerificationStatus",
        "dynamicProperties",
    ];
    let mut reads: Vec<Input> = controlled.into_iter().map(|name| Input::Term(Term(name))).collect();
    reads.extend(TEXTS.into_iter().chain(LISTS).map(Input::Term));
    reads.extend([DATASET_LICENSE, COLLECTOR_NAMES].map(Input::Dataset));
    reads.extend(SEQUENCE_EXTENSIONS.into_iter().map(Input::Extension));
    reads.extend(current::inputs_beside(&reads));
    reads
}

/// The fields written, in order.
pub(super) fn writes() -> Fields {
    let text = |name| Field::new(name, DataType::Utf8, true);
    let number = |name| Field::new(name, DataType::Float64, true);
    let list = |name| Field::new(name, column::list_type(), true);
    let identifiers = |name| Field::new(name, column::identifiers_type(), true);
    Fields::from(vec![
        Field::new("basisOfRecord", DataType::Utf8, false),
        Field::new("occurrenceStatus", DataType::Utf8, false),
        Field::new("individualCount", DataType::Int32, true),
        text("sex"),
        text("lifeStage"),
        text("establishmentMeans"),
        text("degreeOfEstablishment"),
        text("pathway"),
        list("typeStatus"),
        text("typifiedName"),
        number("organismQuantity"),
        text("organismQuantityType"),
        number("sampleSizeValue"),
        text("sampleSizeUnit"),
        number("relativeOrganismQuantity"),
        Field::new("license", DataType::Utf8, false),
        text("references"),
        list("recordedBy"),
        list("identifiedBy"),
        identifiers("recordedByID"),
        identifiers("identifiedByID"),
        list("datasetID"),
        list("datasetName"),
        list("otherCatalogNumbers"),
        list("preparations"),
        list("samplingProtocol"),
        list("projectID"),
        list("associatedSequences"),
        Field::new("isSequenced", DataType::Boolean, false),
        text("behavior"),
        text("reproductiveCondition"),
        text("vitality"),
        text("habitat"),
        text("occurrenceRemarks"),
        text("eventRemarks"),
        text("identificationVerificationStatus"),
        issues_field(),
    ])
}
