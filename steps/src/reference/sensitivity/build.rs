//! Reading the rules from the shapes in which they are published.

use std::fmt;

use hashbrown::HashMap;

use super::rule::{MonthDay, Period, Rule};
use super::{Levels, SensitivityRules};
use crate::parse::sinp_biology::{Biology, Nomenclature, is_moved, read};
use crate::parse::taxon_name::fold_letters;
use crate::reference::taxref::{MissingColumn, Resolution, Taxref, column_of, integer};

/// A rule that cannot be read. It would protect nothing: the run must not start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// The file.
    pub source: String,
    /// The line in it.
    pub line: u64,
    /// The column.
    pub column: &'static str,
    /// Its value.
    pub value: String,
}

impl fmt::Display for RuleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, line, column, value } = self;
        write!(formatter, "{source}: line {line}: {column} cannot be read: {value:?}")
    }
}

impl std::error::Error for RuleError {}

/// A rule whose taxon is not in TAXREF any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnresolvedRule {
    /// The rule.
    pub rule: Rule,
    /// What became of its CD_NOM.
    pub resolution: Resolution,
}

impl fmt::Display for UnresolvedRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rule { id, cd_nom, cited, .. } = &self.rule;
        write!(formatter, "rule {id}: CD_NOM {cd_nom} ({cited}) is not in TAXREF: {:?}", self.resolution)
    }
}

/// Takes the rows of one or several files and builds the [`SensitivityRules`].
#[derive(Debug, Default)]
pub struct SensitivityBuilder {
    label: Option<String>,
    sources: Vec<String>,
    levels: Levels,
    rules: Vec<Rule>,
}

/// Where the columns of a file stand.
#[derive(Debug, Clone)]
pub struct RuleTable {
    source: String,
    cd_nom: usize,
    level: usize,
    id: Option<usize>,
    list: Option<usize>,
    cited: Option<usize>,
    area: Option<usize>,
    years: Option<usize>,
    from: Option<usize>,
    to: Option<usize>,
    status: Option<usize>,
    behaviour: Option<usize>,
    life_stage: Option<usize>,
    method: Option<usize>,
    comment: Option<usize>,
    active: Option<usize>,
}

impl SensitivityBuilder {
    /// A builder for rules at these levels.
    pub fn new(levels: Levels) -> Self {
        Self { levels, ..Self::default() }
    }

    /// The name of the referential; by default the names of its files.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Finds the columns of a file by name, in any of the spellings in use.
    ///
    /// # Errors
    /// When there is no column for the taxon or the level.
    pub fn table(&mut self, source: impl Into<String>, header: &[&str]) -> Result<RuleTable, MissingColumn> {
        let any = |names: &[&str]| names.iter().find_map(|name| column_of(header, name));
        let source = source.into();
        self.sources.push(source.clone());
        Ok(RuleTable {
            source,
            cd_nom: any(&["CD_NOM", "CDNOM"]).ok_or(MissingColumn("CD_NOM"))?,
            level: any(&["CD_SENSIBILITE", "CODAGE", "CD_NIVEAU", "SENSI_NIVEAU", "SENSINIVEAU", "NIVEAU"])
                .ok_or(MissingColumn("CD_SENSIBILITE"))?,
            id: any(&["CD_SENS", "ID_SENS", "ID"]),
            list: any(&["CD_SL"]),
            cited: any(&["NOM_CITE", "NOM_COMPLET", "LB_NOM"]),
            area: any(&["CD_DEP", "CD_DEPT", "CD_DPT", "CODE_DEPT", "DEPARTEMENT", "CD_AREA", "AREA_CODE", "CD_SIG"]),
            years: any(&["DUREE", "DUREE_VALIDITE"]),
            from: any(&["DATE_MIN", "DATE_DEBUT"]),
            to: any(&["DATE_MAX", "DATE_FIN"]),
            status: any(&["STATUT_BIOLOGIQUE", "CD_OCC_STATUT_BIOLOGIQUE", "OCC_STATUT_BIOLOGIQUE", "STATUT_BIO"]),
            behaviour: any(&["COMPORTEMENT", "CD_OCC_COMPORTEMENT", "OCC_COMPORTEMENT"]),
            life_stage: any(&["STADE_VIE", "CD_STADE_VIE", "OCC_STADE_DE_VIE"]),
            method: any(&["METH_OBS", "METHODE_OBS"]),
            comment: any(&["AUTRE", "COMMENTAIRE", "COMMENTS"]),
            active: any(&["ACTIF", "ACTIVE"]),
        })
    }

    /// Takes a row.
    ///
    /// # Errors
    /// When the taxon, the level, the duration or the period cannot be read.
    pub fn push(&mut self, table: &RuleTable, line: u64, record: &[&str]) -> Result<(), RuleError> {
        let cell = |column: Option<usize>| {
            let value = column.and_then(|column| record.get(column)).map_or("", |cell| cell.trim());
            if matches!(value, "\\N" | "NULL" | "null" | "NA") { "" } else { value }
        };
        let unreadable = |column: &'static str, value: &str| RuleError {
            source: table.source.clone(),
            line,
            column,
            value: value.chars().take(80).collect(),
        };
        if matches!(fold_letters(cell(table.active)).as_str(), "false" | "f" | "non" | "no" | "n")
            || cell(table.active) == "0"
        {
            return Ok(());
        }
        let text = cell(Some(table.cd_nom));
        let cd_nom = integer(text).ok_or_else(|| unreadable("CD_NOM", text))?;
        let text = cell(Some(table.level));
        let level = self.levels.of_code(text).ok_or_else(|| unreadable("CD_SENSIBILITE", text))?.rank;
        let text = cell(table.years);
        let years = match text {
            "" => None,
            text => Some(
                integer(text).and_then(|years| i16::try_from(years).ok()).ok_or_else(|| unreadable("DUREE", text))?,
            ),
        };
        let day = |column, name, otherwise| match cell(column) {
            "" => Ok(MonthDay(otherwise)),
            text => month_day(text).ok_or_else(|| unreadable(name, text)),
        };
        let (from, to) = (day(table.from, "DATE_MIN", 101)?, day(table.to, "DATE_MAX", 1231)?);
        let period = (from, to) != (MonthDay(101), MonthDay(1231));
        let comment = Some(cell(table.comment)).filter(|comment| !comment.is_empty()).map(str::to_owned);
        let (biology, unread) =
            criteria(cell(table.status), cell(table.behaviour), cell(table.life_stage), comment.as_deref());
        let (areas, unknown_area) = areas(cell(table.area));
        let list = Some(cell(table.list)).filter(|list| !list.is_empty()).map(str::to_owned);
        self.rules.push(Rule {
            id: match cell(table.id) {
                "" => format!("{}:{line}", table.source),
                id => id.to_owned(),
            },
            list,
            cd_nom,
            cited: cell(table.cited).to_owned(),
            cd_ref: cd_nom,
            level,
            areas,
            years,
            period: period.then_some(Period { from, to }),
            biology,
            comment,
            unchecked: unread || unknown_area || !cell(table.method).is_empty(),
        });
        Ok(())
    }

    /// Carries the rules to today's TAXREF, through CDNOM_DISPARUS where a number was withdrawn.
    ///
    /// # Errors
    /// When a rule's taxon is not to be found: all such rules, so that the run stops before it publishes what they protect.
    pub fn build(self, taxref: &Taxref) -> Result<SensitivityRules, Vec<UnresolvedRule>> {
        let mut unresolved = Vec::new();
        let mut rules = Vec::with_capacity(self.rules.len());
        for mut rule in self.rules {
            match taxref.resolve(rule.cd_nom) {
                Resolution::Current(id) | Resolution::Replaced(id) => {
                    rule.cd_ref = taxref.name(id).cd_ref();
                    rules.push(rule);
                }
                resolution => unresolved.push(UnresolvedRule { rule, resolution }),
            }
        }
        if !unresolved.is_empty() {
            return Err(unresolved);
        }
        let label = self.label.unwrap_or_else(|| self.sources.join(", "));
        let mut built = SensitivityRules {
            label,
            levels: self.levels,
            rules,
            by_cd_ref: HashMap::with_hasher(ahash::RandomState::with_seeds(13, 14, 15, 16)),
            names: Vec::new(),
        };
        built.index(taxref);
        Ok(built)
    }
}

/// The biological criteria of a rule, and whether some could not be read.
fn criteria(status: &str, behaviour: &str, life_stage: &str, comment: Option<&str>) -> (Vec<(Nomenclature, u8)>, bool) {
    let mut criteria = Vec::new();
    let mut unread = false;
    for (nomenclature, text) in
        [(Nomenclature::Status, status), (Nomenclature::Behaviour, behaviour), (Nomenclature::LifeStage, life_stage)]
    {
        for value in text.split(['|', ',', '/']).map(str::trim).filter(|value| !value.is_empty()) {
            match read(nomenclature, value) {
                // Lists older than version 2 of the standard have behaviours among the statuses. "Sedentary" with a comment
                // that everything is sensitive stands for "no condition": it is put on plants too.
                Biology::Code(12) if nomenclature == Nomenclature::Status && comment.is_some_and(is_everything) => {}
                Biology::Code(code) if nomenclature == Nomenclature::Status && is_moved(code) => {
                    criteria.push((Nomenclature::Behaviour, code));
                }
                Biology::Code(code) => criteria.push((nomenclature, code)),
                // A criterion that says "unknown" is none; one that cannot be read must not narrow the rule.
                Biology::Unknown | Biology::Absent => {}
                Biology::Unreadable => unread = true,
            }
        }
    }
    if unread {
        criteria.clear();
    }
    (criteria, unread)
}

fn is_everything(comment: &str) -> bool {
    let folded = fold_letters(comment);
    folded.starts_with("toutelementsensible") || folded.starts_with("touteslesdonnees")
}

/// The codes of areas, mended: `3` is `03`, `D4` is `974`, `INSEED38` is `38`. None means everywhere; so does an area that no
/// record can be compared with, which is told.
fn areas(text: &str) -> (Vec<String>, bool) {
    let mut areas = Vec::new();
    for code in text.split(['|', ',']).map(str::trim).filter(|code| !code.is_empty()) {
        let upper = code.to_ascii_uppercase();
        let code = upper.strip_prefix("INSEED").unwrap_or(&upper);
        match code {
            "*" | "FR" | "FXX" | "TERFXFR" | "ETATFRA" => return (Vec::new(), false),
            // Corsica before 1976.
            "20" => areas.extend(["2A".to_owned(), "2B".to_owned()]),
            code if code.len() == 1 && code.bytes().all(|byte| byte.is_ascii_digit()) => areas.push(format!("0{code}")),
            code if code.len() == 2 && code.starts_with('D') => areas.push(code.replacen('D', "97", 1)),
            code if !is_department_or_commune(code) => return (Vec::new(), true),
            code => areas.push(code.to_owned()),
        }
    }
    (areas, false)
}

fn is_department_or_commune(code: &str) -> bool {
    let digits = code.replacen("2A", "20", 1).replacen("2B", "20", 1);
    let numeric = digits.bytes().all(|byte| byte.is_ascii_digit());
    numeric && matches!((code.len(), code.starts_with("97") || code.starts_with("98")), (2, _) | (3, true) | (5, _))
}

/// A day of the year: `0415`, `04-15`, `2020-04-15`, `15/04`, `15/04/2020`; `04/15` cannot be anything else either.
fn month_day(text: &str) -> Option<MonthDay> {
    let numbers: Option<Vec<u16>> = text.split(['-', '/', '.']).map(|part| part.trim().parse().ok()).collect();
    let slashed = text.contains(['/', '.']);
    let (month, day) = match numbers?.as_slice() {
        [both] if text.len() == 4 || text.len() == 3 => (both / 100, both % 100),
        [month, day] if !slashed || *day > 12 => (*month, *day),
        [day, month] => (*month, *day),
        [year, month, day] if *year > 31 => (*month, *day),
        [day, month, _] => (*month, *day),
        _ => return None,
    };
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(MonthDay(month * 100 + day))
}
