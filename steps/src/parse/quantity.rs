//! Counts and quantities.

/// A count of individuals: up to ten digits, nothing else (`2.5` and `-1` are no counts).
pub fn individual_count(text: &str) -> Option<i32> {
    ((1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// A finite number; a single comma without a point is a decimal comma (`2,5`).
pub fn quantity(text: &str) -> Option<f64> {
    let text = text.trim();
    // Rust reads "inf" and "nan" as numbers: only digits make one.
    if !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b',' | b'e' | b'E')) {
        return None;
    }
    let number = match text.split_once(',') {
        None => text.parse().ok(),
        Some((whole, decimals)) if !decimals.contains([',', '.']) && !whole.contains('.') => {
            format!("{whole}.{decimals}").parse().ok()
        }
        Some(_) => None,
    };
    number.filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
#[allow(clippy::float_cmp)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        assert_eq!(individual_count("2"), Some(2));
        assert_eq!(individual_count("007"), Some(7));
        for text in ["", "-2", "2.6", "99999999999", "9999999999", "env. 10", "10+"] {
            assert_eq!(individual_count(text), None, "{text}");
        }
    }

    #[test]
    fn quantities() {
        assert_eq!(quantity("10"), Some(10.0));
        assert_eq!(quantity("-2,123"), Some(-2.123));
        assert_eq!(quantity("1e3"), Some(1000.0));
        for text in ["", " ", "43,112,321", "43-1", "Infinity", "NaN", "inf", "1.000,5", "value"] {
            assert_eq!(quantity(text), None, "{text}");
        }
    }
}
