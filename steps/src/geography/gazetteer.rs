//! Communes and departments by code, by name and by point, and what became of old codes.

use std::sync::Arc;

use hashbrown::HashMap;

use super::given::{looks_like_commune, name_key};
use crate::References;
use crate::reference::areas::{Area, Areas};
use crate::reference::communes::CommuneHistory;
use crate::reference::departments::{department, department_code_of_commune};

/// First and last arrondissement of the communes that have some, and the commune.
const ARRONDISSEMENTS: &[(u32, u32, &str)] =
    &[(75101, 75120, "75056"), (69381, 69389, "69123"), (13201, 13216, "13055")];

/// Communes and departments by code, by name and by point.
#[derive(Debug)]
pub(super) struct Gazetteer {
    communes: Option<Arc<Areas>>,
    departments: Option<Arc<Areas>>,
    history: Option<Arc<CommuneHistory>>,
    year: Option<i32>,
    /// Codes by key of the name, in order.
    communes_by_name: HashMap<String, Vec<String>>,
    departments_by_name: HashMap<String, String>,
}

/// A commune that a code stands for, and how the code had to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CodedCommune<'a> {
    pub(super) code: &'a str,
    /// The arrondissement that the code is that of.
    pub(super) arrondissement: Option<&'a str>,
    /// The code had lost its leading zero.
    pub(super) was_cut: bool,
    /// The code is that of a commune that is no more.
    pub(super) was_replaced: bool,
}

impl Gazetteer {
    pub(super) fn new(references: &References) -> Self {
        let References { communes, departments, commune_history, commune_year, .. } = references;
        let mut communes_by_name: HashMap<String, Vec<String>> = HashMap::new();
        for area in communes.iter().flat_map(|areas| areas.iter()) {
            communes_by_name.entry(name_key(&area.name)).or_default().push(area.code.clone());
        }
        let named = |area: &Area| (name_key(&area.name), area.code.clone());
        let departments_by_name = departments.iter().flat_map(|areas| areas.iter()).map(named).collect();
        Self {
            communes: communes.clone(),
            departments: departments.clone(),
            history: commune_history.clone(),
            year: *commune_year,
            communes_by_name,
            departments_by_name,
        }
    }

    pub(super) fn communes(&self) -> Option<&Areas> {
        self.communes.as_deref()
    }

    pub(super) fn departments(&self) -> Option<&Areas> {
        self.departments.as_deref()
    }

    /// The commune at a point, and its arrondissement if it has some.
    pub(super) fn commune_at(&self, longitude: f64, latitude: f64) -> Option<(&str, Option<&str>)> {
        let code = self.communes()?.at(longitude, latitude)?.code.as_str();
        Some(match commune_of_arrondissement(code) {
            Some(commune) => (commune, Some(code)),
            None => (code, None),
        })
    }

    pub(super) fn department_at(&self, longitude: f64, latitude: f64) -> Option<&str> {
        Some(self.departments()?.at(longitude, latitude)?.code.as_str())
    }

    pub(super) fn nearest(&self, longitude: f64, latitude: f64, max_metres: f64) -> Option<(&str, f64)> {
        let (area, metres) = self.communes()?.nearest(longitude, latitude, max_metres)?;
        Some((commune_of_arrondissement(&area.code).unwrap_or(&area.code), metres))
    }

    pub(super) fn commune_name(&self, code: &str) -> Option<&str> {
        Some(self.communes()?.get(code)?.name.as_str())
    }

    pub(super) fn department_name(&self, code: &str) -> Option<&str> {
        let of_layer = self.departments().and_then(|departments| departments.get(code)).map(|area| area.name.as_str());
        of_layer.or_else(|| department(code).map(|department| department.name))
    }

    pub(super) fn communes_named(&self, name: &str) -> Option<&[String]> {
        self.communes_by_name.get(&name_key(name)).map(Vec::as_slice)
    }

    pub(super) fn department_named(&self, name: &str) -> Option<&str> {
        self.departments_by_name.get(&name_key(name)).map(String::as_str)
    }

    /// The commune of a code: that of today where the code is an old one.
    ///
    /// The codes of the layer are those of its year: one that it has is not looked up in the history.
    pub(super) fn commune_of_code<'a>(&'a self, code: &'a str) -> Option<CodedCommune<'a>> {
        let whole = CodedCommune { code, arrondissement: None, was_cut: false, was_replaced: false };
        if let Some(commune) = commune_of_arrondissement(code) {
            return Some(CodedCommune { code: commune, arrondissement: Some(code), ..whole });
        }
        let Some(layer) = self.communes() else {
            let history = self.history.as_deref();
            let current = history.and_then(|history| history.after(code, self.year).last());
            return match current {
                Some(code) => Some(CodedCommune { code, was_replaced: true, ..whole }),
                None => looks_like_commune(code).then_some(whole),
            };
        };
        if layer.get(code).is_some() {
            return Some(whole);
        }
        let upper = code.to_ascii_uppercase();
        let was_cut = code.len() == 4;
        let upper = if was_cut { format!("0{upper}") } else { upper };
        if let Some(area) = layer.get(&upper) {
            return Some(CodedCommune { code: &area.code, was_cut, ..whole });
        }
        let current = self.history.as_deref()?.after(&upper, None).find_map(|code| layer.get(code))?;
        Some(CodedCommune { code: &current.code, was_cut, was_replaced: true, ..whole })
    }

    /// The department of a code: `1` is `01`, and the metropolis of Lyon lies in the Rhône.
    pub(super) fn department_of_code<'a>(&'a self, code: &'a str) -> Option<&'a str> {
        let upper = code.to_ascii_uppercase();
        let whole = match upper.as_str() {
            "69M" | "69D" => "69".to_owned(),
            one if one.len() == 1 => format!("0{one}"),
            _ => upper,
        };
        let of_layer =
            self.departments().and_then(|departments| departments.get(&whole)).map(|area| area.code.as_str());
        of_layer.or_else(|| department(&whole).map(|department| department.code))
    }

    /// The department of a commune: the first two characters of the code, three overseas.
    pub(super) fn department_of<'a>(&self, commune: &'a str) -> Option<&'a str> {
        department_code_of_commune(commune)
    }
}

/// The commune of an arrondissement of Paris, Lyon or Marseille.
pub(super) fn commune_of_arrondissement(code: &str) -> Option<&'static str> {
    if !code.starts_with("751") && !code.starts_with("6938") && !code.starts_with("132") {
        return None;
    }
    let number: u32 = code.parse().ok()?;
    ARRONDISSEMENTS.iter().find(|(first, last, _)| (*first..=*last).contains(&number)).map(|(.., commune)| *commune)
}
