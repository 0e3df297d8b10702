//! PROJ behind the interface that steps use.
//!
//! PROJ objects belong to one thread and are costly to make (milliseconds), so each thread keeps its own, by pair of systems.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use geo::Coord;
use openobs_steps::reference::projection::{Projections, UnknownSystem, WGS84};
use proj::Proj;

/// Transformations by PROJ, with the EPSG registry that is built into the program.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProjTransformations;

/// Transformations by pair of systems; `None` for a pair that PROJ does not know, so that it is asked once.
type Transformations = HashMap<(u32, u32), Option<Rc<Proj>>>;

thread_local! {
    static TRANSFORMATIONS: RefCell<Transformations> = RefCell::default();
}

fn transformation(from: u32, to: u32) -> Option<Rc<Proj>> {
    TRANSFORMATIONS.with_borrow_mut(|known| {
        known
            .entry((from, to))
            .or_insert_with(|| {
                Proj::new_known_crs(&format!("EPSG:{from}"), &format!("EPSG:{to}"), None).ok().map(Rc::new)
            })
            .clone()
    })
}

impl Projections for ProjTransformations {
    fn transform(&self, from: u32, to: u32, points: &mut [(f64, f64)]) -> Result<(), UnknownSystem> {
        if from == to {
            return Ok(());
        }
        let transformation = transformation(from, to).ok_or(UnknownSystem(from))?;
        for point in points {
            *point = match transformation.convert(*point) {
                Ok((x, y)) if x.is_finite() && y.is_finite() => (x, y),
                _ => (f64::NAN, f64::NAN),
            };
        }
        Ok(())
    }

    fn is_known(&self, epsg: u32) -> bool {
        epsg == WGS84 || transformation(epsg, WGS84).is_some()
    }
}

/// A transformation to WGS 84 from any system that PROJ can be told of: `EPSG:2154`, a URN, WKT, PROJJSON.
///
/// Eastings and longitudes come first, whatever the system says: files of areas hold them so.
pub struct ToWgs84(Proj);

impl ToWgs84 {
    /// The transformation from a system.
    ///
    /// # Errors
    /// When PROJ does not know the system, with its words.
    pub fn from_definition(definition: &str) -> Result<Self, String> {
        let proj =
            Proj::new_known_crs(definition, &format!("EPSG:{WGS84}"), None).map_err(|error| error.to_string())?;
        Ok(Self(proj))
    }

    /// A point in WGS 84; `None` where the system has no place for it.
    pub fn convert(&self, point: Coord<f64>) -> Option<Coord<f64>> {
        let (x, y) = self.0.convert((point.x, point.y)).ok()?;
        (x.is_finite() && y.is_finite()).then_some(Coord { x, y })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_known_by_what_files_say() {
        // The .prj that IGN and INPN put beside their files in Lambert-93.
        let esri = r#"PROJCS["RGF93_Lambert_93",GEOGCS["GCS_RGF_1993",DATUM["D_RGF_1993",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],PARAMETER["False_Easting",700000.0],PARAMETER["False_Northing",6600000.0],PARAMETER["Central_Meridian",3.0],PARAMETER["Standard_Parallel_1",49.0],PARAMETER["Standard_Parallel_2",44.0],PARAMETER["Latitude_Of_Origin",46.5],UNIT["Meter",1.0]]"#;
        for definition in ["EPSG:2154", "urn:ogc:def:crs:EPSG::2154", esri] {
            let lambert = ToWgs84::from_definition(definition).unwrap();
            let point = lambert.convert(Coord { x: 652_469.02, y: 6_862_035.26 }).unwrap();
            assert!((point.x - 2.3522).abs() < 1e-6 && (point.y - 48.8566).abs() < 1e-6, "{definition}: {point:?}");
        }
        assert!(ToWgs84::from_definition("EPSG:999999").is_err());
    }

    #[test]
    fn notre_dame_is_where_the_registry_says() {
        // EPSG registry values, sinp.md 4.2: the same place in five systems.
        for (epsg, x, y) in [
            (2154, 652_297.0, 6_861_636.4),
            (27572, 600_983.5, 2_428_295.3),
            (3949, 1_652_295.7, 8_183_858.0),
            (32631, 452_310.4, 5_411_318.4),
            (27561, 600_982.9, 128_060.1),
            (23031, 452_402.4, 5_411_526.1),
        ] {
            let mut points = [(x, y)];
            ProjTransformations.transform(epsg, WGS84, &mut points).unwrap();
            assert!((points[0].0 - 2.3499).abs() < 5e-5 && (points[0].1 - 48.8530).abs() < 5e-5, "{epsg}: {points:?}");
        }
        // Grads of the Paris meridian.
        let mut points = [(0.0148, 54.281)];
        ProjTransformations.transform(4807, WGS84, &mut points).unwrap();
        assert!((points[0].0 - 2.349_826).abs() < 1e-4 && (points[0].1 - 48.852_831).abs() < 1e-4, "{points:?}");
    }

    #[test]
    fn the_systems_of_france_are_known() {
        let old = [4275, 4807, 4230, 27582, 2970, 2973, 2969, 2971, 3727, 2980, 2987, 3060, 3336];
        let legal = [4171, 2154, 5490, 2972, 3313, 2975, 4471, 4467, 3163, 8903];
        let zones = (3942..=3950).chain(27561..=27564).chain(27571..=27574).chain(23029..=23032).chain(3296..=3299);
        for epsg in old.into_iter().chain(legal).chain(zones) {
            assert!(ProjTransformations.is_known(epsg), "EPSG:{epsg}");
        }
    }

    #[test]
    fn unknown_systems_are_told_apart() {
        assert!(!ProjTransformations.is_known(999_999));
        assert!(ProjTransformations.is_known(2154));
        assert_eq!(ProjTransformations.transform(999_999, WGS84, &mut [(0.0, 0.0)]), Err(UnknownSystem(999_999)));
    }
}
