//! Dates, periods and what is asked about them.

use serde_json::Value;

use crate::parse::date::{
    Clock, DateFormats, DateOrder, DateParts, Parsed, PartialDate, Reading, Resolution, date_of_ordinal, read,
    start_of_period, within_range,
};
use crate::table::given::{Answer, Given};
use crate::temporal::{EventTerms, Rules};
use crate::verbatim::present;
use crate::{Issue, IssueSet};

type Answered = Result<Answer, String>;

/// The terms about the event that a case gives.
fn terms<'a>(given: &'a Given<'_>) -> EventTerms<'a> {
    let text = |column| given.text(column).and_then(present);
    EventTerms {
        event_date: text("in.eventDate"),
        year: text("in.year"),
        month: text("in.month"),
        day: text("in.day"),
        start_day_of_year: text("in.startDayOfYear"),
        end_day_of_year: text("in.endDayOfYear"),
        ..EventTerms::default()
    }
}

fn rules(given: &Given<'_>, formats: &str) -> Rules {
    let formats = DateFormats::of_names(given.text_or_empty(formats));
    Rules { formats, run_date: given.bench().settings.run_date }
}

/// The two ends of an event with their distance from UTC, which eventDate is written without.
pub fn ends(given: &Given<'_>) -> Answer {
    let event = terms(given).interpret(rules(given, "option.dateFormats"), &mut IssueSet::new());
    let end = |date: PartialDate| date.to_string();
    Answer::new().with("from", event.map(|event| end(event.from))).with("to", event.map(|event| end(event.to)))
}

/// One date, by the parser that the case names.
pub fn parser(given: &Given<'_>) -> Answered {
    let function = given.text_or_empty("function");
    let parsed = match function {
        "numeric" | "text" => single(given, function)?,
        "multi" => return Ok(multi(given)),
        "stored-date" => DateFormats::from(DateOrder::Iso).parse(given.text_or_empty("in.eventDate")),
        "interpreted-parts" => {
            let number = |column| given.text(column).and_then(|text| text.parse::<i8>().ok());
            let year = given.text("in.year").and_then(|year| year.parse().ok());
            let month = number("in.month");
            let day = number("in.day").filter(|_| month.is_some());
            Parsed { date: year.and_then(|year| PartialDate::of_parts(year, month, day)), alternatives: None }
        }
        "iso-year" | "iso-year-month" => {
            let wanted = if function == "iso-year" { Resolution::Year } else { Resolution::Month };
            let parsed = DateFormats::from(DateOrder::Iso).parse(given.text_or_empty("in.eventDate"));
            Parsed { date: parsed.date.filter(|date| date.resolution() == wanted), ..parsed }
        }
        function => return Err(format!("nothing answers for function `{function}`")),
    };
    Ok(answer(parsed))
}

fn answer(parsed: Parsed) -> Answer {
    let text = |date: PartialDate| date.to_string();
    let alternatives = parsed.alternatives.map(|dates| dates.map(text).to_vec());
    let has_zone = |date: PartialDate| date.clock().is_some_and(|clock| clock.offset.is_some());
    let kind = |date: PartialDate| match date.resolution() {
        Resolution::Year => "year",
        Resolution::Month => "year-month",
        Resolution::Day => "date",
        Resolution::Time if has_zone(date) => "datetime-zone",
        Resolution::Time => "datetime",
    };
    Answer::new()
        .with("type", parsed.date.map(kind))
        .confidence(parsed.date.map(|_| "DEFINITE"))
        .status(parsed.date.is_some())
        .with("value", parsed.date.map(text))
        .with("alternatives", alternatives.map_or(Value::Null, Value::from))
}

/// The single-date parser with the options of a case.
fn single(given: &Given<'_>, function: &str) -> Result<Parsed, String> {
    let century = match given.text("option.twoDigitYearBase") {
        Some(base) => Some(base.parse().map_err(|_| format!("`{base}` is not a year"))?),
        None => None,
    };
    let Some(text) = given.text("in.eventDate") else {
        let [year, month, day] = ["in.year", "in.month", "in.day"].map(|column| given.text(column));
        let ordinal = given.number("in.dayOfYear").zip(given.number("in.year"));
        let date = match ordinal {
            Some((day, year)) => date_of_ordinal(year as i16, day as i16).map(PartialDate::from),
            None => DateParts::read(year, month, day).date(),
        };
        return Ok(Parsed { date, alternatives: None });
    };
    let orderings = given.text_or_empty("option.orderings");
    if let Some(ordering) = orderings.strip_prefix("single:") {
        // Exactly this ordering: a certain date fits only when it begins with its year.
        let timed = ordering.contains('T');
        let date = match (read(text, century), ordering.chars().next()) {
            (Reading::Ambiguous { day_first, .. }, Some('D')) => Some(day_first),
            (Reading::Ambiguous { month_first, .. }, Some('M')) => Some(month_first),
            (Reading::Certain(date), Some('Y')) => Some(date),
            _ => None,
        };
        let date = date.filter(|date| (date.resolution() == Resolution::Time) == timed);
        return Ok(Parsed { date, alternatives: None });
    }
    let formats = DateFormats::of_names(orderings);
    Ok(match function {
        "text" => start_of_period(text, formats),
        _ => formats.choose(read(text, century)),
    })
}

/// Year, month, day and the text of one date, combined.
fn multi(given: &Given<'_>) -> Answer {
    let (terms, rules) = (terms(given), rules(given, "option.orderings"));
    let mut issues = IssueSet::new();
    let date = terms.one_date(rules, &mut issues);
    let parts = DateParts::read(terms.year, terms.month, terms.day).date();
    let text = terms.event_date.map(|text| start_of_period(text, rules.formats)).unwrap_or_default();
    // What had to be chosen among two readings is possible; what is left of something wrong or contradicted is probable.
    let is_compromise = issues.contains(Issue::RecordedDateMismatch) && date != parts && date != text.date;
    let confidence = if text.alternatives.is_some() {
        "POSSIBLE"
    } else if issues.contains(Issue::RecordedDateInvalid) || is_compromise {
        "PROBABLE"
    } else {
        "DEFINITE"
    };
    answer(Parsed { date, alternatives: None }).confidence(date.map(|_| confidence)).issues(issues)
}

/// What is asked about one or two dates.
pub fn logic(given: &Given<'_>) -> Answered {
    let date = |column| DateFormats::from(DateOrder::Iso).parse(given.text(column)?).date;
    let (a, b) = (date("in.a"), date("in.b"));
    let text = |date: PartialDate| Value::from(date.to_string());
    let value: Value = match given.text_or_empty("function") {
        "latest_instant" => a.map_or(Value::Null, |a| {
            let latest = a.latest();
            text(PartialDate::from(latest.date()).at(Clock { time: latest.time(), offset: None }))
        }),
        "same_or_contained" => a.zip(b).is_some_and(|(a, b)| a.same_or_contained(b)).into(),
        "best_resolution" => {
            let best = if let (Some(a), Some(b)) = (a, b) { a.best(b) } else { a.or(b) };
            best.map_or(Value::Null, text)
        }
        "within_range" => {
            let range = date("in.rangeStart").zip(date("in.rangeEnd")).zip(a);
            range.is_some_and(|((from, to), date)| within_range(from, to, date)).into()
        }
        "epoch_millis_utc" => {
            let ignore_offset = given.text("option.ignoreOffset") == Some("true");
            a.map_or(Value::Null, |a| a.epoch_milliseconds(ignore_offset).into())
        }
        "plausible_event_date" => {
            let step = given.step("temporal")?;
            let record = given.record(step.as_ref(), &[("eventDate", given.text("in.a"))])?;
            record.get("eventDate").is_some_and(Value::is_string).into()
        }
        function => return Err(format!("nothing answers for function `{function}`")),
    };
    Ok(Answer::new().with("value", value))
}
