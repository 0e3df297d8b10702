//! Texts that hold a date, or an interval of dates, and can hold nothing else: no time of day, no words.
//!
//! What is said of a record whose place is not public may tell the day alone: a time of day, and whatever else people write
//! into a field of dates, joins it to records beside it. The same rule decides which texts are shown and which have a part
//! in a key, so that no key tells more than what is shown.

/// Whether a text is a date or an interval of dates and nothing else, such as `2024`, `2024-01`, `2024-01-10`, `20240110`,
/// `2024-01-10/2024-01-12`, `10/01/2024` and `2024/01/10`.
pub fn is_plain(text: &str) -> bool {
    let text = text.trim();
    let whole = |separator: char| {
        let mut parts = text.split(separator);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(a), Some(b), Some(c), None) => {
                is_part(b) && ((is_part(a) && is_year(c)) || (is_year(a) && is_part(c)))
            }
            _ => false,
        }
    };
    match text.split_once('/') {
        _ if text.len() > 21 => false,
        Some((from, to)) if is_iso(from) && is_iso(to) => true,
        _ => is_iso(text) || ['/', '-', '.'].into_iter().any(whole),
    }
}

/// The part of a text that is a date and nothing else: all of it, or what stands before the time of day.
pub fn plain_part(text: &str) -> Option<&str> {
    let text = text.trim();
    if is_plain(text) {
        return Some(text);
    }
    let before = text.split(['T', 't', ' ']).next()?;
    (before.len() == 10 && is_iso(before)).then_some(before)
}

/// A calendar date of ISO 8601 to the year, month or day.
fn is_iso(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_date = match (parts.next(), parts.next(), parts.next()) {
        (Some(year), None, None) => is_year(year) || (year.len() == 8 && is_number(year)),
        (Some(year), Some(month), None) => is_year(year) && is_part(month),
        (Some(year), Some(month), Some(day)) => is_year(year) && is_part(month) && is_part(day),
        _ => false,
    };
    is_date && parts.next().is_none()
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && is_number(text)
}

/// A month or a day.
fn is_part(text: &str) -> bool {
    matches!(text.len(), 1 | 2) && is_number(text)
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_and_nothing_else() {
        for text in
            ["2024", "2024-01", "2024-01-10", "2024-1-9", "20240110", "2024-01-10/2024-01-12", "2023/2024", " 2024 "]
        {
            assert!(is_plain(text), "{text}");
        }
        for text in ["10/01/2024", "1.2.2024", "10-01-2024", "2024/01/10"] {
            assert!(is_plain(text), "{text}");
        }
        for text in [
            "",
            "2024-01-10T14:37",
            "2024-01-10 14:37",
            "202401101437",
            "2024-01-10/14",
            "2024-01-10-1437",
            "14/37/10",
            "10/01/24",
            "january 2024",
            "2024-01-10 near the spring",
            "2024-01-10Z",
            "/",
            "--",
            "٢٠٢٤",
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }

    #[test]
    fn what_stands_before_the_time() {
        assert_eq!(plain_part("2024-01-10"), Some("2024-01-10"));
        assert_eq!(plain_part("2024-01-10T14:37/2024-01-10T15:00"), Some("2024-01-10"));
        assert_eq!(plain_part("2024-01-10 14:37"), Some("2024-01-10"));
        assert_eq!(plain_part("the 10th"), None);
        assert_eq!(plain_part("12 T"), None);
    }
}
