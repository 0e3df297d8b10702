#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use proptest::prelude::*;

use super::*;
use crate::extension::given;
use crate::parse::date::DateOrder;
use jiff::civil::Date;

/// One record with rows of an extension: a row is a list of terms and values.
fn rows(rows: &[Vec<(&str, &str)>]) -> ArrayRef {
    given::column(&[rows.to_vec()])
}

fn interpret(columns: [Option<ArrayRef>; 4]) -> StructArray {
    let settings = Settings::new(Date::constant(2026, 1, 1));
    let step = Multimedia::new(&settings);
    let columns: Vec<Option<ArrayRef>> = columns.into_iter().chain([None, None]).collect();
    let result = step.interpret(&Verbatim::new(1, step.reads(), &columns));
    assert_eq!(result.fields(), &step.writes());
    assert_eq!(result.null_count(), 0);
    result
}

/// The values of a field of all items.
fn field(result: &StructArray, name: &str) -> Vec<Option<String>> {
    let list = result.column_by_name("multimedia").unwrap().as_list::<i32>();
    if list.is_null(0) {
        return Vec::new();
    }
    let items = list.value(0);
    let column = items.as_struct().column_by_name(name).unwrap().as_string::<i32>();
    column.iter().map(|value| value.map(str::to_owned)).collect()
}

fn texts(result: &StructArray, name: &str) -> Vec<String> {
    let list = result.column_by_name(name).unwrap().as_list::<i32>();
    if list.is_null(0) {
        return Vec::new();
    }
    list.value(0).as_string::<i32>().iter().flatten().map(str::to_owned).collect()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn without_media_there_is_nothing() {
    let result = interpret([None, None, None, None]);
    assert!(field(&result, "identifier").is_empty());
    assert!(texts(&result, "mediaTypes").is_empty());
    assert!(texts(&result, "issues").is_empty());
}

#[test]
fn three_extensions_and_a_term_are_put_together() {
    let audubon =
        rows(&[vec![("accessURI", "http://a.org/1.jpg"), ("Owner", "MNHN"), ("rights", "CC0"), ("caption", "Vue")]]);
    let image = rows(&[vec![("identifier", "www.a.org/2.png"), ("created", "2010/12/12")]]);
    let multimedia = rows(&[
        vec![("identifier", "http://a.org/1.jpg"), ("title", "nouveau")],
        vec![("identifier", "http://a.org/chant?f=3.mp3"), ("license", "Licence Ouverte 2.0")],
        vec![("title", "sans adresse"), ("created", "hier")],
    ]);
    let associated: ArrayRef = Arc::new(StringArray::from(vec!["http://a.org/1.jpg | https://a.org/page"]));
    let result = interpret([Some(audubon), Some(image), Some(multimedia), Some(associated)]);
    assert_eq!(
        field(&result, "identifier"),
        [some("http://a.org/1.jpg"), some("http://www.a.org/2.png"), some("http://a.org/chant?f=3.mp3"), None]
    );
    assert_eq!(field(&result, "references"), [None, None, None, some("https://a.org/page")]);
    assert_eq!(field(&result, "title"), [some("nouveau"), None, None, None]);
    assert_eq!(field(&result, "created"), [None, some("2010-12-12"), None, None]);
    assert_eq!(field(&result, "format"), [some("image/jpeg"), some("image/png"), some("audio/mpeg"), None]);
    assert_eq!(texts(&result, "mediaTypes"), ["StillImage", "Sound"]);
    assert_eq!(texts(&result, "issues"), ["MULTIMEDIA_DATE_INVALID", "MULTIMEDIA_URI_INVALID"]);
}

#[test]
fn dates() {
    for (text, expected) in [
        ("2010", Some("2010")),
        ("2010/12/10", Some("2010-12-10")),
        ("2010-12", Some("2010-12")),
        ("2010:12:10 08:09:10", Some("2010-12-10T08:09:10")),
        ("2010-12-10T08:09:10Z", Some("2010-12-10T08:09:10Z")),
        ("2010-12-10T08:09+02:00", Some("2010-12-10T08:09+02:00")),
        ("5/4/2014", Some("2014-04-05")),
        ("le 14 juillet 1998", Some("1998-07-14")),
        ("14 juillet 1998", Some("1998-07-14")),
        ("2010-13-01", None),
        ("not a date", None),
        ("", None),
    ] {
        assert_eq!(created(text, DateOrder::DayMonthYear.into()).as_deref(), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn any_rows_give_media_with_an_address(values in proptest::collection::vec("\\PC{0,16}|(www\\.|http://|a\\.org|/|\\.jpg|[|,; ]){1,6}", 6)) {
        let names = ["identifier", "references", "created", "format", "license", "type"];
        let row: Vec<(&str, &str)> = names.iter().copied().zip(values.iter().map(String::as_str)).collect();
        let extension = rows(&[row.clone(), row]);
        let associated: ArrayRef = Arc::new(StringArray::from(vec![values[0].as_str()]));
        let result = interpret([Some(extension.clone()), Some(extension.clone()), Some(extension), Some(associated)]);
        let (identifiers, references) = (field(&result, "identifier"), field(&result, "references"));
        prop_assert!(identifiers.iter().zip(&references).all(|(identifier, references)| identifier.is_some() || references.is_some()));
        for value in &values {
            let _ = created(value, DateOrder::DayMonthYear.into());
        }
    }
}
