//! One index document for each accepted name of TAXREF, with counts of the public occurrences of it and its descendants.

use std::collections::HashMap;
use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Int64Type};
use openobs_steps::reference::taxref::{Name, Rank, SharedColumn, Taxref};
use serde::Serialize;

use super::index::{Compression, DocumentLines};
use super::occurrence::for_each_batch;
use super::parquet::Written;
use crate::error::Result;

/// A document of a taxon. Absent values are left out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TaxonDocument<'a> {
    id: i32,
    /// CD_REFs of the taxon and its ancestors, so that a search for a family finds its species.
    lsid: Vec<i32>,
    scientific_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    taxon_rank: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vernacular_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kingdom: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phylum: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    species_group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    species_subgroup: Option<&'a str>,
    synonyms: Vec<&'a str>,
    occurrence_count: i64,
}

/// Writes the documents of all accepted names, in the order of TAXREF.
///
/// `counts` is the public indicator `taxon.parquet`.
///
/// # Errors
/// When the indicator cannot be read or the file cannot be written.
pub fn write(taxref: &Taxref, counts: &Path, folder: &Path, compression: Compression) -> Result<Written> {
    let mut occurrences: HashMap<i32, i64> = HashMap::new();
    for_each_batch(counts, |batch| {
        let column = |name: &str| {
            batch.column_by_name(name).and_then(|column| arrow::compute::cast(column, &DataType::Int64).ok())
        };
        if let (Some(keys), Some(counts)) = (column("cdRef"), column("occurrences")) {
            let (keys, counts) = (keys.as_primitive::<Int64Type>(), counts.as_primitive::<Int64Type>());
            for row in (0..keys.len()).filter(|row| keys.is_valid(*row) && counts.is_valid(*row)) {
                if let Ok(key) = i32::try_from(keys.value(row)) {
                    occurrences.insert(key, counts.value(row));
                }
            }
        }
        Ok(())
    })?;
    let mut file = DocumentLines::create(&folder.join(format!("part-00000.{}", compression.ending())), compression)?;
    for name in taxref.accepted() {
        file.write(&document(name, occurrences.get(&name.cd_ref()).copied().unwrap_or_default()))?;
    }
    file.finish()
}

fn document(name: Name<'_>, occurrence_count: i64) -> TaxonDocument<'_> {
    TaxonDocument {
        id: name.cd_ref(),
        lsid: name.lineage().into_iter().map(Name::cd_ref).collect(),
        scientific_name: name.full(),
        taxon_rank: name.rank().map(Rank::darwin_core),
        vernacular_name: name.vernacular(),
        kingdom: name.shared(SharedColumn::Kingdom),
        phylum: name.shared(SharedColumn::Phylum),
        class: name.shared(SharedColumn::Class),
        order: name.shared(SharedColumn::Order),
        family: name.shared(SharedColumn::Family),
        species_group: name.shared(SharedColumn::Group1),
        species_subgroup: name.shared(SharedColumn::Group2),
        synonyms: name.names().filter(|other| !other.is_accepted()).map(Name::full).collect(),
        occurrence_count,
    }
}
