//! Cost of each step on batches that look like real ones: few distinct dates and names, distinct coordinates and ids.
//!
//! `cargo bench --workspace --bench steps` prints the time of a batch of 8,192 records for each step, without reference
//! data; whole runs with references are measured by `scripts/bench`.

use std::hint::black_box;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringArray, StructArray};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::civil::date;
use openobs_steps::{Input, References, Settings, Step, Verbatim, all};

const ROWS: usize = 8192;

/// The text of a term in a row; `None` for terms that most archives leave out.
fn text(term: &str, row: usize) -> Option<String> {
    let names = ["Turdus merula Linnaeus, 1758", "Lutra lutra (Linnaeus, 1758)", "Quercus robur L., 1753", "Bufo bufo"];
    Some(match term {
        "occurrenceID" | "uniqueKey" | "_id" => format!("urn:catalog:bench:{row}"),
        "datasetKey" => "75025f2c-1b2d-5fe1-e053-2614a8c0f5a2".to_owned(),
        "basisOfRecord" => "HumanObservation".to_owned(),
        "eventDate" => format!("20{:02}-{:02}-{:02}", row % 24, row % 12 + 1, row % 28 + 1),
        "scientificName" => names[row % names.len()].to_owned(),
        "taxonID" => format!("https://inpn.mnhn.fr/espece/cd_nom/{}", 4000 + row % 300),
        "decimalLatitude" => format!("{:.5}", 43.0 + row as f64 / 2000.0),
        "decimalLongitude" => format!("{:.5}", row as f64 / 1500.0),
        "geodeticDatum" => "WGS84".to_owned(),
        "countryCode" => "FR".to_owned(),
        "coordinateUncertaintyInMeters" => (row % 50 * 10).to_string(),
        "individualCount" => (row % 7).to_string(),
        "sex" => ["mâle", "femelle", ""][row % 3].to_owned(),
        "lifeStage" => ["adulte", "juvénile"][row % 2].to_owned(),
        "recordedBy" => format!("Observateur {} | Observatrice {}", row % 90, row % 70),
        "municipality" => format!("Commune {}", row % 400),
        "locality" => format!("Lieu-dit {}", row % 2000),
        "license" => "http://creativecommons.org/licenses/by/4.0/legalcode".to_owned(),
        _ => return None,
    })
}

fn column(input: &Input, before: &[(Arc<dyn Step>, StructArray)]) -> Option<ArrayRef> {
    let name = input.name();
    if matches!(input, Input::Field(..))
        && let Some(written) = before.iter().rev().find_map(|(_, columns)| columns.column_by_name(name))
    {
        return Some(Arc::clone(written));
    }
    text(name, 0)?;
    Some(Arc::new((0..ROWS).map(|row| text(name, row)).collect::<StringArray>()))
}

fn steps(criterion: &mut Criterion) {
    let settings = Settings::new(date(2025, 9, 15));
    let mut done: Vec<(Arc<dyn Step>, StructArray)> = Vec::new();
    let mut group = criterion.benchmark_group("steps");
    group.throughput(Throughput::Elements(ROWS as u64));
    for step in all(&References::default(), &settings) {
        let inputs = step.reads().to_vec();
        let columns: Vec<Option<ArrayRef>> = inputs.iter().map(|input| column(input, &done)).collect();
        let verbatim = Verbatim::new(ROWS, &inputs, &columns);
        group.bench_function(step.name(), |bencher| bencher.iter(|| black_box(step.interpret(black_box(&verbatim)))));
        let written = step.interpret(&verbatim);
        assert_eq!(written.len(), ROWS);
        done.push((step, written));
    }
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
