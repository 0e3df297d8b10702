//! The outlines of a layer as flat lists of edges, in horizontal bands, so that a point meets few of them.

use geo::{Coord, Kernel, MultiPolygon, Orientation, Rect, kernels::RobustKernel};

use super::distance::LocalMetric;

/// Bands are made for about this many edges each.
const EDGES_PER_BAND: usize = 4;

/// All outlines of a layer.
#[derive(Default)]
pub(super) struct Outlines {
    /// Rings one after another, each closed. The edge `i` goes from vertex `i` to vertex `i + 1`.
    vertices: Vec<Coord<f64>>,
    /// One for each area.
    areas: Vec<Bands>,
    /// First position in `edges` of each band, and one past the last at the end of each area.
    starts: Vec<u32>,
    /// Edges by band.
    edges: Vec<u32>,
}

/// The bands of one area.
struct Bands {
    bounds: Option<Rect<f64>>,
    /// Edges of the area, as ranges of vertices, one for each ring.
    rings: Vec<(u32, u32)>,
    /// Position in `starts` of the first band.
    first: usize,
    count: usize,
    /// Bands per degree.
    scale: f64,
}

impl Bands {
    fn band(&self, y: f64) -> usize {
        let bottom = self.bounds.map_or(0.0, |bounds| bounds.min().y);
        // A negative or NaN value becomes 0.
        (((y - bottom) * self.scale) as usize).min(self.count.saturating_sub(1))
    }
}

impl Outlines {
    pub(super) fn new<'a>(outlines: impl Iterator<Item = &'a MultiPolygon<f64>>) -> Self {
        let mut all = Self::default();
        for outline in outlines {
            all.add(outline);
        }
        all
    }

    fn add(&mut self, outline: &MultiPolygon<f64>) {
        let mut rings = Vec::new();
        for polygon in outline {
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                let first = self.vertices.len() as u32;
                self.vertices
                    .extend(ring.coords().copied().filter(|vertex| vertex.x.is_finite() && vertex.y.is_finite()));
                let Some(&start) = self.vertices.get(first as usize) else { continue };
                if self.vertices.last() != Some(&start) {
                    self.vertices.push(start);
                }
                rings.push((first, self.vertices.len() as u32 - 1));
            }
        }
        let bounds = bounds_of(rings.iter().flat_map(|&(first, end)| &self.vertices[first as usize..=end as usize]));
        let edges: usize = rings.iter().map(|(first, end)| (end - first) as usize).sum();
        let height = bounds.map_or(0.0, |bounds| bounds.height());
        // Long edges stand in many bands: there are so few bands that the lists stay about three times the edges.
        let climbed: f64 = edges_of(&rings).map(|edge| (self.end(edge).y - self.start(edge).y).abs()).sum();
        let affordable = (2.0 * edges as f64 * height / climbed) as usize;
        let count = (edges / EDGES_PER_BAND).min(affordable).max(1);
        let scale = if height > 0.0 { count as f64 / height } else { 0.0 };
        let bands = Bands { bounds, rings, first: self.starts.len(), count, scale };

        let mut sizes = vec![0_u32; count + 1];
        for edge in edges_of(&bands.rings) {
            let (low, high) = self.band_range(&bands, edge);
            sizes[low..=high].iter_mut().for_each(|size| *size += 1);
        }
        let mut next = self.edges.len() as u32;
        for size in &mut sizes {
            let start = next;
            next += *size;
            *size = start;
        }
        self.starts.extend_from_slice(&sizes);
        self.edges.resize(next as usize, 0);
        for edge in edges_of(&bands.rings) {
            let (low, high) = self.band_range(&bands, edge);
            for position in &mut sizes[low..=high] {
                self.edges[*position as usize] = edge;
                *position += 1;
            }
        }
        self.areas.push(bands);
    }

    fn band_range(&self, bands: &Bands, edge: u32) -> (usize, usize) {
        let (a, b) = (bands.band(self.start(edge).y), bands.band(self.end(edge).y));
        (a.min(b), a.max(b))
    }

    pub(super) fn len(&self) -> usize {
        self.areas.len()
    }

    /// The box of an area; `None` when it is empty or there is no such area.
    pub(super) fn bounds(&self, area: u32) -> Option<Rect<f64>> {
        self.areas.get(area as usize)?.bounds
    }

    /// The edges of an area.
    pub(super) fn edges(&self, area: u32) -> impl Iterator<Item = u32> {
        self.areas.get(area as usize).into_iter().flat_map(|bands| edges_of(&bands.rings))
    }

    pub(super) fn start(&self, edge: u32) -> Coord<f64> {
        self.vertices[edge as usize]
    }

    pub(super) fn end(&self, edge: u32) -> Coord<f64> {
        self.vertices[edge as usize + 1]
    }

    /// The edges that have a point at a latitude between two, and perhaps a few more; an edge may come twice.
    fn edges_between(&self, bands: &Bands, low: f64, high: f64) -> &[u32] {
        let first = self.starts[bands.first + bands.band(low)];
        let end = self.starts[bands.first + bands.band(high) + 1];
        &self.edges[first as usize..end as usize]
    }

    /// Whether an area holds a point; its border belongs to it. Even-odd rule, so that holes need no orientation.
    pub(super) fn contains(&self, area: u32, point: Coord<f64>) -> bool {
        let Some(bands) = self.areas.get(area as usize) else { return false };
        let Some(bounds) = bands.bounds else { return false };
        let (min, max) = (bounds.min(), bounds.max());
        if !(point.x >= min.x && point.x <= max.x && point.y >= min.y && point.y <= max.y) {
            return false;
        }
        let mut inside = false;
        for &edge in self.edges_between(bands, point.y, point.y) {
            let (a, b) = (self.start(edge), self.end(edge));
            if (a.y > point.y) != (b.y > point.y) {
                if point.x < a.x.min(b.x) {
                    inside = !inside;
                } else if point.x <= a.x.max(b.x) {
                    let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
                    match RobustKernel::orient2d(low, high, point) {
                        Orientation::Collinear => return true,
                        Orientation::CounterClockwise => inside = !inside,
                        Orientation::Clockwise => {}
                    }
                }
            } else {
                // A vertex, or a horizontal edge: neither is crossed by the ray.
                let level = a.y == point.y && b.y == point.y;
                let between = point.x >= a.x.min(b.x) && point.x <= a.x.max(b.x);
                if a == point || b == point || (level && between) {
                    return true;
                }
            }
        }
        inside
    }

    /// The stretches of a segment that lie in an area, from 0 (its start) to 1 (its end).
    pub(super) fn stretches_inside(&self, area: u32, a: Coord<f64>, b: Coord<f64>) -> Vec<(f64, f64)> {
        let Some(bands) = self.areas.get(area as usize) else { return Vec::new() };
        let Some(bounds) = bands.bounds else { return Vec::new() };
        let beside = a.x.max(b.x) < bounds.min().x
            || a.x.min(b.x) > bounds.max().x
            || a.y.max(b.y) < bounds.min().y
            || a.y.min(b.y) > bounds.max().y;
        if beside {
            return Vec::new();
        }
        let mut ends = vec![0.0, 1.0];
        for &edge in self.edges_between(bands, a.y.min(b.y), a.y.max(b.y)) {
            ends.extend(crossing(a, b, self.start(edge), self.end(edge)).into_iter().flatten());
        }
        ends.sort_unstable_by(f64::total_cmp);
        ends.dedup();
        let middle = |(from, to): &(f64, f64)| {
            let part = (from + to) / 2.0;
            Coord { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part }
        };
        let stretches = ends.iter().copied().zip(ends.iter().copied().skip(1));
        stretches.filter(|stretch| self.contains(area, middle(stretch))).collect()
    }

    /// The nearest point of the border of an area and its distance, if it is within `max_metres`.
    pub(super) fn nearest_on_border(
        &self,
        area: u32,
        metric: &LocalMetric,
        max_metres: f64,
    ) -> Option<(f64, Coord<f64>)> {
        let bands = self.areas.get(area as usize)?;
        bands.bounds?;
        let (low, high) = metric.square(max_metres);
        let mut best: Option<(f64, Coord<f64>)> = None;
        for &edge in self.edges_between(bands, low.y, high.y) {
            let (a, b) = (self.start(edge), self.end(edge));
            if a.x.max(b.x) < low.x || a.x.min(b.x) > high.x {
                continue;
            }
            let (metres, foot) = metric.to_segment(a, b);
            if metres <= best.map_or(max_metres, |(nearest, _)| nearest) {
                best = Some((metres, foot));
            }
        }
        best
    }
}

/// Where a segment meets an edge, from 0 to 1 along the segment; both ends of what they share when one lies on the other.
fn crossing(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>, d: Coord<f64>) -> [Option<f64>; 2] {
    let cross = |p: Coord<f64>, q: Coord<f64>| p.x * q.y - p.y * q.x;
    let (along, edge, from) = (b - a, d - c, c - a);
    let parallel = cross(along, edge);
    let inner = |part: f64| (part > 0.0 && part < 1.0).then_some(part);
    if parallel != 0.0 {
        let (part, of_edge) = (cross(from, edge) / parallel, cross(from, along) / parallel);
        return [inner(part).filter(|_| (-1e-12..=1.0 + 1e-12).contains(&of_edge)), None];
    }
    let length = along.x * along.x + along.y * along.y;
    if length == 0.0 || cross(from, along) != 0.0 {
        return [None, None];
    }
    let part = |vertex: Coord<f64>| ((vertex.x - a.x) * along.x + (vertex.y - a.y) * along.y) / length;
    [inner(part(c)), inner(part(d))]
}

fn edges_of(rings: &[(u32, u32)]) -> impl Iterator<Item = u32> {
    rings.iter().flat_map(|&(first, end)| first..end)
}

fn bounds_of<'a>(mut vertices: impl Iterator<Item = &'a Coord<f64>>) -> Option<Rect<f64>> {
    let first = *vertices.next()?;
    let (min, max) = vertices.fold((first, first), |(min, max), vertex| {
        (
            Coord { x: min.x.min(vertex.x), y: min.y.min(vertex.y) },
            Coord { x: max.x.max(vertex.x), y: max.y.max(vertex.y) },
        )
    });
    Some(Rect::new(min, max))
}
