//! A data team's own words for controlled terms.

use openobs_steps::reference::vocabularies::Vocabularies;

use crate::error::{Error, Result};
use crate::settings::WordFile;

/// The setting that names a file: `vocabularies.sex`.
pub fn setting(file: &WordFile) -> String {
    format!("vocabularies.{}", file.vocabulary)
}

/// Lays a file over its vocabulary and returns how many words it has.
///
/// # Errors
/// When the file cannot be read, or is not as it should be: all its mistakes, each with its line.
pub fn lay_over(vocabularies: &mut Vocabularies, file: &WordFile) -> Result<usize> {
    let path = file.path.display().to_string();
    let text = std::fs::read_to_string(&file.path).map_err(|error| {
        Error::usage("a file of words cannot be read")
            .caused_by(error)
            .context("file", &path)
            .context("setting", setting(file))
            .remedy("give the path of a text file in UTF-8")
    })?;
    vocabularies.lay_over(file.vocabulary, &text).map_err(|mistakes| {
        let lines = mistakes.iter().map(|mistake| {
            format!("`{}`: {} ({path}:{}); {}", setting(file), mistake.message, mistake.line, mistake.remedy)
        });
        Error::usage(lines.collect::<Vec<_>>().join("\n"))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn every_vocabulary_has_a_key_and_every_key_a_vocabulary() {
        let keys: Vec<&str> =
            Settings::keys().iter().filter_map(|key| key.name.strip_prefix("vocabularies.")).collect();
        assert_eq!(keys, Vocabularies::NAMES);
    }

    #[test]
    fn words_of_files_are_laid_on_in_order_and_mistakes_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut vocabularies = Vocabularies::default();
        let mut lay = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            lay_over(&mut vocabularies, &WordFile { vocabulary: "sex", path })
                .map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
        };
        assert_eq!(lay("a.tsv", "concept\tlabel\nFemale\tbiche\nFemale\tlaie\n"), Ok(2));
        assert_eq!(lay("b.tsv", "concept\tlabel\nOther\tlaie\n"), Ok(1));
        assert_eq!(
            lay("c.tsv", "concept\tlabel\nFemelle\tbiche\nMale\t\n").unwrap_err(),
            "`vocabularies.sex`: there is no concept `Femelle` (c.tsv:2); did you mean `Female`?\n\
             `vocabularies.sex`: there is no label (c.tsv:3); give the text that people write"
        );
        assert_eq!((vocabularies.sex.name("Biche"), vocabularies.sex.name("laie")), (Some("Female"), Some("Other")));
        let missing = WordFile { vocabulary: "sex", path: "none.tsv".into() };
        assert_eq!(
            lay_over(&mut vocabularies, &missing).unwrap_err().to_string(),
            "a file of words cannot be read: No such file or directory (os error 2) (file none.tsv, setting \
             vocabularies.sex); give the path of a text file in UTF-8"
        );
    }
}
