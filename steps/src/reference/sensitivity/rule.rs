//! One rule and the conditions under which it applies.

use std::sync::Arc;

use jiff::Span;
use jiff::civil::Date;

use crate::parse::sinp_biology::{Biology, Nomenclature};
use crate::reference::departments::department_code_of_commune;

/// A rule of the referential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The rule's own identifier, or the file and the line.
    pub id: String,
    /// The file it stands in.
    pub source: Arc<str>,
    /// The line in it, from 1.
    pub line: u64,
    /// The list it comes from, where the file says so.
    pub list: Option<String>,
    /// CD_NOM as the file has it.
    pub cd_nom: i32,
    /// The name as the file has it.
    pub cited: String,
    /// CD_REF of today.
    pub cd_ref: i32,
    /// Rank of the level.
    pub level: u8,
    /// Where; everywhere when empty.
    pub areas: Vec<String>,
    /// For how many years after the observation; for ever when absent.
    pub years: Option<i16>,
    /// When in the year.
    pub period: Option<Period>,
    /// In which biological state, or seen by which technique: codes by nomenclature. One that fits is enough.
    pub biology: Vec<(Nomenclature, u8)>,
    /// A condition that only people can read.
    pub comment: Option<String>,
    /// Whether the file has conditions on this rule that cannot be checked here.
    pub unchecked: bool,
}

/// A day of the year, as month × 100 + day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay(pub u16);

impl MonthDay {
    /// The day of the year of a date.
    pub fn of(date: Date) -> Self {
        Self(u16::from(date.month().unsigned_abs()) * 100 + u16::from(date.day().unsigned_abs()))
    }
}

/// A period of the year, both ends included; one that ends before it starts runs over the new year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: MonthDay,
    /// Last day.
    pub to: MonthDay,
}

impl Period {
    /// Whether any day of an interval lies in the period.
    pub fn overlaps(self, start: Date, end: Date) -> bool {
        let (start, end) = (start.min(end), start.max(end));
        let wraps = i16::from(self.from > self.to);
        let (first, last) = ((start.year(), MonthDay::of(start)), (end.year(), MonthDay::of(end)));
        // An interval of more than two years holds a whole period.
        if end.year() - start.year() > 2 {
            return true;
        }
        (start.year() - 1..=end.year()).any(|year| (year, self.from) <= last && (year + wraps, self.to) >= first)
    }
}

/// The departments of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departments<'a> {
    /// Codes, separated by `|`, `,` or `;` where there are several.
    Codes(&'a str),
    /// Nothing is known of its place.
    Unknown,
    /// It has a place, and that is in no department: at sea, or abroad.
    Outside,
}

/// Where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Its departments.
    pub departments: Departments<'a>,
    /// Its commune.
    pub commune: Option<&'a str>,
}

/// What a rule looks at besides the taxon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances<'a> {
    /// Where.
    pub place: Place<'a>,
    /// First and last day.
    pub dates: Option<(Date, Date)>,
    /// STATUT_BIO.
    pub status: Biology,
    /// OCC_COMPORTEMENT.
    pub behaviour: Biology,
    /// STADE_VIE.
    pub life_stage: Biology,
    /// METH_OBS.
    pub method: Biology,
    /// The day that counts as today.
    pub today: Date,
}

/// A condition of a rule besides its taxon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Where.
    Area,
    /// In which state, or seen by which technique.
    Biology,
    /// When in the year.
    Period,
    /// For how many years.
    Duration,
}

impl Condition {
    /// All conditions, in the order in which they are looked at.
    pub const ALL: [Self; 4] = [Self::Area, Self::Biology, Self::Period, Self::Duration];
}

impl Rule {
    /// Whether the rule applies, and if so whether someone should look.
    pub fn applies(&self, circumstances: &Circumstances<'_>) -> Option<bool> {
        let mut alert = self.comment.is_some() || self.unchecked;
        for condition in Condition::ALL {
            alert |= self.holds(condition, circumstances)?;
        }
        Some(alert)
    }

    /// The conditions that do not hold; none when the rule applies.
    pub fn failing<'a>(&'a self, circumstances: &'a Circumstances<'_>) -> impl Iterator<Item = Condition> + 'a {
        Condition::ALL.into_iter().filter(|condition| self.holds(*condition, circumstances).is_none())
    }

    /// Whether a condition holds, and if so whether someone should look at it. What a record does not say holds.
    fn holds(&self, condition: Condition, circumstances: &Circumstances<'_>) -> Option<bool> {
        match condition {
            Condition::Area => self.place_fits(&circumstances.place),
            Condition::Biology => self.biology_fits(circumstances),
            Condition::Period => {
                let holds = self
                    .period
                    .zip(circumstances.dates)
                    .is_none_or(|(period, (start, end))| period.overlaps(start, end));
                holds.then_some(false)
            }
            Condition::Duration => {
                let lasts = circumstances
                    .dates
                    .is_none_or(|(start, end)| self.lasts_until(start.max(end), circumstances.today));
                lasts.then_some(false)
            }
        }
    }

    /// The end of an observation counts, to the day; a date beyond the calendar never expires.
    fn lasts_until(&self, end: Date, today: Date) -> bool {
        let Some(years) = self.years else { return true };
        let span = Span::new().try_years(years);
        span.and_then(|span| end.checked_add(span)).map_or(true, |expiry| expiry >= today)
    }

    fn place_fits(&self, place: &Place<'_>) -> Option<bool> {
        if self.areas.is_empty() {
            return Some(false);
        }
        let commune = place.commune.filter(|commune| commune.len() == 5);
        let in_commune = |area: &str| area.len() == 5 && commune.is_none_or(|commune| commune == area);
        let codes = match (place.departments, commune) {
            (Departments::Codes(codes), _) => codes,
            (_, Some(commune)) => department_code_of_commune(commune).unwrap_or(commune),
            (Departments::Unknown, None) => return Some(false),
            (Departments::Outside, None) => return Some(true),
        };
        let mut codes = codes.split(['|', ',', ';']).map(str::trim).filter(|code| !code.is_empty()).peekable();
        if codes.peek().is_none() {
            return Some(false);
        }
        let fits = |code: &str| {
            self.areas.iter().any(|area| {
                area == code || (department_code_of_commune(area).unwrap_or(area) == code && in_commune(area))
            })
        };
        codes.any(fits).then_some(false)
    }

    /// One criterion that fits is enough. Values of one nomenclature never match those of another.
    fn biology_fits(&self, circumstances: &Circumstances<'_>) -> Option<bool> {
        if self.biology.is_empty() {
            return Some(false);
        }
        let fits = self.biology.iter().filter_map(|(nomenclature, code)| {
            let value = match nomenclature {
                Nomenclature::Status => circumstances.status,
                Nomenclature::Behaviour => circumstances.behaviour,
                Nomenclature::LifeStage => circumstances.life_stage,
                Nomenclature::Method => circumstances.method,
            };
            match value {
                Biology::Absent | Biology::Unreadable => Some(true),
                Biology::Unknown => Some(false),
                Biology::Code(given) => (given == *code).then_some(false),
            }
        });
        fits.min()
    }
}
