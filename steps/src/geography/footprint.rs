//! The areas that a footprint meets. The same text is interpreted once for a batch.

use std::sync::Arc;

use super::cells::Grids;
use super::gazetteer::{Gazetteer, commune_of_arrondissement};
use crate::parse::footprint;
use crate::reference::Layer;
use crate::reference::areas::shape::Shape;
use crate::reference::grid::Side;

/// Most vertices of a footprint that is held against areas.
pub(super) const MOST_VERTICES: usize = 100_000;
/// Most communes whose box a footprint may meet: a department has about 350.
const MOST_COMMUNES: usize = 1_000;
/// Most areas of a further layer.
const MOST_AREAS: usize = 1_000;
/// Shares that differ by less than this are the same: outlines are simplified, and coordinates rounded.
const TIE: f64 = 1e-3;
/// A stationary object is not in an area that holds less than this share of it: an edge on a border, written with a decimetre.
const SLIVER: f64 = 1e-5;

/// How much of a footprint lies where.
#[derive(Debug, Default)]
pub(super) struct Met<'a> {
    /// Codes with sizes, by code.
    pub(super) communes: Vec<(&'a str, f64)>,
    pub(super) departments: Vec<(&'a str, f64)>,
    /// Cells of 1, 5 and 10 km.
    pub(super) cells: [Vec<(String, f64)>; 3],
    /// Codes by further layer.
    pub(super) layers: Vec<Vec<&'a str>>,
    /// Something is left out because it would be too much.
    pub(super) is_too_large: bool,
}

impl<'a> Met<'a> {
    /// The areas that a footprint meets; `None` when it is no geometry, or one with too many vertices.
    pub(super) fn of(text: &str, gazetteer: &'a Gazetteer, grids: &Grids, layers: &'a [Layer]) -> Option<Self> {
        let geometry = footprint::shape(text)?;
        let count = geo::CoordsIter::coords_count(&geometry);
        let shape = Shape::of(geometry).filter(|_| count <= MOST_VERTICES)?;
        let mut met = Self::default();
        let size = shape.size();
        if let Some(communes) = gazetteer.communes() {
            match communes.overlaps(&shape, MOST_COMMUNES) {
                Some(overlaps) => {
                    let whole = |code: &'a str| commune_of_arrondissement(code).unwrap_or(code);
                    for overlap in overlaps {
                        add(&mut met.communes, whole(overlap.area.code.as_str()), overlap.size);
                    }
                }
                None => met.is_too_large = true,
            }
        }
        let sum: f64 = met.communes.iter().map(|(_, size)| size).sum();
        for (commune, size) in &met.communes {
            if let Some(department) = gazetteer.department_of(commune) {
                add(&mut met.departments, department, *size);
            }
        }
        // Where communes do not cover the geometry, such as at sea, the departments are asked themselves.
        if sum < size * (1.0 - 1e-6)
            && let Some(departments) = gazetteer.departments()
        {
            for overlap in departments.overlaps(&shape, usize::MAX).unwrap_or_default() {
                let code = overlap.area.code.as_str();
                let known = met.departments.iter().find(|(known, _)| *known == code).map_or(0.0, |(_, size)| *size);
                add(&mut met.departments, code, (overlap.size - known).max(0.0));
            }
        }
        for side in Side::ALL {
            let cells = grids.meeting(side, &shape);
            met.is_too_large |= cells.is_none() && side == Side::Ten;
            met.cells.iter_mut().skip(side as usize).take(1).for_each(|slot| *slot = cells.clone().unwrap_or_default());
        }
        for layer in layers {
            let overlaps = layer.areas.all_overlaps(&shape, MOST_AREAS);
            met.is_too_large |= overlaps.is_none();
            let overlaps = overlaps.unwrap_or_default();
            met.layers.push(overlaps.into_iter().map(|overlap| overlap.area.code.as_str()).collect());
        }
        Some(met)
    }

    pub(super) fn is_nowhere(&self) -> bool {
        self.communes.is_empty() && self.departments.is_empty()
    }
}

/// A footprint that was looked up.
pub(super) type Looked<'a> = Option<Arc<Met<'a>>>;

fn add<'a>(sizes: &mut Vec<(&'a str, f64)>, code: &'a str, size: f64) {
    match sizes.binary_search_by(|(known, _)| known.cmp(&code)) {
        Ok(position) => sizes.iter_mut().skip(position).take(1).for_each(|(_, known)| *known += size),
        Err(position) => sizes.insert(position, (code, size)),
    }
}

/// The areas that a record is attached to: greatest share first, those with the same share by code.
///
/// A stationary object is in all areas that hold a part of it; of others the areas with the greatest share count alone.
pub(super) fn attached<T: AsRef<str> + Clone>(sizes: &[(T, f64)], stationary: bool) -> Vec<T> {
    let most = sizes.iter().map(|(_, size)| *size).fold(0.0, f64::max);
    let leads = |size: f64| size >= most * (1.0 - TIE);
    let least = sizes.iter().map(|(_, size)| *size).sum::<f64>() * SLIVER;
    let mut kept: Vec<&(T, f64)> =
        sizes.iter().filter(|(_, size)| *size > least && (stationary || leads(*size))).collect();
    kept.sort_by(|(a, of_a), (b, of_b)| {
        let by_size = leads(*of_b).cmp(&leads(*of_a)).then_with(|| match leads(*of_a) && leads(*of_b) {
            true => std::cmp::Ordering::Equal,
            false => of_b.total_cmp(of_a),
        });
        by_size.then_with(|| a.as_ref().cmp(b.as_ref()))
    });
    kept.into_iter().map(|(code, _)| code.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_ranked() {
        let sizes = [("A", 3.0), ("B", 40.0), ("C", 40.01), ("D", 17.0), ("E", 0.0)];
        assert_eq!(attached(&sizes, true), ["B", "C", "D", "A"]);
        assert_eq!(attached(&sizes, false), ["B", "C"]);
        assert_eq!(attached::<&str>(&[], false), [""; 0]);
    }
}
