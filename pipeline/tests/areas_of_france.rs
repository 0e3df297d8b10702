//! Look-ups in the communes and departments of France, where their files are present beside a folder above this one.
//!
//! Points are where plain predicates of `geo` say, or another program's: `POINTS=file.csv` names a file with a longitude, a
//! latitude, a commune and a department on each line, `SHARES=file.csv` one with a geometry and the shares of communes
//! (`WKT;38185:0.25|38421:0.75`). With `--nocapture` the rates are told, which `benches/README.md` quotes.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, Float64Array, StringArray};
use geo::{Coord, Intersects, Point};
use openobs::projection::ProjTransformations;
use openobs::reference::areas::read;
use openobs::settings::{AreaLayer, PropertyNames};
use openobs_steps::geography::Geography;
use openobs_steps::parse::footprint;
use openobs_steps::reference::areas::Areas;
use openobs_steps::reference::areas::shape::Shape;
use openobs_steps::{References, Step, Verbatim};

fn layer(file: &str, code: &str) -> Option<Areas> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let found: Option<PathBuf> =
        above.map(|folder| folder.join("shared/data/geo").join(file)).find(|path| path.is_file());
    let Some(path) = found else {
        eprintln!("skipped: there is no {file}");
        return None;
    };
    let names = |name: &str| PropertyNames(vec![name.to_owned()]);
    Some(read(&AreaLayer { path, code: names(code), name: names("nom") }).unwrap().areas)
}

/// Numbers from 0 to 1 that are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}

fn code(areas: &Areas, point: Coord<f64>) -> &str {
    areas.at(point.x, point.y).map_or("", |area| area.code.as_str())
}

/// The first area by code that holds a point, one after the other.
fn plainly(areas: &Areas, point: Coord<f64>) -> &str {
    let holds = |area: &&openobs_steps::reference::areas::Area| {
        let bounds = areas.bounds_of(&area.code);
        bounds.is_some_and(|bounds| bounds.intersects(&Point(point))) && area.outline.intersects(&Point(point))
    };
    areas.iter().find(holds).map_or("", |area| area.code.as_str())
}

#[test]
fn points_lie_where_plain_predicates_say() {
    let (Some(communes), Some(departments)) =
        (layer("communes_2018.parquet", "code_insee"), layer("departements_2018.parquet", "code_dept"))
    else {
        return;
    };
    let mut numbers = Numbers(2025);
    for areas in [&communes, &departments] {
        let edges: Vec<geo::Line<f64>> = areas
            .iter()
            .step_by(areas.len() / 40)
            .flat_map(|area| area.outline.0[0].exterior().lines().step_by(7).take(8).collect::<Vec<_>>())
            .collect();
        let vertices = edges.iter().map(|edge| edge.start);
        let on_edges = edges.iter().map(|edge| edge.start + edge.delta() * 0.5);
        let random: Vec<Coord<f64>> =
            (0..2_000).map(|_| Coord { x: numbers.between(-5.5, 9.8), y: numbers.between(41.2, 51.3) }).collect();
        let mut compared = 0;
        for point in random.into_iter().chain(vertices).chain(on_edges) {
            assert_eq!(code(areas, point), plainly(areas, point), "{point:?}");
            compared += 1;
        }
        eprintln!("{compared} points in {} areas: no difference", areas.len());
    }
    if let Some(file) = std::env::var_os("POINTS") {
        let text = std::fs::read_to_string(file).unwrap();
        let mut compared = 0;
        for line in text.lines() {
            let [x, y, commune, department] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
            let point = Coord { x: x.parse().unwrap(), y: y.parse().unwrap() };
            assert_eq!((code(&communes, point), code(&departments, point)), (commune, department), "{line}");
            compared += 1;
        }
        eprintln!("{compared} points of the file: no difference");
    }
    if let Some(file) = std::env::var_os("SHARES") {
        let text = std::fs::read_to_string(file).unwrap();
        let (mut compared, mut largest) = (0, 0.0_f64);
        for line in text.lines() {
            let (wkt, shares) = line.split_once(';').unwrap();
            let shape = Shape::of(footprint::shape(wkt).unwrap()).unwrap();
            let overlaps = communes.overlaps(&shape, usize::MAX).unwrap();
            let sum: f64 = overlaps.iter().map(|overlap| overlap.size).sum();
            let mut expected: Vec<(&str, f64)> = shares
                .split('|')
                .filter_map(|share| share.split_once(':'))
                .map(|(code, share)| (code, share.parse().unwrap()))
                .collect();
            for overlap in &overlaps {
                let known = expected.iter().position(|(code, _)| *code == overlap.area.code);
                let share = known.map_or(0.0, |known| expected.remove(known).1);
                largest = largest.max((overlap.size / sum - share).abs());
            }
            largest = expected.iter().map(|(_, share)| *share).fold(largest, f64::max);
            compared += 1;
        }
        eprintln!("{compared} geometries of the file: shares differ by {largest} at most");
    }
}

#[test]
fn rates_of_look_ups() {
    let (Some(communes), Some(departments)) =
        (layer("communes_2018.parquet", "code_insee"), layer("departements_2018.parquet", "code_dept"))
    else {
        return;
    };
    let mut numbers = Numbers(7);
    let points: Vec<Coord<f64>> =
        (0..200_000).map(|_| Coord { x: numbers.between(-1.0, 6.0), y: numbers.between(43.5, 49.5) }).collect();
    for (name, areas) in [("departments", &departments), ("communes", &communes)] {
        let start = Instant::now();
        let found = points.iter().filter(|point| !code(areas, **point).is_empty()).count();
        eprintln!("{name}: {:.2} M points a second ({found} found)", 0.2 / start.elapsed().as_secs_f64());
    }
    let step = Geography::new(&References {
        communes: Some(Arc::new(communes)),
        departments: Some(Arc::new(departments)),
        projections: Arc::new(ProjTransformations),
        ..References::default()
    });
    let rows = 8_192;
    let polygons: Vec<String> = points
        .iter()
        .take(rows)
        .map(|point| {
            let (x, y, side) = (point.x, point.y, numbers.between(0.001, 0.03));
            let corners = (0..24).map(|corner| {
                let angle = f64::from(corner) / 24.0 * std::f64::consts::TAU;
                format!("{:.6} {:.6}", x + side * angle.cos(), y + side * angle.sin())
            });
            let ring: Vec<String> = corners.collect();
            format!("POLYGON(({},{}))", ring.join(","), ring[0])
        })
        .collect();
    let run = |what: &str, footprints: Option<&[String]>| {
        let columns: Vec<Option<ArrayRef>> = step
            .reads()
            .iter()
            .map(|input| match input.name() {
                "decimalLatitude" => {
                    Some(Arc::new(points.iter().take(rows).map(|point| point.y).collect::<Float64Array>()) as ArrayRef)
                }
                "decimalLongitude" => {
                    Some(Arc::new(points.iter().take(rows).map(|point| point.x).collect::<Float64Array>()) as ArrayRef)
                }
                "countryCode" => Some(Arc::new(StringArray::from(vec!["FR"; rows])) as ArrayRef),
                "footprintWKT" => {
                    footprints.map(|footprints| Arc::new(StringArray::from_iter_values(footprints)) as ArrayRef)
                }
                _ => None,
            })
            .collect();
        let verbatim = Verbatim::new(rows, step.reads(), &columns);
        let times = (0..5).map(|_| {
            let start = Instant::now();
            assert_eq!(step.interpret(&verbatim).column(0).len(), rows);
            start.elapsed().as_secs_f64()
        });
        let best = times.fold(f64::INFINITY, f64::min) / rows as f64;
        eprintln!("{what}: {:.2} µs a record, {:.0} a second", best * 1e6, 1.0 / best);
    };
    run("points", None);
    run("polygons of 24 corners, 0.2 to 6 km wide", Some(&polygons));
    let same = vec![polygons[0].clone(); rows];
    run("one polygon in all records", Some(&same));
}
