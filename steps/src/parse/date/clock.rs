//! Times of the day.

use jiff::civil::Time;

use super::partial::Clock;
use super::scanner::Scanner;

/// The greatest distance from UTC that is taken for one, in seconds.
const GREATEST_OFFSET: i32 = 18 * 3600;

/// Reads what stands after a date: nothing, or `T` or space and a time, and nothing more.
///
/// The outer `None` means that the rest is not a time.
pub(super) fn after_date(mut rest: Scanner<'_>) -> Option<Option<Clock>> {
    if rest.is_at_end() {
        return Some(None);
    }
    rest.take(b"Tt ")?;
    rest.skip_spaces();
    if rest.is_at_end() {
        return None;
    }
    let clock = clock(&mut rest)?;
    rest.is_at_end().then_some(Some(clock))
}

/// Steps over a time: `10`, `10:30`, `1030`, `10h30`, `10:30:15.5`, `103015`, each with or without `Z`, `+02`, `+0200`,
/// `+02:00`, ` GMT`, ` UTC`, ` AM` or ` PM`.
pub(super) fn clock(rest: &mut Scanner<'_>) -> Option<Clock> {
    let separated = rest.peek_at(1).is_some_and(|byte| is_separator(byte));
    let mut hour = if separated { i8::try_from(rest.digits()?.0).ok()? } else { rest.two_digits()? };
    let (mut minute, mut second, mut nanosecond) = (0, 0, 0);
    let separator = rest.take(b":hH");
    if let Some(value) = rest.two_digits() {
        minute = value;
        let again = match separator {
            Some(_) => rest.take(b":").is_some(),
            None => rest.peek().is_some_and(|byte| byte.is_ascii_digit()),
        };
        if again {
            second = rest.two_digits()?;
            if matches!(rest.peek(), Some(b'.' | b',')) && rest.peek_at(1).is_some_and(|byte| byte.is_ascii_digit()) {
                rest.skip(1);
                let (value, length) = rest.digits()?;
                nanosecond = i32::try_from(fraction(value, length)).ok()?;
            }
        }
    } else if separator == Some(b':') {
        return None;
    }
    if let Some(afternoon) = half_day(rest) {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    let time = Time::new(hour, minute, second, nanosecond).ok()?;
    Some(Clock { time, offset: offset(rest)? })
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b':' | b'h' | b'H')
}

/// Digits after the decimal point to nanoseconds; digits beyond the ninth are dropped.
fn fraction(value: u64, length: usize) -> u64 {
    let nine = 9;
    let length = u32::try_from(length).unwrap_or(nine);
    if length <= nine { value * 10_u64.pow(nine - length) } else { value / 10_u64.pow(length - nine) }
}

/// Steps over ` AM` or ` PM`; true for the afternoon.
fn half_day(rest: &mut Scanner<'_>) -> Option<bool> {
    let mut ahead = *rest;
    ahead.skip_spaces();
    let afternoon = ahead.take(b"AaPp")?.eq_ignore_ascii_case(&b'p');
    ahead.take(b"Mm")?;
    if ahead.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    *rest = ahead;
    Some(afternoon)
}

/// Steps over a distance from UTC, if there is one; `None` when there is a wrong one.
fn offset(rest: &mut Scanner<'_>) -> Option<Option<i32>> {
    let mut ahead = *rest;
    ahead.skip_spaces();
    if ahead.take(b"Zz").is_some() {
        *rest = ahead;
        return Some(Some(0));
    }
    if ahead.0.get(..3).is_some_and(|name| name.eq_ignore_ascii_case(b"GMT") || name.eq_ignore_ascii_case(b"UTC")) {
        ahead.skip(3);
        *rest = ahead;
        if !matches!(ahead.peek(), Some(b'+' | b'-')) {
            return Some(Some(0));
        }
    }
    let Some(sign) = ahead.take(b"+-") else { return Some(None) };
    let hours = i32::from(ahead.two_digits()?);
    ahead.take(b":");
    let minutes = if ahead.is_at_end() { 0 } else { i32::from(ahead.two_digits()?) };
    let distance = hours * 3600 + minutes * 60;
    if minutes > 59 || distance > GREATEST_OFFSET {
        return None;
    }
    *rest = ahead;
    Some(Some(if sign == b'-' { -distance } else { distance }))
}
