//! A bound on a share of a whole.

use std::fmt;

/// Most of something that may be, as a share of the whole.
///
/// Kept in millionths, so that what is allowed is decided in whole numbers: the same on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareLimit {
    /// No bound.
    Off,
    /// Millionths of the whole.
    Millionths(u32),
}

impl ShareLimit {
    /// What may be given, to go after "give".
    pub(crate) const ACCEPTS: &'static str = "a share such as `0.5` or `50 %`, or `off`";

    /// The bound of a text: `0.5`, `50 %`, `off`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("off") {
            return Some(Self::Off);
        }
        let (number, whole) = match text.strip_suffix('%') {
            Some(percent) => (percent.trim_end(), 100.0),
            None => (text, 1.0),
        };
        let share = number.parse::<f64>().ok()? / whole;
        // Not a number is in no range.
        (0.0..=1.0).contains(&share).then(|| Self::Millionths((share * 1e6).round() as u32))
    }

    /// Whether a part may be this much of a whole.
    pub fn allows(self, part: u64, whole: u64) -> bool {
        match self {
            Self::Off => true,
            Self::Millionths(limit) => u128::from(part) * 1_000_000 <= u128::from(limit) * u128::from(whole),
        }
    }
}

impl fmt::Display for ShareLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => formatter.write_str("off"),
            Self::Millionths(limit) => write!(formatter, "{} %", f64::from(*limit) / 1e4),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_percentages_are_read() {
        for text in ["0.5", " 50 %", "50%", ".5", "5e-1"] {
            assert_eq!(ShareLimit::parse(text), Some(ShareLimit::Millionths(500_000)), "{text}");
        }
        assert_eq!(ShareLimit::parse("Off"), Some(ShareLimit::Off));
        for text in ["", "half", "1.01", "101 %", "-0.1", "NaN", "inf", "50"] {
            assert_eq!(ShareLimit::parse(text), None, "{text}");
        }
        assert_eq!(ShareLimit::Millionths(125_000).to_string(), "12.5 %");
    }

    #[test]
    fn the_limit_itself_is_allowed() {
        let half = ShareLimit::Millionths(500_000);
        assert!(half.allows(5, 10) && !half.allows(6, 10) && half.allows(0, 0));
        assert!(!ShareLimit::Millionths(0).allows(1, u64::MAX));
        assert!(ShareLimit::Off.allows(10, 1) && ShareLimit::Millionths(1_000_000).allows(10, 10));
    }
}
