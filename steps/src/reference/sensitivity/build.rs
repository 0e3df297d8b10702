//! Reading the rules from the shapes in which they are published.

use std::fmt;
use std::sync::Arc;

use hashbrown::HashMap;

use super::accepted::{AcceptedRule, Effect, RuleStates, place_of, taxa_of_name};
use super::rule::{MonthDay, Period, Rule};
use super::{Levels, SensitivityRules};
use crate::parse::sinp_biology::{Biology, Nomenclature, is_moved, read};
use crate::parse::taxon_name::fold_letters;
use crate::reference::departments::{department, department_code_of_commune};
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

/// A rule that cannot be compared with any record: it would protect nothing, or everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnresolvedRule {
    /// The rule.
    pub rule: Rule,
    /// Why.
    pub reason: Unresolvable,
}

/// Why a rule cannot be compared with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unresolvable {
    /// Its taxon is not in TAXREF any more: what became of its CD_NOM.
    Taxon(Resolution),
    /// Its area is none that records are attached to.
    Area {
        /// The column, as the file has it.
        column: String,
        /// The code.
        code: String,
    },
}

impl fmt::Display for UnresolvedRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rule { id, cd_nom, cited, .. } = &self.rule;
        let place = place_of(&self.rule);
        write!(formatter, "rule {id}")?;
        if *id != place {
            write!(formatter, " ({place})")?;
        }
        match &self.reason {
            Unresolvable::Taxon(resolution) => {
                write!(formatter, ": CD_NOM {cd_nom} ({cited}) is not in TAXREF: {resolution:?}")
            }
            Unresolvable::Area { column, code } => write!(
                formatter,
                ": {column} {code:?} is no department and no commune, and records are compared with these"
            ),
        }
    }
}

/// Takes the rows of one or several files and builds the [`SensitivityRules`].
#[derive(Debug, Default)]
pub struct SensitivityBuilder {
    label: Option<String>,
    sources: Vec<String>,
    levels: Levels,
    accepted: Vec<String>,
    inactive: usize,
    /// Each with why it cannot be compared with a record, if its area is not known.
    rules: Vec<(Rule, Option<Unresolvable>)>,
}

/// Where the columns of a file stand.
#[derive(Debug, Clone)]
pub struct RuleTable {
    source: Arc<str>,
    cd_nom: usize,
    level: usize,
    id: Option<usize>,
    list: Option<usize>,
    cited: Option<usize>,
    area: Option<usize>,
    /// What the file calls the column of the area.
    area_column: String,
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

    /// The name of the referential with its version; by default the names of its files and the release of TAXREF that they
    /// were carried to, since there is one referential for each.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Rules that may stay unresolved, by their identifier or as `file:line`.
    ///
    /// One whose area is not known then applies everywhere; one whose taxon is not known to the taxa that bear its cited name.
    #[must_use]
    pub fn accept(mut self, rules: impl IntoIterator<Item = String>) -> Self {
        self.accepted.extend(rules);
        self
    }

    /// Finds the columns of a file by name, in any of the spellings in use.
    ///
    /// # Errors
    /// When there is no column for the taxon or the level.
    pub fn table(&mut self, source: impl Into<String>, header: &[&str]) -> Result<RuleTable, MissingColumn> {
        let any = |names: &[&str]| names.iter().find_map(|name| column_of(header, name));
        let area = any(&["CD_DEP", "CD_DEPT", "CD_DPT", "CODE_DEPT", "DEPARTEMENT", "CD_AREA", "AREA_CODE", "CD_SIG"]);
        let source = source.into();
        self.sources.push(source.clone());
        Ok(RuleTable {
            source: source.into(),
            cd_nom: any(&["CD_NOM", "CDNOM"]).ok_or(MissingColumn("CD_NOM"))?,
            level: any(&["CD_SENSIBILITE", "CODAGE", "CD_NIVEAU", "SENSI_NIVEAU", "SENSINIVEAU", "NIVEAU"])
                .ok_or(MissingColumn("CD_SENSIBILITE"))?,
            id: any(&["CD_SENS", "ID_SENS", "ID"]),
            list: any(&["CD_SL"]),
            cited: any(&["NOM_CITE", "NOM_COMPLET", "LB_NOM"]),
            area,
            area_column: area.and_then(|area| header.get(area)).map_or("", |name| name.trim()).to_owned(),
            years: any(&["DUREE", "DUREE_VALIDITE"]),
            from: any(&["DATE_MIN", "DATE_DEBUT"]),
            to: any(&["DATE_MAX", "DATE_FIN"]),
            status: any(&["STATUT_BIOLOGIQUE", "CD_OCC_STATUT_BIOLOGIQUE", "OCC_STATUT_BIOLOGIQUE", "STATUT_BIO"]),
            behaviour: any(&["COMPORTEMENT", "CD_OCC_COMPORTEMENT", "OCC_COMPORTEMENT"]),
            life_stage: any(&["STADE_VIE", "CD_STADE_VIE", "OCC_STADE_DE_VIE"]),
            method: any(&["METH_OBS", "METHODE_OBS", "OBS_TECHNIQUE", "OBSTECHNIQUE", "CD_METH_OBS"]),
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
            source: table.source.to_string(),
            line,
            column,
            value: value.chars().take(80).collect(),
        };
        if matches!(fold_letters(cell(table.active)).as_str(), "false" | "f" | "non" | "no" | "n")
            || cell(table.active) == "0"
        {
            self.inactive += 1;
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
        let nomenclatures = [
            (Nomenclature::Status, cell(table.status)),
            (Nomenclature::Behaviour, cell(table.behaviour)),
            (Nomenclature::LifeStage, cell(table.life_stage)),
            (Nomenclature::Method, cell(table.method)),
        ];
        let (biology, unread) = criteria(nomenclatures, comment.as_deref());
        let (areas, unknown_area) = match areas(cell(table.area)) {
            Ok(areas) => (areas, None),
            Err(unknown) => {
                let (column, code) = (table.area_column.clone(), unknown.to_owned());
                (Vec::new(), Some(Unresolvable::Area { column, code }))
            }
        };
        let list = Some(cell(table.list)).filter(|list| !list.is_empty()).map(str::to_owned);
        let rule = Rule {
            id: match cell(table.id) {
                "" => format!("{}:{line}", table.source),
                id => id.to_owned(),
            },
            source: Arc::clone(&table.source),
            line,
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
            unchecked: unread || unknown_area.is_some(),
        };
        self.rules.push((rule, unknown_area));
        Ok(())
    }

    /// Carries the rules to today's TAXREF, through CDNOM_DISPARUS where a number was withdrawn.
    ///
    /// # Errors
    /// When a rule's taxon or area is not to be found and nobody accepted that: all such rules, so that the run stops before
    /// it publishes what they protect.
    pub fn build(self, taxref: &Taxref) -> Result<SensitivityRules, Vec<UnresolvedRule>> {
        let mut unresolved = Vec::new();
        let mut states = RuleStates { inactive: self.inactive, ..RuleStates::default() };
        let mut rules = Vec::with_capacity(self.rules.len());
        for (mut rule, unknown_area) in self.rules {
            let is_accepted = self.accepted.iter().any(|id| *id == rule.id || *id == place_of(&rule));
            match unknown_area {
                Some(reason) if !is_accepted => {
                    unresolved.push(UnresolvedRule { rule, reason });
                    continue;
                }
                Some(_) => states.accepted.push(AcceptedRule::new(&rule, Effect::Everywhere)),
                None => {}
            }
            match taxref.resolve(rule.cd_nom) {
                Resolution::Current(id) => {
                    states.resolved += 1;
                    rule.cd_ref = taxref.name(id).cd_ref();
                    rules.push(rule);
                }
                Resolution::Replaced(id) => {
                    states.replaced += 1;
                    rule.cd_ref = taxref.name(id).cd_ref();
                    rules.push(rule);
                }
                _ if is_accepted => {
                    let taxa = taxa_of_name(taxref, &rule.cited);
                    let effect = if taxa.is_empty() { Effect::Nothing } else { Effect::CitedName };
                    states.accepted.push(AcceptedRule::new(&rule, effect));
                    // A name may be that of several taxa: each is protected.
                    rules.extend(taxa.into_iter().map(|cd_ref| Rule { cd_ref, ..rule.clone() }));
                }
                resolution => unresolved.push(UnresolvedRule { rule, reason: Unresolvable::Taxon(resolution) }),
            }
        }
        if !unresolved.is_empty() {
            return Err(unresolved);
        }
        let label = self.label.unwrap_or_else(|| format!("{} ({})", self.sources.join(", "), taxref.version()));
        let mut built = SensitivityRules {
            label,
            states,
            rules,
            by_cd_ref: HashMap::with_hasher(ahash::RandomState::with_seeds(13, 14, 15, 16)),
            names: Vec::new(),
        };
        built.index(taxref);
        Ok(built)
    }
}

/// The criteria of a rule on states and techniques, and whether some could not be read.
fn criteria(nomenclatures: [(Nomenclature, &str); 4], comment: Option<&str>) -> (Vec<(Nomenclature, u8)>, bool) {
    let mut criteria = Vec::new();
    let mut unread = false;
    for (nomenclature, text) in nomenclatures {
        // Labels of techniques have slashes in them.
        let separators: &[char] = if nomenclature == Nomenclature::Method { &['|', ','] } else { &['|', ',', '/'] };
        for value in text.split(separators).map(str::trim).filter(|value| !value.is_empty()) {
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

/// The codes of areas, mended: `3` is `03`, `D4` is `974`, `INSEED38` is `38`. None means everywhere.
///
/// # Errors
/// The first that no record can be compared with.
fn areas(text: &str) -> Result<Vec<String>, &str> {
    let mut areas = Vec::new();
    for given in text.split(['|', ',']).map(str::trim).filter(|code| !code.is_empty()) {
        let upper = given.to_ascii_uppercase();
        let code = upper.strip_prefix("INSEED").unwrap_or(&upper);
        match code {
            "*" | "FR" | "FXX" | "TERFXFR" | "ETATFRA" => return Ok(Vec::new()),
            // Corsica before 1976.
            "20" => areas.extend(["2A".to_owned(), "2B".to_owned()]),
            // The Metropole of Lyon is inside its department.
            "69D" | "69M" => areas.push("69".to_owned()),
            code => {
                let mended = match code.as_bytes() {
                    [digit] if digit.is_ascii_digit() => format!("0{code}"),
                    [b'D', digit] if digit.is_ascii_digit() => code.replacen('D', "97", 1),
                    _ => code.to_owned(),
                };
                if !is_department_or_commune(&mended) {
                    return Err(given);
                }
                areas.push(mended);
            }
        }
    }
    Ok(areas)
}

/// Whether records are attached to areas of this code. A department that does not exist would protect nothing.
fn is_department_or_commune(code: &str) -> bool {
    if department(code).is_some() {
        return true;
    }
    let digits = code.replacen("2A", "20", 1).replacen("2B", "20", 1);
    let looks_like_commune = code.len() == 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
    looks_like_commune && department_code_of_commune(code).is_some_and(|code| department(code).is_some())
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
