//! The rows of an occurrence extension, each with the terms of its core record.

use std::collections::BTreeSet;

use arrow::datatypes::{Field, Fields, Schema};
use datafusion::common::{ScalarValue, UnnestOptions};
use datafusion::functions::core::expr_fn::{coalesce, get_field};
use datafusion::logical_expr::{Expr, lit, when};
use datafusion::prelude::DataFrame;
use openobs_steps::event::groups::Group;
use openobs_steps::event::replaced_column;

use super::{
    Beside, CORE_EVENT, CORE_IDS, HUMBOLDT, OccurrenceColumns, column, extensions, is_given, row_fields, term_names,
    unqualified,
};
use crate::error::Result;
use crate::event_extension::{attach_extensions, attached_field};
use crate::verbatim::CORE_ROW_TYPE;

/// Terms of the coordinates that an occurrence with coordinates of its own still takes from its event: a convention of
/// whoever writes the dataset, not a property of one place.
const SYSTEMS: [&str; 4] = ["geodeticDatum", "verbatimCoordinateSystem", "verbatimSRS", "footprintSRS"];

/// The rows of an occurrence extension, each with the terms of its core record.
pub(super) fn unnested(
    verbatim: DataFrame,
    star: &Schema,
    extension: &str,
    beside: Beside<'_>,
    columns: &mut OccurrenceColumns,
) -> Result<DataFrame> {
    let core_terms = term_names(star.fields());
    let core_id = star
        .metadata()
        .get(CORE_ROW_TYPE)
        .and_then(|row_type| CORE_IDS.iter().find(|(known, _)| known == row_type).map(|(_, term)| *term));
    let own_fields = row_fields(star, extension)?;
    let own_terms = term_names(&own_fields);
    let own = |term: &str| get_field(column(extension), term);
    let occurrence_id = own_terms.contains(&"occurrenceID").then(|| own("occurrenceID"));
    let mut projection = vec![
        occurrence_id.clone().unwrap_or_else(|| lit(ScalarValue::Utf8(None))).alias("_id"),
        file_of_rows(star.field_with_name(extension)?, &own_fields).alias("_file"),
        get_field(column(extension), "_line").alias("_line"),
    ];
    let known: BTreeSet<&str> = own_terms.iter().copied().collect();
    let mut all = own_terms.clone();
    all.extend(core_terms.iter().filter(|term| !known.contains(*term)));
    // The id of the core record stands for its term where neither row has one.
    all.extend(core_id.filter(|term| !all.contains(term)));
    let merged = |term: &str| {
        let mut values = Vec::new();
        if own_terms.contains(&term) {
            values.push(own(term));
        }
        if core_terms.contains(&term) {
            values.push(column(term));
        }
        if core_id == Some(term) {
            values.push(column("_id"));
        }
        first_given(values)
    };
    for term in &all {
        projection.push(merged(term).alias(*term));
        columns.terms.push((*term).to_owned());
    }
    for group in [Group::Coordinates, Group::Date] {
        let rows = OwnAndCore { own: has_group(group, &own_terms, own), core: has_group(group, &core_terms, column) };
        let is_said = group.rule().terms.iter().any(|term| !SYSTEMS.contains(term) && own_terms.contains(term));
        if !rows.is_decided() || !is_said {
            continue;
        }
        for term in group.rule().terms.iter().filter(|term| all.contains(term) && !SYSTEMS.contains(term)) {
            let value = |terms: &[&str], value: &dyn Fn(&str) -> Expr| match terms.contains(term) {
                true => value(term),
                false => lit(ScalarValue::Utf8(None)),
            };
            let name = format!("_one_{term}");
            let chosen = rows.choose(value(&own_terms, &own), value(&core_terms, &column), merged(term))?;
            projection.push(chosen.alias(&name));
            columns.completed.insert((*term).to_owned(), column(&name));
        }
        let halves = group.rule().halves.iter().filter(|term| own_terms.contains(term));
        let half = halves.map(|term| is_given(own(term))).reduce(Expr::or);
        if let (Some(made), Some(replaced)) = (replaced_column(group), half.and_then(|half| rows.replaces(half))) {
            projection.push(replaced.alias(made));
            columns.made.insert(made, column(made));
        }
    }
    if beside.hierarchy.is_some() {
        let id = if core_terms.contains(&"eventID") {
            first_given(vec![column("eventID"), column("_id")])
        } else {
            column("_id")
        };
        projection.push(id.alias(CORE_EVENT[0]));
        projection.push(column("parentEventID").alias(CORE_EVENT[1]));
    }
    // Rows of other extensions go along with the occurrence; those that hold for all of the event stay beside it.
    let holds_for_all = |row_type: &str| beside.extensions && row_type == HUMBOLDT && core_id == Some("eventID");
    let mut attached = vec![column(extension)];
    for (name, row_type) in extensions(star).filter(|(name, _)| *name != extension) {
        if holds_for_all(row_type) {
            projection.push(column(name));
        } else if beside.extensions && occurrence_id.is_some() {
            projection.push(own(&attached_field(attached.len() - 1)).alias(name));
            attached.push(column(name));
        } else {
            continue;
        }
        columns.extensions.push(name.to_owned());
    }
    let mut kept: Vec<Expr> = ["_id", "_file"].into_iter().chain(core_terms).map(unqualified).collect();
    kept.extend(extensions(star).filter(|(_, row_type)| holds_for_all(row_type)).map(|(name, _)| unqualified(name)));
    kept.push(match attached.len() {
        1 => unqualified(extension),
        _ => attach_extensions().call(attached).alias(extension),
    });
    let frame = verbatim
        .select(kept)?
        .unnest_columns_with_options(&[&format!("\"{extension}\"")], UnnestOptions::new().with_preserve_nulls(false))?;
    Ok(frame.select(projection)?)
}

/// Whether an occurrence itself and its core record have a group of terms; `None` for one that cannot.
///
/// What has it says all of it: half a place of the one and half of the other would make a third.
struct OwnAndCore {
    own: Option<Expr>,
    core: Option<Expr>,
}

impl OwnAndCore {
    fn is_decided(&self) -> bool {
        self.own.is_some() || self.core.is_some()
    }

    /// The value of a term: that of the occurrence if it has the group, else that of the core record if it has it.
    fn choose(&self, own: Expr, core: Expr, merged: Expr) -> Result<Expr> {
        let last = match &self.core {
            Some(has) => when(has.clone(), core).otherwise(merged)?,
            None => merged,
        };
        Ok(match &self.own {
            Some(has) => when(has.clone(), own).otherwise(last)?,
            None => last,
        })
    }

    /// Whether a half of the group that an occurrence gives is replaced by what its core record says; `None` when never.
    fn replaces(&self, half: Expr) -> Option<Expr> {
        let replaced = half.and(self.core.clone()?);
        Some(match &self.own {
            Some(has) => replaced.and(!has.clone()),
            None => replaced,
        })
    }
}

/// Whether the rows of an extension have a group of terms themselves; `None` when they cannot.
fn has_group(group: Group, terms: &[&str], value: impl Fn(&str) -> Expr) -> Option<Expr> {
    let sets = group.rule().enough.iter().filter(|set| set.iter().all(|term| terms.contains(term)));
    let all_given = |set: &&[&str]| set.iter().map(|term| is_given(value(term))).reduce(Expr::and);
    sets.filter_map(all_given).reduce(Expr::or)
}

/// The first of some values that is not blank.
fn first_given(mut values: Vec<Expr>) -> Expr {
    match (values.pop(), values.pop()) {
        (None, _) => lit(ScalarValue::Utf8(None)),
        (Some(last), None) => last,
        (Some(last), Some(before)) => {
            let mut sources: Vec<Expr> = values.into_iter().chain([before]).map(blank_to_null).collect();
            sources.push(last);
            coalesce(sources)
        }
    }
}

/// Null where a value is blank, so that another can stand in.
fn blank_to_null(value: Expr) -> Expr {
    when(is_given(value.clone()), value.clone()).end().unwrap_or(value)
}

/// The file of an extension's rows: the only one that the extension has, or that of each row.
fn file_of_rows(extension: &Field, row: &Fields) -> Expr {
    match extension.metadata().get("file") {
        Some(file) => lit(file.as_str()),
        None if row.find("_file").is_some() => get_field(column(extension.name()), "_file"),
        // A verbatim table of an earlier version does not say.
        None => column("_file"),
    }
}
