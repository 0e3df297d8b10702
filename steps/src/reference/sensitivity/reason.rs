//! Rules and conditions in words, for people who ask why a record is protected, or why not.

use super::rule::{Circumstances, Condition, Departments, MonthDay, Rule};
use crate::parse::sinp_biology::{Biology, Nomenclature};

const NOMENCLATURES: [(Nomenclature, &str); 4] = [
    (Nomenclature::Status, "status"),
    (Nomenclature::Behaviour, "behaviour"),
    (Nomenclature::LifeStage, "life stage"),
    (Nomenclature::Method, "technique"),
];

impl Condition {
    /// Its name: `period`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Biology => "biology",
            Self::Period => "period",
            Self::Duration => "duration",
        }
    }
}

impl Rule {
    /// What the rule asks for: `04-01 to 06-30`; `None` where it has no such condition.
    pub fn asks(&self, condition: Condition) -> Option<String> {
        match condition {
            Condition::Area => Some(self.areas.join(" | ")).filter(|areas| !areas.is_empty()),
            Condition::Biology => {
                let criteria = self.biology.iter().map(|(nomenclature, code)| coded(*nomenclature, *code));
                Some(criteria.collect::<Vec<_>>().join(" or ")).filter(|criteria| !criteria.is_empty())
            }
            Condition::Period => self.period.map(|period| format!("{} to {}", day(period.from), day(period.to))),
            Condition::Duration => self.years.map(|years| format!("{years} years")),
        }
    }

    /// Why a condition does not hold: `period 04-01 to 06-30, the record is of 2024-03-12`.
    pub fn why_not(&self, condition: Condition, circumstances: &Circumstances<'_>) -> String {
        let asked = self.asks(condition).unwrap_or_default();
        format!("{} {asked}, the record {}", condition.name(), circumstances.told(condition))
    }
}

impl Circumstances<'_> {
    /// What the record says of a condition, to go after "the record".
    pub fn told(&self, condition: Condition) -> String {
        match condition {
            Condition::Area => match (self.place.departments, self.place.commune) {
                (Departments::Codes(codes), Some(commune)) => {
                    format!("is in {}, commune {commune}", codes.replace('|', " | "))
                }
                (_, Some(commune)) => format!("is in the commune {commune}"),
                (Departments::Codes(codes), None) => format!("is in {}", codes.replace('|', " | ")),
                (Departments::Unknown, None) => "does not say where".to_owned(),
                (Departments::Outside, None) => "is in no department".to_owned(),
            },
            Condition::Biology => {
                let values = [self.status, self.behaviour, self.life_stage, self.method];
                let told = NOMENCLATURES.iter().zip(values).filter_map(|((nomenclature, name), value)| match value {
                    Biology::Absent => None,
                    Biology::Unreadable => Some(format!("a {name} in no nomenclature")),
                    Biology::Unknown => Some(format!("an unknown {name}")),
                    Biology::Code(code) => Some(coded(*nomenclature, code)),
                });
                let told: Vec<String> = told.collect();
                if told.is_empty() { "says nothing of it".to_owned() } else { format!("has {}", told.join(", ")) }
            }
            Condition::Period => format!("is of {}", self.days()),
            Condition::Duration => format!("is of {} and today counts as {}", self.days(), self.today),
        }
    }

    fn days(&self) -> String {
        match self.dates {
            Some((start, end)) if start == end => start.to_string(),
            Some((start, end)) => format!("{start} to {end}"),
            None => "an unknown date".to_owned(),
        }
    }
}

fn coded(nomenclature: Nomenclature, code: u8) -> String {
    let name = NOMENCLATURES.iter().find(|(known, _)| *known == nomenclature).map_or("", |(_, name)| name);
    match nomenclature.label(code) {
        Some(label) => format!("{name} {code} ({label})"),
        None => format!("{name} {code}"),
    }
}

fn day(MonthDay(day): MonthDay) -> String {
    format!("{:02}-{:02}", day / 100, day % 100)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::{Date, date};

    use super::super::rule::{Period, Place};
    use super::*;

    #[test]
    fn a_condition_that_fails_is_told_with_what_the_record_says() {
        let rule = Rule {
            id: "r".to_owned(),
            source: Arc::from("sensitivity.csv"),
            line: 2,
            list: None,
            cd_nom: 1,
            cited: String::new(),
            cd_ref: 1,
            level: 2,
            areas: vec!["26".to_owned(), "38".to_owned()],
            years: Some(5),
            period: Some(Period { from: MonthDay(401), to: MonthDay(630) }),
            biology: vec![(Nomenclature::Status, 3), (Nomenclature::Method, 3)],
            comment: None,
            unchecked: false,
        };
        let seen: Date = date(2014, 3, 12);
        let circumstances = Circumstances {
            place: Place { departments: Departments::Codes("33|40"), commune: None },
            dates: Some((seen, seen)),
            status: Biology::Code(4),
            behaviour: Biology::Absent,
            life_stage: Biology::Unknown,
            method: Biology::Code(0),
            today: date(2025, 9, 15),
        };
        let failing: Vec<Condition> = rule.failing(&circumstances).collect();
        assert_eq!(failing, Condition::ALL);
        let told = Condition::ALL.map(|condition| rule.why_not(condition, &circumstances));
        assert_eq!(
            told,
            [
                "area 26 | 38, the record is in 33 | 40",
                "biology status 3 (Reproduction) or technique 3 (Ultrasons), the record has status 4 (Hibernation), an unknown \
                 life stage, technique 0 (Vu)",
                "period 04-01 to 06-30, the record is of 2014-03-12",
                "duration 5 years, the record is of 2014-03-12 and today counts as 2025-09-15",
            ]
        );
        assert_eq!(rule.applies(&circumstances), None);
    }
}
