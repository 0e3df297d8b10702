//! Matching with a TAXREF of full size: 710,000 made-up names, records by identifier and by name.
//!
//! `cargo bench --workspace --bench taxonomy`. Names come in batches of 8,192 that are all different, from a list longer than
//! what the step remembers, so that every name is read and looked up.
#![allow(clippy::expect_used, clippy::type_complexity, reason = "a bench stops where its own data is wrong")]

use std::hint::black_box;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::civil::date;
use openobs_steps::reference::taxref::{Taxref, TaxrefBuilder};
use openobs_steps::taxonomy::Taxonomy;
use openobs_steps::{Input, References, Settings, Step, Verbatim};

const ROWS: usize = 8192;
const BATCHES: usize = 24;
const GENERA: usize = 60_000;
const NAMES: usize = 710_000;

/// What stands in a column of the batch, for a name.
type Column = Box<dyn Fn(&str, &MadeUp) -> Option<String>>;

/// A made-up word of syllables, different for each number.
fn word(mut number: usize) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "xo", "zu", "thy"];
    let mut word = String::new();
    for _ in 0..5 {
        word.push_str(SYLLABLES[number % 16]);
        number /= 16;
    }
    word
}

struct MadeUp {
    cd_nom: usize,
    cd_ref: usize,
    parent: usize,
    rank: &'static str,
    canonical: String,
    author: String,
}

/// Kingdom, genera, species; every third species name is a synonym of the one before.
fn made_up(position: usize) -> MadeUp {
    let author = format!("{}, {}", ["Linnaeus", "Pallas", "Latreille", "Dejean"][position % 4], 1758 + position % 250);
    if position == 0 {
        return MadeUp {
            cd_nom: 1,
            cd_ref: 1,
            parent: 0,
            rank: "KD",
            canonical: "Animalia".to_owned(),
            author: String::new(),
        };
    }
    let genus = |number: usize| {
        let word = word(number * 7 + 3);
        word[..1].to_uppercase() + &word[1..]
    };
    let cd_nom = position + 1;
    if position <= GENERA {
        return MadeUp { cd_nom, cd_ref: cd_nom, parent: 1, rank: "GN", canonical: genus(position), author };
    }
    let is_synonym = position.is_multiple_of(3) && position > GENERA + 1;
    MadeUp {
        cd_nom,
        cd_ref: if is_synonym { cd_nom - 1 } else { cd_nom },
        parent: if is_synonym { 0 } else { position % GENERA + 2 },
        rank: "ES",
        canonical: format!("{} {}us", genus(position % GENERA + 1), word(position * 3)),
        author: if position.is_multiple_of(2) { format!("({author})") } else { author },
    }
}

fn taxref() -> Taxref {
    let header = [
        "REGNE",
        "GROUP1_INPN",
        "CD_NOM",
        "CD_SUP",
        "CD_REF",
        "RANG",
        "LB_NOM",
        "LB_AUTEUR",
        "NOM_COMPLET",
        "NOM_VERN",
    ];
    let mut builder = TaxrefBuilder::new(&header).expect("the columns are there").version(18);
    for position in 0..NAMES {
        let name = made_up(position);
        let full = format!("{} {}", name.canonical, name.author);
        let (cd_nom, parent, cd_ref) = (name.cd_nom.to_string(), name.parent.to_string(), name.cd_ref.to_string());
        let row = [
            "Animalia",
            "Insectes",
            &cd_nom,
            &parent,
            &cd_ref,
            name.rank,
            &name.canonical,
            &name.author,
            full.trim(),
            "Un nom",
        ];
        builder.push(position as u64 + 2, &row).expect("the numbers are numbers");
    }
    builder.build()
}

fn batches(inputs: &[Input], text: impl Fn(&str, &MadeUp) -> Option<String>) -> Vec<Vec<Option<ArrayRef>>> {
    let position = |row: usize| GENERA + 2 + row * 3 % (NAMES - GENERA - 2);
    (0..BATCHES)
        .map(|batch| {
            let names: Vec<MadeUp> = (0..ROWS).map(|row| made_up(position(batch * ROWS + row))).collect();
            let column = |input: &Input| -> Option<ArrayRef> {
                text(input.name(), names.first()?)?;
                Some(Arc::new(names.iter().map(|name| text(input.name(), name)).collect::<StringArray>()))
            };
            inputs.iter().map(column).collect()
        })
        .collect()
}

fn taxonomy(criterion: &mut Criterion) {
    let references = References { taxref: Some(Arc::new(taxref())), ..References::default() };
    let step = Taxonomy::new(&references, &Settings::new(date(2025, 9, 15)));
    let inputs = step.reads().to_vec();
    let full = |name: &MadeUp| format!("{} {}", name.canonical, name.author);
    let cases: [(&str, Column); 5] = [
        ("identifier", Box::new(|term, name| (term == "cdNom").then(|| name.cd_nom.to_string()))),
        (
            "identifier_and_name",
            Box::new(move |term, name| match term {
                "taxonID" => Some(format!("https://inpn.mnhn.fr/espece/cd_nom/{}", name.cd_nom)),
                "scientificName" => Some(full(name)),
                _ => None,
            }),
        ),
        ("whole_name", Box::new(move |term, name| (term == "scientificName").then(|| full(name)))),
        ("canonical_name", Box::new(|term, name| (term == "scientificName").then(|| name.canonical.clone()))),
        (
            "name_and_author",
            Box::new(|term, name| match term {
                "scientificName" => Some(name.canonical.clone()),
                "scientificNameAuthorship" => Some(name.author.clone()),
                _ => None,
            }),
        ),
    ];
    let mut group = criterion.benchmark_group("taxonomy");
    group.throughput(Throughput::Elements(ROWS as u64));
    for (case, text) in cases {
        let batches = batches(&inputs, text);
        let mut next = 0;
        group.bench_function(case, |bencher| {
            bencher.iter(|| {
                next = (next + 1) % BATCHES;
                black_box(step.interpret(&Verbatim::new(ROWS, &inputs, &batches[next])))
            });
        });
    }
    // What data look like: a few hundred names in a batch, all with their number.
    let batch = &batches(&inputs, |term, name| match term {
        "taxonID" => Some((name.cd_nom % 300 + GENERA + 10).to_string()),
        "scientificName" => Some(full(&made_up(name.cd_nom % 300 + GENERA + 9))),
        _ => None,
    })[0];
    group.bench_function("repeated", |bencher| {
        bencher.iter(|| black_box(step.interpret(&Verbatim::new(ROWS, &inputs, batch))));
    });
    group.finish();
}

criterion_group!(benches, taxonomy);
criterion_main!(benches);
