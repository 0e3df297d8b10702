//! The report as a page: the template has the words, this file the numbers and the geometry of the map.

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, context};
use serde::Serialize;

use super::{GridCell, RunReport};
use crate::error::{Error, Result};

const TEMPLATE: &str = include_str!("index.html");
/// Kilometres of a degree of latitude.
const DEGREE: f64 = 111.195;
/// Classes of counts, each ten times the one before; the last is open.
const CLASSES: u32 = 6;

/// A part of the country with a map of its own: west, south, east and north of its land, and how far its sea reaches.
struct Territory(&'static str, [f64; 4], f64);

/// The mainland first, which is always drawn; the others are insets.
const TERRITORIES: [Territory; 12] = [
    Territory("Mainland France and Corsica", [-5.3, 41.2, 9.8, 51.2], 5.0),
    Territory("Guadeloupe", [-61.9, 15.8, -60.9, 16.6], 1.5),
    Territory("Martinique", [-61.3, 14.3, -60.7, 14.95], 1.5),
    Territory("Guyane", [-54.7, 2.1, -51.6, 5.9], 1.5),
    Territory("La Réunion", [55.1, -21.5, 55.9, -20.8], 1.5),
    Territory("Mayotte", [44.95, -13.1, 45.4, -12.6], 1.5),
    Territory("Saint-Pierre-et-Miquelon", [-56.5, 46.7, -56.1, 47.2], 1.5),
    Territory("Saint-Martin, Saint-Barthélemy", [-63.2, 17.85, -62.75, 18.15], 1.5),
    Territory("Nouvelle-Calédonie", [163.5, -22.8, 168.2, -19.5], 1.5),
    Territory("Polynésie française", [-154.8, -27.8, -134.3, -7.8], 1.5),
    Territory("Wallis-et-Futuna", [-178.3, -14.4, -176.1, -13.1], 1.5),
    Territory("Terres australes", [50.0, -50.0, 78.0, -37.0], 1.5),
];

/// Towns that help to read the map of the mainland.
const TOWNS: [(&str, f64, f64); 9] = [
    ("Paris", 2.352, 48.857),
    ("Lille", 3.058, 50.629),
    ("Brest", -4.486, 48.390),
    ("Strasbourg", 7.752, 48.573),
    ("Nantes", -1.554, 47.218),
    ("Lyon", 4.835, 45.764),
    ("Bordeaux", -0.579, 44.838),
    ("Marseille", 5.370, 43.296),
    ("Ajaccio", 8.737, 41.919),
];

/// All words that a page has by itself.
pub fn words() -> String {
    let territories = TERRITORIES.iter().map(|territory| territory.0);
    let names: Vec<&str> = territories.chain(TOWNS.iter().map(|(name, ..)| *name)).collect();
    format!("{TEMPLATE}\n{}", names.join("\n"))
}

/// A drawing of the public grid.
#[derive(Debug, Default, PartialEq, Serialize)]
struct Map {
    panels: Vec<Panel>,
    legend: Vec<Class>,
    /// Cells that no territory has, which are not drawn.
    elsewhere: u64,
}

#[derive(Debug, PartialEq, Serialize)]
struct Panel {
    name: &'static str,
    width: String,
    height: String,
    squares: Vec<Square>,
    towns: Vec<(&'static str, String, String)>,
    occurrences: u64,
}

/// A cell as an SVG path.
#[derive(Debug, PartialEq, Serialize)]
struct Square {
    code: String,
    path: String,
    class: u32,
    occurrences: u64,
}

#[derive(Debug, PartialEq, Serialize)]
struct Class {
    label: String,
    cells: usize,
}

impl Territory {
    /// How far a place is outside the land, in degrees; not a number for a place that is none.
    fn distance(&self, (longitude, latitude): (f64, f64)) -> f64 {
        let [west, south, east, north] = self.1;
        let outside = |value: f64, low: f64, high: f64| value - value.clamp(low, high);
        outside(longitude, west, east).hypot(outside(latitude, south, north))
    }

    /// The drawing: all of the land and of the cells, longitudes shortened as in its middle (46.5° on the mainland).
    fn panel(&self, cells: &[&GridCell], mainland: bool) -> Panel {
        let [mut west, mut south, mut east, mut north] = self.1;
        let shortened = if mainland { 46.5_f64 } else { (south + north) / 2.0 }.to_radians().cos();
        for GridCell { centre: (longitude, latitude), .. } in cells {
            (west, east) = (west.min(longitude - 0.08), east.max(longitude + 0.08));
            (south, north) = (south.min(latitude - 0.06), north.max(latitude + 0.06));
        }
        let size = if mainland { 640.0 } else { 160.0 };
        let (width, height) = ((east - west) * shortened, north - south);
        let scale = size / width.max(height);
        let place = |x: f64, y: f64| ((x - west) * shortened * scale, (north - y) * scale);
        let square = |cell: &&GridCell| {
            let (longitude, latitude) = cell.centre;
            let centre = place(longitude, latitude);
            // Cells of the mainland stand on the axes of Lambert-93, which turn away from north with the longitude.
            let turn = if mainland { (0.725_6 * (longitude - 3.0)).to_radians() } else { 0.0 };
            // Half a side; where an ocean is drawn a cell would be too small to be seen.
            let half = (5.0 / DEGREE * scale).max(1.0);
            let stretched = shortened / latitude.to_radians().cos();
            let corner = |east: f64, north: f64| {
                let x = half * stretched * (east * turn.cos() + north * turn.sin());
                let y = half * (north * turn.cos() - east * turn.sin());
                format!("{:.1} {:.1}", centre.0 + x, centre.1 - y)
            };
            let corners = [corner(-1.0, 1.0), corner(1.0, 1.0), corner(1.0, -1.0), corner(-1.0, -1.0)];
            Square {
                code: cell.code.clone(),
                path: format!("M{}z", corners.join("L")),
                class: class(cell.occurrences),
                occurrences: cell.occurrences,
            }
        };
        let town = |&(name, longitude, latitude): &(&'static str, f64, f64)| {
            let (x, y) = place(longitude, latitude);
            (name, format!("{x:.1}"), format!("{y:.1}"))
        };
        Panel {
            name: self.0,
            width: format!("{:.0}", width * scale),
            height: format!("{:.0}", height * scale),
            squares: cells.iter().map(square).collect(),
            towns: if mainland { TOWNS.iter().map(town).collect() } else { Vec::new() },
            occurrences: cells.iter().map(|cell| cell.occurrences).sum(),
        }
    }
}

impl Map {
    fn of(grid: &[GridCell]) -> Self {
        let mut map = Self::default();
        let mut cells: [Vec<&GridCell>; TERRITORIES.len()] = Default::default();
        for cell in grid.iter().filter(|cell| cell.occurrences > 0) {
            let nearest = TERRITORIES.iter().map(|territory| territory.distance(cell.centre)).zip(&TERRITORIES);
            let nearest = nearest.zip(&mut cells).min_by(|((a, _), _), ((b, _), _)| a.total_cmp(b));
            match nearest {
                Some(((distance, territory), cells)) if distance <= territory.2 => cells.push(cell),
                _ => map.elsewhere += 1,
            }
        }
        let panels = TERRITORIES.iter().zip(&cells).enumerate();
        let drawn = panels.filter(|(number, (_, cells))| *number == 0 || !cells.is_empty());
        map.panels = drawn.map(|(number, (territory, cells))| territory.panel(cells, number == 0)).collect();
        let squares = || map.panels.iter().flat_map(|panel| &panel.squares);
        map.legend = (0..CLASSES)
            .map(|class| {
                let (first, next) = (10_u64.pow(class), 10_u64.pow(class + 1));
                let end = if class + 1 < CLASSES { format!("–{}", grouped(next - 1)) } else { " or more".to_owned() };
                let cells = squares().filter(|square| square.class == class).count();
                Class { label: format!("{}{end}", grouped(first)), cells }
            })
            .collect();
        map
    }
}

/// The class of a count: the digits it has more than one.
fn class(count: u64) -> u32 {
    count.checked_ilog10().unwrap_or_default().min(CLASSES - 1)
}

/// A number in groups of three with narrow spaces that do not break.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// The page of a run: one HTML file with its style and its map, which needs no network.
///
/// # Errors
/// Never for our template.
pub fn render(report: &RunReport) -> Result<String> {
    let failed = |error: minijinja::Error| Error::bug("the report page could not be made").caused_by(error);
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("number", grouped);
    // What ends with .html is escaped: titles and messages come from whoever sent the archive.
    environment.add_template("index.html", TEMPLATE).map_err(failed)?;
    let template = environment.get_template("index.html").map_err(failed)?;
    template.render(context! { report => Serde(report), map => Serde(Map::of(&report.grid)) }).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(longitude: f64, latitude: f64, occurrences: u64) -> GridCell {
        GridCell { code: "<u>".to_owned(), centre: (longitude, latitude), occurrences }
    }

    #[test]
    fn cells_go_to_the_map_of_their_territory() {
        let map =
            Map::of(&[cell(2.3, 48.8, 1_234), cell(55.5, -21.1, 9), cell(-30.0, 30.0, 1), cell(f64::NAN, 48.0, 1)]);
        let drawn: Vec<_> =
            map.panels.iter().map(|panel| (panel.name, panel.squares.len(), panel.occurrences)).collect();
        assert_eq!(drawn, [("Mainland France and Corsica", 1, 1_234), ("La Réunion", 1, 9)]);
        assert_eq!((map.panels[0].squares[0].class, map.panels[1].squares[0].class, map.elsewhere), (3, 0, 2));
        assert_eq!(map.legend[3], Class { label: "1\u{202f}000–9\u{202f}999".to_owned(), cells: 1 });
    }

    #[test]
    fn nothing_in_a_report_becomes_markup() {
        let hostile = "<script>alert(1)</script>\" onload='x'";
        let text = r#"{"run": "T", "runDate": "T", "programVersion": "T", "committed": N, "totals": N, "indicators": {"T":
            {"title": "T", "rows": 1}}, "checks": {"T": {"title": "T", "rows": 1, "counts": {"T": 2}}}, "references": [{"setting": "T", "file": "T", "sha256": "T", "content": "T",
            "title": "T", "version": "T", "license": "T", "source": "T"}],
            "datasets":
            [{"archive": "T", "datasetKey": "T", "title": "T", "status": "failed", "message": "T", "warnings": ["T"],
            "identity": {"keySources": {"T": 3}, "missingKeys": 3, "duplicateKeys": 1, "duplicateRecords": 1, "absentTerms": ["T"],
            "comparison": null}}], "grid": []}"#;
        let totals = r#"{"datasets": 0, "records": 0, "interpreted": 0, "quarantined": 0, "published": 0, "masked": 0,
            "withheld": 0, "indexDocuments": 0, "issues": {"T": 1}}"#;
        let quoted = serde_json::to_string(hostile).unwrap();
        let mut report: RunReport = serde_json::from_str(&text.replace('N', totals).replace("\"T\"", &quoted)).unwrap();
        assert!(render(&report).unwrap().contains("no cell"));
        report.grid.push(cell(55.5, -21.1, 9));
        let page = render(&report).unwrap();
        assert!(!page.contains(hostile) && !page.contains("<script>alert") && !page.contains("<u>"));
        assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("La Réunion"));
    }
}
