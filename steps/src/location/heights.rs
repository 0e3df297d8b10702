//! Elevations, depths and distances above the surface, in metres.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Builder};

use crate::parse::measure::{self, Quantity, Span};
use crate::verbatim::Text;
use crate::{IssueSet, Verbatim};

/// The columns of heights.
pub(super) struct Heights {
    /// Middle, accuracy, minimum, maximum.
    elevation: [Float64Builder; 4],
    depth: [Float64Builder; 4],
    above_surface: [Float64Builder; 2],
}

impl Heights {
    pub(super) fn with_capacity(rows: usize) -> Self {
        let columns = |_| Float64Builder::with_capacity(rows);
        Self {
            elevation: std::array::from_fn(columns),
            depth: std::array::from_fn(columns),
            above_surface: std::array::from_fn(columns),
        }
    }

    pub(super) fn read(&mut self, verbatim: &Verbatim<'_>, issues: &mut [IssueSet]) {
        for (quantity, columns, terms) in [
            (
                Quantity::Elevation,
                &mut self.elevation,
                ["minimumElevationInMeters", "maximumElevationInMeters", "verbatimElevation"],
            ),
            (Quantity::Depth, &mut self.depth, ["minimumDepthInMeters", "maximumDepthInMeters", "verbatimDepth"]),
        ] {
            let [minimum, maximum, text] = terms.map(|term| verbatim.text_of(term));
            for (row, issues) in issues.iter_mut().enumerate() {
                let span = span(quantity, minimum, maximum, text, row, issues);
                let values = [
                    span.map(|span| span.middle),
                    span.and_then(|span| span.accuracy),
                    span.and_then(|span| span.minimum),
                    span.and_then(|span| span.maximum),
                ];
                columns.iter_mut().zip(values).for_each(|(column, value)| column.append_option(value));
            }
        }
        let terms = ["minimumDistanceAboveSurfaceInMeters", "maximumDistanceAboveSurfaceInMeters"];
        for (column, term) in self.above_surface.iter_mut().zip(terms) {
            let text = verbatim.text_of(term);
            for row in 0..verbatim.rows() {
                column.append_option(text.value(row).and_then(measure::metres).map(|length| length.metres));
            }
        }
    }

    pub(super) fn finish(self) -> impl Iterator<Item = ArrayRef> {
        let columns = self.elevation.into_iter().chain(self.depth).chain(self.above_surface);
        columns.map(|mut column| Arc::new(column.finish()) as ArrayRef)
    }
}

/// The range of the terms in metres, or of the verbatim text when they are empty.
fn span(
    quantity: Quantity,
    minimum: Text<'_>,
    maximum: Text<'_>,
    text: Text<'_>,
    row: usize,
    issues: &mut IssueSet,
) -> Option<Span> {
    let (minimum, maximum) = (minimum.value(row), maximum.value(row));
    if minimum.is_some() || maximum.is_some() {
        return measure::span(quantity, minimum, maximum, None, issues);
    }
    // Free text: that it is more than a number is no fault of it.
    let mut found = IssueSet::new();
    let span = measure::span(quantity, text.value(row), None, None, &mut found)?;
    for issue in found.iter().filter(|issue| !issue.name().ends_with("NON_NUMERIC")) {
        issues.raise(issue);
    }
    Some(span)
}
