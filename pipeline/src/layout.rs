//! Where things stand under `--out`.
//!
//! `restricted/` holds exact data and has mode 0700; everything in `public/` may be published.

use std::path::{Path, PathBuf};

/// The root of all outputs.
#[derive(Debug, Clone)]
pub struct Layout {
    root: PathBuf,
}

/// A product that has one folder for each dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Product {
    /// The archive as it was sent.
    Verbatim,
    /// Rows that could not be read.
    Quarantine,
    /// Records that share an identifier.
    Identity,
    /// Records that are shown otherwise than in the last attempt.
    Protection,
    /// Exact rows of protected records.
    RestrictedOccurrence,
    /// Exact index documents of protected records.
    RestrictedIndex,
    /// Masked rows of all published records.
    Occurrence,
    /// Masked index documents.
    Index,
    /// Masked partial results of the indicators, merged over all datasets.
    IndicatorPartials,
    /// The Darwin Core archive of the dataset.
    Archive,
}

impl Product {
    /// Every product, restricted ones first: they are committed first, so that nothing is public that is not yet restricted.
    pub const ALL: [Self; 10] = [
        Self::Verbatim,
        Self::Quarantine,
        Self::Identity,
        Self::Protection,
        Self::RestrictedOccurrence,
        Self::RestrictedIndex,
        Self::Occurrence,
        Self::Index,
        Self::IndicatorPartials,
        Self::Archive,
    ];

    /// Folder of the product below the root.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Verbatim => "restricted/verbatim",
            Self::Quarantine => "restricted/quarantine",
            Self::Identity => "restricted/identity",
            Self::Protection => "restricted/protection",
            Self::RestrictedOccurrence => "restricted/occurrence",
            Self::RestrictedIndex => "restricted/index",
            Self::Occurrence => "public/occurrence",
            Self::Index => "public/index",
            Self::IndicatorPartials => "state/indicators",
            Self::Archive => "state/archives",
        }
    }

    /// Whether it stands in `public/`. The archive of a dataset is kept in `state/` and public under another name.
    pub fn is_public(self) -> bool {
        matches!(self, Self::Occurrence | Self::Index)
    }

    /// Folder of one dataset's files below the root: `public/occurrence/datasetKey=<key>`.
    pub fn dataset_folder(self, dataset_key: &str) -> PathBuf {
        Path::new(self.folder()).join(format!("datasetKey={}", path_segment(dataset_key)))
    }
}

impl Layout {
    /// The layout below a folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The root itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Folder of one product of one dataset.
    pub fn dataset(&self, product: Product, dataset_key: &str) -> PathBuf {
        self.root.join(product.dataset_folder(dataset_key))
    }

    /// Folder in which an attempt is written before it is committed.
    pub fn staging(&self, dataset_key: &str) -> PathBuf {
        self.root.join("state/staging").join(path_segment(dataset_key))
    }

    /// Manifest of a dataset: what is committed, from which inputs, by which versions.
    pub fn manifest(&self, dataset_key: &str) -> PathBuf {
        self.manifests().join(format!("{}.json", path_segment(dataset_key)))
    }

    /// Folder of the manifests.
    pub fn manifests(&self) -> PathBuf {
        self.root.join("state/datasets")
    }

    /// The file that a run holds locked.
    pub fn lock(&self) -> PathBuf {
        self.root.join("state/lock")
    }

    /// Public archives.
    pub fn archives(&self) -> PathBuf {
        self.root.join("public/archives")
    }

    /// Public indicators.
    pub fn indicators(&self) -> PathBuf {
        self.root.join("public/indicators")
    }

    /// Results of checks over all datasets: exact data.
    pub fn checks(&self) -> PathBuf {
        self.root.join("restricted/checks")
    }

    /// Documents of taxa.
    pub fn taxa_index(&self) -> PathBuf {
        self.root.join("public/index/taxa")
    }

    /// Folder of a run's report.
    pub fn report(&self, run: &str) -> PathBuf {
        self.root.join("reports").join(path_segment(run))
    }
}

/// A name as one path segment: what is not a letter, digit, `.`, `-` or `_` becomes `_`, and it never starts with a dot.
pub fn path_segment(name: &str) -> String {
    let mut segment: String = name
        .chars()
        .map(|character| {
            let kept = character.is_alphanumeric() || matches!(character, '.' | '-' | '_');
            if kept { character } else { '_' }
        })
        .collect();
    if segment.starts_with('.') || segment.is_empty() {
        segment.insert(0, '_');
    }
    segment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_its_folder() {
        assert_eq!(path_segment("../../etc/passwd"), "_.._.._etc_passwd");
        assert_eq!(path_segment("gna_file with characters(3)"), "gna_file_with_characters_3_");
        assert_eq!(path_segment(""), "_");
    }
}
