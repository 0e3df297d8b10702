//! The report as a page: one HTML file with its style, which needs no network and can be printed.

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, context};

use super::report::ValidationReport;
use crate::error::{Error, Result};
use crate::report::page::grouped;

const TEMPLATE: &str = include_str!("page.html");

/// The page.
///
/// # Errors
/// Never for our template.
pub fn render(report: &ValidationReport) -> Result<String> {
    let failed = |error: minijinja::Error| Error::bug("the validation page could not be made").caused_by(error);
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("number", grouped);
    // What ends with .html is escaped: everything comes from whoever made the archive.
    environment.add_template("page.html", TEMPLATE).map_err(failed)?;
    let template = environment.get_template("page.html").map_err(failed)?;
    template.render(context! { report => Serde(report) }).map_err(failed)
}
