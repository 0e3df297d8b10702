//! Units of duration.

use crate::extension::Value;
use crate::parse::vocabulary;

use super::fields::position;

/// A unit, with the names of GBIF's enumeration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationUnit {
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days of 24 hours.
    Days,
    /// Weeks.
    Weeks,
    /// Twelfths of a year.
    Months,
    /// Years of 365 days.
    Years,
}

impl DurationUnit {
    const ALL: [Self; 7] =
        [Self::Seconds, Self::Minutes, Self::Hours, Self::Days, Self::Weeks, Self::Months, Self::Years];

    /// GBIF's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Seconds => "SECONDS",
            Self::Minutes => "MINUTES",
            Self::Hours => "HOURS",
            Self::Days => "DAYS",
            Self::Weeks => "WEEKS",
            Self::Months => "MONTHS",
            Self::Years => "YEARS",
        }
    }

    /// Minutes in one.
    pub const fn minutes(self) -> f64 {
        match self {
            Self::Seconds => 1.0 / 60.0,
            Self::Minutes => 1.0,
            Self::Hours => 60.0,
            Self::Days => 1440.0,
            Self::Weeks => 10_080.0,
            Self::Months => 43_800.0,
            Self::Years => 525_600.0,
        }
    }

    /// The unit that a text names, in English or French.
    pub fn of_text(text: &str) -> Option<Self> {
        let folded = vocabulary::fold(text.trim()).to_ascii_lowercase();
        Some(match folded.trim_end_matches('.') {
            "seconds" | "second" | "s" | "sec" | "secs" | "seconde" | "secondes" => Self::Seconds,
            "minutes" | "minute" | "m" | "min" | "mins" | "mn" => Self::Minutes,
            "hours" | "hour" | "h" | "hr" | "hrs" | "heure" | "heures" => Self::Hours,
            "days" | "day" | "d" | "jour" | "jours" | "j" => Self::Days,
            "weeks" | "week" | "wk" | "wks" | "semaine" | "semaines" => Self::Weeks,
            "months" | "month" | "mo" | "mos" | "mois" => Self::Months,
            "years" | "year" | "yr" | "yrs" | "y" | "an" | "ans" | "annee" | "annees" => Self::Years,
            _ => return None,
        })
    }

    /// The unit of GBIF's name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }
}

/// The duration of a row in minutes, when it has a value and a unit.
pub fn minutes(values: &[Value<'_>]) -> Option<f64> {
    let value = values.get(position("eventDurationValue")?)?;
    let unit = values.get(position("eventDurationUnit")?)?;
    match (value, unit) {
        (Value::Number(Some(value)), Value::Text(Some(unit))) => {
            Some(value * DurationUnit::of_name(unit)?.minutes()).filter(|minutes| minutes.is_finite())
        }
        _ => None,
    }
}
