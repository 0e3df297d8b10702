//! A raster of two levels over the world: which areas can hold a point of a cell.
//!
//! The first level has cells of one degree. A cell that borders cross is cut again, the finer the more edges it holds, so
//! that the raster of the communes of France and that of the countries of the world both take some tens of megabytes.

use std::ops::RangeInclusive;

use geo::{Coord, Rect};
use hashbrown::HashMap;

use super::outlines::Outlines;

const COLUMNS: usize = 360;
const ROWS: usize = 180;
/// The finest cut of a cell of one degree: 256 parts, about 430 metres of latitude.
const FINEST: usize = 256;
/// Cells are cut until there are about this many parts for each edge.
const PARTS_PER_EDGE: usize = 4;
/// Borders are drawn this much too wide, in degrees, so that rounding never hides one from a cell that it touches.
const MARGIN: f64 = 1e-9;

/// Most parts of a box that is looked up as a whole.
const LARGEST_BOX: usize = 1024;

const NONE: u32 = u32::MAX;
/// Marks the position of a list of candidates.
const LIST: u32 = 1 << 30;
/// Marks the number of a block on the first level; on a candidate, that it covers the whole cell.
const BLOCK: u32 = 1 << 31;
const CERTAIN: u32 = 1 << 31;
const VALUE: u32 = LIST - 1;

/// The raster of a layer.
#[derive(Default)]
pub(super) struct Raster {
    /// For each cell of one degree: [`NONE`], an area, or a block.
    world: Vec<u32>,
    blocks: Vec<Block>,
    /// The parts of all blocks: [`NONE`], an area, or a list.
    parts: Vec<u32>,
    /// Lists of candidates: their number, then areas by code; the last may be [`CERTAIN`].
    lists: Vec<u32>,
}

/// A cell of one degree, cut into `size` times `size` parts.
struct Block {
    first: usize,
    size: usize,
}

/// Which areas can hold the points of a cell.
pub(super) enum Candidates<'a> {
    None,
    One(u32),
    Several(List<'a>),
}

/// Areas, smallest code first, each with whether it covers the whole cell.
pub(super) struct List<'a>(&'a [u32]);

impl<'a> IntoIterator for List<'a> {
    type Item = (u32, bool);
    type IntoIter = std::iter::Map<std::iter::Copied<std::slice::Iter<'a, u32>>, fn(u32) -> (u32, bool)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().copied().map(|candidate| (candidate & !CERTAIN, candidate & CERTAIN != 0))
    }
}

impl Raster {
    pub(super) fn new(outlines: &Outlines) -> Self {
        let grid = Grid { left: -180.0, bottom: -90.0, per_degree: 1.0, columns: COLUMNS, rows: ROWS };
        let mut edges: Vec<Vec<(u32, u32)>> = vec![Vec::new(); COLUMNS * ROWS];
        let mut cover = vec![NONE; COLUMNS * ROWS];
        let mut touched = vec![NONE; COLUMNS * ROWS];
        for area in 0..outlines.len() as u32 {
            for edge in outlines.edges(area) {
                grid.touch(outlines.start(edge), outlines.end(edge), |cell| {
                    touched[cell] = area;
                    edges[cell].push((area, edge));
                });
            }
            grid.fill(outlines, area, &touched, &mut cover);
        }
        let mut raster = Self { world: cover, ..Self::default() };
        let mut known = HashMap::new();
        for (cell, edges) in edges.into_iter().enumerate() {
            if !edges.is_empty() {
                let base = raster.world[cell];
                raster.world[cell] = BLOCK | raster.blocks.len() as u32;
                raster.add_block(outlines, cell, &edges, base, &mut known);
            }
        }
        raster
    }

    /// Cuts a cell of one degree. `base` is the first area that covers all of it.
    fn add_block(
        &mut self,
        outlines: &Outlines,
        cell: usize,
        edges: &[(u32, u32)],
        base: u32,
        known: &mut HashMap<Vec<u32>, u32>,
    ) {
        let mut size = 1;
        while size < FINEST && size * size < PARTS_PER_EDGE * edges.len() {
            size *= 2;
        }
        let grid = Grid {
            left: (cell % COLUMNS) as f64 - 180.0,
            bottom: (cell / COLUMNS) as f64 - 90.0,
            per_degree: size as f64,
            columns: size,
            rows: size,
        };
        let mut cover = vec![NONE; size * size];
        let mut touched = vec![NONE; size * size];
        let mut borders: Vec<(u32, u32)> = Vec::new();
        for edges in edges.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(area, _)) = edges.first() else { continue };
            for &(_, edge) in edges {
                grid.touch(outlines.start(edge), outlines.end(edge), |part| {
                    if touched[part] != area {
                        touched[part] = area;
                        borders.push((part as u32, area));
                    }
                });
            }
            grid.fill(outlines, area, &touched, &mut cover);
        }
        // Numbers of areas follow their codes, so that the smallest number is the smallest code; NONE is the largest.
        cover.iter_mut().for_each(|area| *area = base.min(*area));
        borders.sort_unstable();
        let mut list = Vec::new();
        for borders in borders.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(part, _)) = borders.first() else { continue };
            let whole = cover[part as usize];
            list.clear();
            list.extend(borders.iter().map(|(_, area)| *area).take_while(|area| *area < whole));
            if list.is_empty() {
                continue;
            }
            if whole != NONE {
                list.push(whole | CERTAIN);
            }
            cover[part as usize] = LIST
                | match known.get(&list) {
                    Some(position) => *position,
                    None => {
                        let position = self.lists.len() as u32;
                        self.lists.push(list.len() as u32);
                        self.lists.extend_from_slice(&list);
                        known.insert(list.clone(), position);
                        position
                    }
                };
        }
        self.blocks.push(Block { first: self.parts.len(), size });
        self.parts.extend_from_slice(&cover);
    }

    /// The one area that holds all of a box, or none that holds any of it; `None` when borders may cross the box.
    ///
    /// Boxes of more than [`LARGEST_BOX`] parts are not looked at: borders cross them as a rule.
    pub(super) fn sole(&self, bounds: Rect<f64>) -> Option<Option<u32>> {
        let (low, high) = (bounds.min(), bounds.max());
        if !(low.x >= -180.0 && low.y >= -90.0 && high.x <= 180.0 && high.y <= 90.0) || self.world.is_empty() {
            return None;
        }
        let position = |value: f64, origin: f64, per_degree: f64, count: usize| {
            (((value - origin) * per_degree) as usize).min(count.saturating_sub(1))
        };
        let mut sole: Option<u32> = None;
        let mut left = LARGEST_BOX;
        let mut agrees = |found: u32| {
            left = left.saturating_sub(1);
            (found == NONE || found & LIST == 0) && left > 0 && *sole.get_or_insert(found) == found
        };
        for row in position(low.y, -90.0, 1.0, ROWS)..=position(high.y, -90.0, 1.0, ROWS) {
            for column in position(low.x, -180.0, 1.0, COLUMNS)..=position(high.x, -180.0, 1.0, COLUMNS) {
                let found = self.world[row * COLUMNS + column];
                if found == NONE || found & BLOCK == 0 {
                    if !agrees(found) {
                        return None;
                    }
                    continue;
                }
                let block = &self.blocks[(found & !BLOCK) as usize];
                let (bottom, left) = (row as f64 - 90.0, column as f64 - 180.0);
                let size = block.size as f64;
                // Rounding can put a border of the box beside its part: one part more on each side is looked at.
                let rows = position(low.y, bottom, size, block.size).saturating_sub(1)
                    ..=(position(high.y, bottom, size, block.size) + 1).min(block.size - 1);
                let columns = position(low.x, left, size, block.size).saturating_sub(1)
                    ..=(position(high.x, left, size, block.size) + 1).min(block.size - 1);
                for row in rows {
                    for column in columns.clone() {
                        if !agrees(self.parts[block.first + row * block.size + column]) {
                            return None;
                        }
                    }
                }
            }
        }
        sole.map(|found| (found != NONE).then_some(found))
    }

    /// Which areas can hold a point.
    pub(super) fn candidates(&self, longitude: f64, latitude: f64) -> Candidates<'_> {
        if !(longitude.abs() <= 180.0 && latitude.abs() <= 90.0) || self.world.is_empty() {
            return Candidates::None;
        }
        let (x, y) = (longitude + 180.0, latitude + 90.0);
        let (column, row) = ((x as usize).min(COLUMNS - 1), (y as usize).min(ROWS - 1));
        let mut found = self.world[row * COLUMNS + column];
        if found != NONE && found & BLOCK != 0 {
            let block = &self.blocks[(found & !BLOCK) as usize];
            let size = block.size as f64;
            let column = (((x - column as f64) * size) as usize).min(block.size - 1);
            let row = (((y - row as f64) * size) as usize).min(block.size - 1);
            found = self.parts[block.first + row * block.size + column];
        }
        if found == NONE {
            Candidates::None
        } else if found & LIST == 0 {
            Candidates::One(found)
        } else {
            let position = (found & VALUE) as usize;
            let length = self.lists[position] as usize;
            Candidates::Several(List(&self.lists[position + 1..=position + length]))
        }
    }
}

/// A grid of square cells.
struct Grid {
    left: f64,
    bottom: f64,
    per_degree: f64,
    columns: usize,
    rows: usize,
}

impl Grid {
    /// The columns that a stretch of longitudes meets; `None` when it lies beside the grid.
    fn columns(&self, from: f64, to: f64) -> Option<RangeInclusive<usize>> {
        span((from - MARGIN - self.left) * self.per_degree, (to + MARGIN - self.left) * self.per_degree, self.columns)
    }

    fn rows(&self, from: f64, to: f64) -> Option<RangeInclusive<usize>> {
        span((from - MARGIN - self.bottom) * self.per_degree, (to + MARGIN - self.bottom) * self.per_degree, self.rows)
    }

    /// Calls `mark` for every cell that an edge touches, and perhaps for some that it nearly touches.
    fn touch(&self, a: Coord<f64>, b: Coord<f64>, mut mark: impl FnMut(usize)) {
        let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
        let Some(rows) = self.rows(low.y, high.y) else { return };
        let (climb, drift) = (high.y - low.y, high.x - low.x);
        let level = rows.start() == rows.end() || climb < 4.0 * MARGIN;
        for row in rows {
            let (from, to) = if level {
                (low.x, high.x)
            } else {
                let floor = self.bottom + row as f64 / self.per_degree;
                let ceiling = floor + 1.0 / self.per_degree;
                let enters = ((floor - MARGIN - low.y) / climb).clamp(0.0, 1.0);
                let leaves = ((ceiling + MARGIN - low.y) / climb).clamp(0.0, 1.0);
                (low.x + drift * enters, low.x + drift * leaves)
            };
            if let Some(columns) = self.columns(from.min(to), from.max(to)) {
                columns.for_each(|column| mark(row * self.columns + column));
            }
        }
    }

    /// Covers the cells that lie in an area and that no edge of it touches, where no area covers them yet.
    ///
    /// Between two touched cells of a row, all cells are inside or all are outside: one exact test decides.
    fn fill(&self, outlines: &Outlines, area: u32, touched: &[u32], cover: &mut [u32]) {
        let Some(bounds) = outlines.bounds(area) else { return };
        let Some(rows) = self.rows(bounds.min().y, bounds.max().y) else { return };
        let Some(columns) = self.columns(bounds.min().x, bounds.max().x) else { return };
        for row in rows {
            let mut inside = None;
            for column in columns.clone() {
                let cell = row * self.columns + column;
                if touched[cell] == area {
                    inside = None;
                    continue;
                }
                let inside = *inside.get_or_insert_with(|| {
                    let centre = Coord {
                        x: self.left + (column as f64 + 0.5) / self.per_degree,
                        y: self.bottom + (row as f64 + 0.5) / self.per_degree,
                    };
                    outlines.contains(area, centre)
                });
                if inside && cover[cell] == NONE {
                    cover[cell] = area;
                }
            }
        }
    }
}

/// The whole numbers from `0` to `count - 1` between two values. What lies on the far edge belongs to the last one.
fn span(from: f64, to: f64, count: usize) -> Option<RangeInclusive<usize>> {
    if !(to >= 0.0 && from <= count as f64) {
        return None;
    }
    // A negative value becomes 0.
    Some((from as usize).min(count - 1)..=(to as usize).min(count - 1))
}
