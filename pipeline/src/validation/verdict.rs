//! Whether an archive can be published, why not, and what would make it better.

use super::finding::Findings;
use super::profile::{Profile, Status};
use super::report::{ArchiveValidation, Finding, Reason, RequirementReport, Severity, Verdict};

/// Judges an archive under each profile.
pub(super) fn judge(profiles: &[Profile], validation: &mut ArchiveValidation, findings: &Findings) {
    for profile in profiles {
        let requirements = validation.requirements.remove(&profile.name).unwrap_or_default();
        validation.verdicts.push(verdict(profile, requirements, findings));
    }
    validation.publishable = validation.verdicts.iter().all(|verdict| verdict.publishable);
}

fn verdict(profile: &Profile, requirements: Vec<RequirementReport>, findings: &Findings) -> Verdict {
    let mut of_profile: Vec<&Finding> =
        findings.iter().filter(|finding| finding.profile.as_deref().is_none_or(|name| name == profile.name)).collect();
    of_profile.sort_by_key(|finding| (finding.severity, finding.code.as_str()));
    let (mut blocking, mut improvements) = (Vec::new(), Vec::new());
    for finding in of_profile {
        let is_required = finding.code == "REQUIRED_TERM_MISSING" && finding.severity == Severity::Error;
        if profile.blocking.contains(&finding.code) || is_required {
            blocking.push(reason(finding));
        } else if finding.severity != Severity::Info {
            improvements.push(reason(finding));
        }
    }
    for requirement in &requirements {
        if requirement.status == Status::Recommended && requirement.filled < requirement.records {
            let message = match requirement.filled {
                0 => format!("{} is recommended, and no record has it", requirement.name),
                _ => format!(
                    "{} is recommended, and {} % of the records have it",
                    requirement.name, requirement.coverage
                ),
            };
            improvements.push(Reason {
                code: "RECOMMENDED_TERM_MISSING".to_owned(),
                message,
                remedy: requirement.remedy.clone(),
                count: requirement.records - requirement.filled,
            });
        }
    }
    Verdict {
        profile: profile.name.clone(),
        title: profile.title.clone(),
        publishable: blocking.is_empty(),
        blocking,
        improvements,
        requirements,
    }
}

fn reason(finding: &Finding) -> Reason {
    let message = match (&finding.file, finding.line) {
        (Some(file), Some(line)) => format!("{file}, line {line}: {}", finding.message),
        (Some(file), None) => format!("{file}: {}", finding.message),
        _ => finding.message.clone(),
    };
    Reason { code: finding.code.clone(), message, remedy: finding.remedy.clone(), count: finding.count }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::finding::finding;
    use super::*;

    fn judged(codes: &[&str]) -> Vec<(String, bool)> {
        let mut findings = Findings::default();
        codes.iter().for_each(|code| findings.push(finding(code, "x")));
        let mut validation = ArchiveValidation::new("a.zip");
        judge(&Profile::named(&[]).unwrap(), &mut validation, &findings);
        assert_eq!(validation.publishable, validation.verdicts.iter().all(|verdict| verdict.publishable));
        validation.verdicts.into_iter().map(|verdict| (verdict.profile, verdict.publishable)).collect()
    }

    #[test]
    fn what_blocks_depends_on_the_profile() {
        let both = |gbif, sinp| vec![("gbif".to_owned(), gbif), ("sinp".to_owned(), sinp)];
        assert_eq!(judged(&[]), both(true, true));
        assert_eq!(judged(&["TITLE_MISSING_OR_TOO_SHORT", "COLUMN_MISMATCH"]), both(true, true));
        assert_eq!(judged(&["LICENSE_MISSING_OR_UNKNOWN"]), both(false, true));
        assert_eq!(judged(&["RECORD_NOT_UNIQUELY_IDENTIFIED"]), both(false, false));
        assert_eq!(judged(&["REQUIRED_TERM_MISSING"]), both(false, false));
    }

    #[test]
    fn a_term_that_is_asked_for_by_one_blocks_that_one() {
        let mut findings = Findings::default();
        findings.push(Finding { profile: Some("gbif".to_owned()), ..finding("REQUIRED_TERM_MISSING", "x") });
        findings.push(Finding {
            profile: Some("sinp".to_owned()),
            severity: Severity::Warning,
            ..finding("REQUIRED_TERM_MISSING", "Pr is assumed")
        });
        let mut validation = ArchiveValidation::new("a.zip");
        judge(&Profile::named(&[]).unwrap(), &mut validation, &findings);
        assert!(!validation.verdicts[0].publishable && validation.verdicts[1].publishable);
        assert_eq!(validation.verdicts[1].improvements.len(), 1);
    }
}
