//! Progress on a terminal.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::{Global, ProgressMode};
use crate::report::{DatasetReport, DatasetStatus};

/// A bar over datasets with the records so far; messages about datasets stand above it.
#[derive(Debug, Clone)]
pub struct ProgressDisplay {
    bar: ProgressBar,
    records: Arc<AtomicU64>,
    quiet: bool,
}

impl ProgressDisplay {
    /// A display for a number of datasets.
    pub fn new(global: &Global, datasets: u64) -> Self {
        let shown = match global.progress {
            ProgressMode::Always => true,
            ProgressMode::Never => false,
            ProgressMode::Auto => std::io::IsTerminal::is_terminal(&std::io::stderr()),
        };
        let target = if shown && !global.quiet { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(datasets), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} datasets, {msg}, {elapsed}") {
            bar.set_style(style);
        }
        Self { bar, records: Arc::default(), quiet: global.quiet }
    }

    /// Records that were read.
    pub fn add_records(&self, records: u64) {
        let all = self.records.fetch_add(records, Ordering::Relaxed) + records;
        let seconds = self.bar.elapsed().as_secs_f64().max(0.001);
        self.bar.set_message(format!("{all} records, {:.0}/s", all as f64 / seconds));
    }

    /// A dataset that has ended.
    pub fn dataset_done(&self, report: &DatasetReport) {
        self.bar.inc(1);
        let message = report.message.as_deref().unwrap_or_default();
        let line = match report.status {
            DatasetStatus::Failed => format!("failed: {message}"),
            DatasetStatus::Skipped => format!("skipped {}: {message}", report.archive),
            DatasetStatus::Done => return,
        };
        if report.status == DatasetStatus::Failed || !self.quiet {
            self.bar.suspend(|| eprintln!("{line}"));
        }
    }

    /// Ends the display.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
