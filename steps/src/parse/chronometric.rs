//! Ages and dates before the calendar: 12.5 ka, 3200 BP, 450 BC.

use super::number;

/// What an age is counted in and from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferenceSystem {
    /// Years before present, which is 1950 by convention, times a factor: `BP`, `ka`, `Ma`.
    BeforePresent {
        /// Years in a unit.
        years: u32,
    },
    /// Years before 2000: `b2k`.
    Before2000,
    /// Years of the common era: `AD`, `CE`.
    CommonEra,
    /// Years before the common era: `BC`, `BCE`. The year before 1 CE is 1 BCE.
    BeforeCommonEra,
}

/// The present of "before present".
const PRESENT: f64 = 1950.0;

impl ReferenceSystem {
    /// The system that a text names.
    ///
    /// Words such as `cal`, `calibrated`, `years` and `14C` are left aside; capitals, full stops and spaces do not count.
    pub fn of_text(text: &str) -> Option<Self> {
        // Longer than any name of a system.
        const LONGEST: usize = 60;
        if text.len() > LONGEST {
            return None;
        }
        let folded = super::vocabulary::fold(text).to_lowercase().replace("14c", " ");
        let words = folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| {
            !matches!(
                *word,
                "" | "cal" | "calibrated" | "uncal" | "uncalibrated" | "calibre" | "rcybp" | "radiocarbon" | "calendar"
            )
        });
        let joined: String = words.collect();
        let years = |years| Some(Self::BeforePresent { years });
        match joined.as_str() {
            "bp"
            | "ybp"
            | "ybefore1950"
            | "yearsbp"
            | "yearbp"
            | "yrbp"
            | "yrsbp"
            | "beforepresent"
            | "yearsbeforepresent"
            | "yearbeforepresent"
            | "ans"
            | "ansbp"
            | "avantlepresent"
            | "anneesbp"
            | "anneesavantlepresent"
            | "ya"
            | "yearsago"
            | "years" => years(1),
            "ka" | "kya" | "kabp" | "kyr" | "kyrbp" | "kybp" | "kyrago" | "kyears" | "thousandyearsago"
            | "milliersdannees" | "kaago" => years(1_000),
            "ma" | "mya" | "mabp" | "myr" | "myrago" | "myrbp" | "millionyearsago" | "millionyears"
            | "millionsofyears" | "millionsofyearsago" | "millionsdannees" | "maago" => years(1_000_000),
            "ga" | "gya" | "gyr" | "billionyearsago" => years(1_000_000_000),
            "b2k" => Some(Self::Before2000),
            "ad" | "ce" | "apjc" | "apresjc" | "apresjesuschrist" | "commonera" | "annodomini" | "calad" | "calce" => {
                Some(Self::CommonEra)
            }
            "bc" | "bce" | "avjc" | "avantjc" | "avantjesuschrist" | "beforecommonera" | "beforechrist" | "calbc"
            | "calbce" => Some(Self::BeforeCommonEra),
            _ => None,
        }
    }

    /// Years before 1950; negative for what is younger.
    pub fn years_before_present(self, age: f64) -> f64 {
        match self {
            Self::BeforePresent { years } => age * f64::from(years),
            Self::Before2000 => age - 50.0,
            Self::CommonEra => PRESENT - age,
            // 1 BCE is the year 0 of astronomers.
            Self::BeforeCommonEra => PRESENT + age - 1.0,
        }
    }
}

/// The number of an age, and the system that stands after it in the same text (`12.5 ka`) or in its own.
pub fn age(text: &str, system: Option<&str>) -> Option<(f64, Option<ReferenceSystem>)> {
    let given = system.and_then(ReferenceSystem::of_text);
    if let Some(age) = number::spaced_decimal(text) {
        return Some((age, given));
    }
    let start = text.find(|letter: char| letter.is_alphabetic())?;
    let (figures, words) = text.split_at_checked(start)?;
    let age = number::spaced_decimal(figures)?;
    ReferenceSystem::of_text(words).map(|system| (age, Some(system)))
}

/// A number of years: `50`, `± 50`, `50 years`, `0.2 ka`.
pub fn span(text: &str) -> Option<f64> {
    let (number, system) = age(text.trim_start_matches(['±', '+', '/', '-', ' ']), None)?;
    let years = match system {
        Some(ReferenceSystem::BeforePresent { years }) => number * f64::from(years),
        Some(_) => return None,
        None => number,
    };
    (years >= 0.0 && years.is_finite()).then_some(years)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_cmp)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn years(text: &str, system: Option<&str>) -> Option<f64> {
        let (age, system) = age(text, system)?;
        Some(system?.years_before_present(age))
    }

    #[test]
    fn ages_are_counted_from_1950() {
        for (text, system, expected) in [
            ("12.5", "ka", Some(12_500.0)),
            ("12,5", "kya", Some(12_500.0)),
            ("3200", "cal. years BP", Some(3200.0)),
            ("3 200", "cal BP", Some(3200.0)),
            ("66", "Ma", Some(66_000_000.0)),
            ("1", "AD", Some(1949.0)),
            ("1", "BC", Some(1950.0)),
            ("450", "av. J.-C.", Some(2399.0)),
            ("2000", "CE", Some(-50.0)),
            ("11700", "b2k", Some(11_650.0)),
            ("12", "stratum", None),
            ("old", "BP", None),
        ] {
            assert_eq!(years(text, Some(system)), expected, "{text} {system}");
        }
        assert_eq!(years("12.5 ka", None), Some(12_500.0));
        assert_eq!(years("3200 BP", None), Some(3200.0));
        assert_eq!(years("3200", None), None);
        assert_eq!(age("3200", None), Some((3200.0, None)));
        assert_eq!(age("ca. 3200", None), None);
        assert_eq!(span("± 50 years"), Some(50.0));
        assert_eq!(span("+/-0.2 ka"), Some(200.0));
        assert_eq!(span("50 AD"), None);
    }

    proptest! {
        #[test]
        fn any_age_is_read(text in any::<String>(), system in proptest::option::of("\\PC{0,20}|(cal|BP|ka|AD| |\\.){1,4}")) {
            if let Some((age, _)) = age(&text, system.as_deref()) {
                prop_assert!(age.is_finite());
            }
        }
    }
}
