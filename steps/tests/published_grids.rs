//! Codes of cells are those of the published grids, where their files are present beside a folder above this one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use openobs_steps::reference::grid::{Lambert93Cell, Side};

/// The text of a compressed file, if it and the program that reads it are there.
fn text(name: &str) -> Option<String> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let path = above.map(|folder| folder.join("shared/data/geo").join(name)).find(|path| path.is_file())?;
    let mut reading = Command::new("gzip").args(["-dc"]).arg(path).stdout(Stdio::piped()).spawn().ok()?;
    let mut text = String::new();
    reading.stdout.take()?.read_to_string(&mut text).ok()?;
    reading.wait().ok()?.success().then_some(text)
}

#[test]
fn every_published_cell_has_its_code() {
    for (file, side, rows) in
        [("grid_inpn_l93_10km.csv.gz", Side::Ten, 9_625), ("grid_inpn_l93_5km.csv.gz", Side::Five, 23_060)]
    {
        let Some(text) = text(file) else {
            eprintln!("skipped: there is no {file}");
            continue;
        };
        let mut seen = 0;
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let [code, _, left, bottom, right, top] = cells.as_slice() else { panic!("{line}") };
            let [left, bottom, right, top] = [left, bottom, right, top].map(|number| number.parse::<f64>().unwrap());
            let cell = Lambert93Cell::parse(code).unwrap_or_else(|| panic!("{code} is not known"));
            assert_eq!(Lambert93Cell::of_point(side, left, bottom), Some(cell), "{line}");
            assert_eq!(Lambert93Cell::of_point(side, right - 0.001, top - 0.001), Some(cell), "{line}");
            assert_eq!(cell.corners(), [(left, bottom), (right, bottom), (right, top), (left, top)], "{line}");
            seen += 1;
        }
        assert_eq!(seen, rows, "{file}");
    }
}
