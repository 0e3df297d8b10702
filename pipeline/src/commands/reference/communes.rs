//! `openobs reference communes`: the codes that communes had, as a table that runs read.

use serde_json::json;

use super::print;
use crate::cli::{CommunesArguments, Global};
use crate::commands::Status;
use crate::error::Result;
use crate::reference::commune_history;
use crate::report::page::grouped;

/// Makes the table.
///
/// # Errors
/// When the list cannot be read, or the table not be written.
pub fn communes(arguments: &CommunesArguments, global: &Global) -> Result<Status> {
    let history = commune_history::read(&arguments.file)?;
    commune_history::write(&arguments.out, &history)?;
    let (former, current) = (history.former.len(), history.current);
    if global.json {
        let summary = json!({ "file": arguments.out.display().to_string(), "formerCodes": former, "communes": current,
            "split": history.split });
        print(&String::from_utf8_lossy(&crate::commit::json(&summary)?))?;
    } else if !global.quiet {
        print(&format!(
            "{}: {} former codes of {} communes\n",
            arguments.out.display(),
            grouped(former as u64),
            grouped(current as u64)
        ))?;
        if !history.split.is_empty() {
            print(&format!(
                "  left out, as their land is in several communes of today: {}\n",
                history.split.join(", ")
            ))?;
        }
    }
    Ok(Status::Done)
}
