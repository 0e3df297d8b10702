//! The report for a terminal.

use std::fmt::Write;

use super::report::{ArchiveValidation, Finding, Severity, ValidationReport, Verdict};

/// Findings of each severity that are shown; the page and the JSON have all.
const SHOWN: usize = 12;
/// Sample rows shown of each finding.
const SAMPLES: usize = 2;

/// How words are set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// For files and pipes.
    Plain,
    /// For terminals.
    Coloured,
}

#[derive(Clone, Copy)]
enum Paint {
    Good = 32,
    Bad = 31,
    Doubtful = 33,
    Dim = 2,
    Strong = 1,
}

impl Style {
    fn paint(self, paint: Paint, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("\u{1b}[{}m{text}\u{1b}[0m", paint as u8),
        }
    }

    fn verdict(self, publishable: bool) -> String {
        match publishable {
            true => self.paint(Paint::Good, "publishable"),
            false => self.paint(Paint::Bad, "not publishable"),
        }
    }
}

/// The report as text.
pub fn render(report: &ValidationReport, style: Style) -> String {
    let archives: Vec<String> = report.archives.iter().map(|archive| self::archive(archive, style)).collect();
    archives.join("\n")
}

fn archive(archive: &ArchiveValidation, style: Style) -> String {
    let mut out = String::new();
    // Writing to a text cannot fail.
    let _ = write_archive(&mut out, archive, style);
    out
}

fn write_archive(out: &mut String, archive: &ArchiveValidation, style: Style) -> std::fmt::Result {
    writeln!(
        out,
        "{}: {}",
        style.paint(Paint::Strong, &printable(&archive.archive)),
        style.verdict(archive.publishable)
    )?;
    if let Some(title) = &archive.title {
        writeln!(out, "  {}", printable(title))?;
    }
    for table in &archive.tables {
        let lost = match table.quarantined {
            0 => String::new(),
            lost => format!(", {lost} in quarantine"),
        };
        let line = format!(
            "  {} {}: {} rows{lost}, {} terms, {}",
            table.role,
            printable(&table.name),
            table.rows,
            table.terms.len(),
            printable(&table.files.join(", "))
        );
        writeln!(out, "{}", style.paint(Paint::Dim, &line))?;
    }
    for verdict in &archive.verdicts {
        write_verdict(out, verdict, style)?;
    }
    for (severity, heading, paint) in [
        (Severity::Error, "errors", Paint::Bad),
        (Severity::Warning, "warnings", Paint::Doubtful),
        (Severity::Info, "worth knowing", Paint::Dim),
    ] {
        let all: Vec<&Finding> = archive.findings.iter().filter(|finding| finding.severity == severity).collect();
        if all.is_empty() {
            continue;
        }
        writeln!(out, "\n{}", style.paint(paint, &format!("{heading}: {}", all.len())))?;
        for finding in all.iter().take(SHOWN) {
            write_finding(out, finding, style)?;
        }
        if all.len() > SHOWN {
            writeln!(out, "  … and {} more; see --json or --html", all.len() - SHOWN)?;
        }
    }
    Ok(())
}

fn write_verdict(out: &mut String, verdict: &Verdict, style: Style) -> std::fmt::Result {
    writeln!(out, "\n{}: {}", verdict.title, style.verdict(verdict.publishable))?;
    for reason in &verdict.blocking {
        let code = style.paint(Paint::Bad, &reason.code);
        writeln!(out, "  ✗ {code}: {}; {}", printable(&reason.message), printable(&reason.remedy))?;
    }
    let recommended = verdict.requirements.iter().filter(|requirement| requirement.filled < requirement.records);
    let parts: Vec<String> =
        recommended.map(|requirement| format!("{} {} %", requirement.name, requirement.coverage)).collect();
    if !parts.is_empty() {
        writeln!(out, "  {}", style.paint(Paint::Dim, &format!("not in every record: {}", parts.join("; "))))?;
    }
    Ok(())
}

fn write_finding(out: &mut String, finding: &Finding, style: Style) -> std::fmt::Result {
    let place = match (&finding.file, finding.line) {
        (Some(file), Some(line)) => format!(" ({file}, line {line})"),
        (Some(file), None) => format!(" ({file})"),
        _ => String::new(),
    };
    let count = if finding.count == 1 { String::new() } else { format!(" × {}", finding.count) };
    writeln!(
        out,
        "  {}{count}: {}{}; {}",
        style.paint(Paint::Strong, &finding.code),
        printable(&finding.message),
        printable(&place),
        printable(&finding.remedy)
    )?;
    for sample in finding.samples.iter().filter(|sample| !sample.values.is_empty()).take(SAMPLES) {
        let values: Vec<String> = sample.values.iter().map(|(term, value)| format!("{term}={value:?}")).collect();
        let line = sample.line.map(|line| format!("line {line}, ")).unwrap_or_default();
        let id = sample.id.as_deref().unwrap_or("no id");
        let row = format!("      {line}{}: {}", printable(id), values.join(", "));
        writeln!(out, "{}", style.paint(Paint::Dim, &row))?;
    }
    Ok(())
}

/// Text of an archive without what a terminal would obey.
fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Findings, finding};
    use super::super::profile::Profile;
    use super::super::report::Sample;
    use super::super::verdict::judge;
    use super::*;

    #[test]
    #[allow(clippy::unwrap_used)]
    fn a_report_is_short_and_obeys_no_archive() {
        let mut findings = Findings::default();
        findings.push(Finding {
            count: 3,
            file: Some("occurrence.txt".to_owned()),
            line: Some(7),
            samples: vec![Sample {
                file: None,
                line: Some(7),
                id: Some("A\u{1b}[2J".to_owned()),
                values: [("eventDate".to_owned(), "hi\u{7}er".to_owned())].into(),
            }],
            ..finding("VALUE_NOT_OF_TYPE", "eventDate is not a date")
        });
        findings.add("LICENSE_MISSING_OR_UNKNOWN", "no licence is given");
        let mut validation = ArchiveValidation::new("a.zip");
        judge(&Profile::named(&[]).unwrap(), &mut validation, &findings);
        validation.findings = findings.sorted();
        let report = ValidationReport {
            program_version: "1".to_owned(),
            run_date: "2025-09-15".to_owned(),
            references: Vec::new(),
            publishable: false,
            archives: vec![validation],
        };
        insta::assert_snapshot!(render(&report, Style::Plain), @"");
        let coloured = render(&report, Style::Coloured);
        assert!(coloured.contains("\u{1b}[31mnot publishable\u{1b}[0m"));
        assert!(!coloured.contains("\u{1b}[2J"));
    }
}
