//! The gene that a sequence is of.
//!
//! Names are in `vocabulary/target_gene.tsv`. A text is looked up by its letters and digits; when it is not known as a whole,
//! what stands in brackets and words that are no part of a name (gene, rRNA, region, mitochondrial …) are left aside.

use std::collections::HashMap;
use std::sync::LazyLock;

use ahash::RandomState;

use super::letters::letters_and_digits;

static NAMES: LazyLock<HashMap<String, &'static str, RandomState>> = LazyLock::new(|| {
    let mut names = HashMap::default();
    let table = include_str!("../vocabulary/target_gene.tsv");
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (concept, others) = line.split_once('\t').unwrap_or((line, ""));
        for name in std::iter::once(concept).chain(others.split('|')) {
            names.entry(letters_and_digits(name)).or_insert(concept);
        }
    }
    names.remove("");
    names
});

/// Words that may stand beside the name of a gene.
const ASIDE: &[&str] = &[
    "gene",
    "genes",
    "gène",
    "rrna",
    "rdna",
    "rna",
    "dna",
    "mtdna",
    "cpdna",
    "ribosomal",
    "region",
    "région",
    "fragment",
    "partial",
    "barcode",
    "barcoding",
    "marker",
    "marqueur",
    "locus",
    "mitochondrial",
    "mitochondrion",
    "mt",
    "nuclear",
    "plastid",
    "chloroplast",
    "subunit",
    "sequence",
    "the",
    "of",
];

/// The name of the gene; `None` when the text names none of the table, or several.
pub fn target_gene(text: &str) -> Option<&'static str> {
    let text = text.trim();
    // Longer than any name with words beside it.
    const LONGEST: usize = 120;
    if text.len() > LONGEST {
        return None;
    }
    let find = |text: &str| NAMES.get(&letters_and_digits(text)).copied();
    find(text).or_else(|| {
        let outside = without_brackets(text);
        let words: Vec<&str> = outside
            .split(|letter: char| letter.is_whitespace() || matches!(letter, '_' | ',' | ';' | '/'))
            .filter(|word| !ASIDE.contains(&word.to_lowercase().as_str()))
            .collect();
        find(&outside).or_else(|| find(&words.join(" ")))
    })
}

/// The text without what stands in round or square brackets.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let mut outside = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(letter),
            _ => {}
        }
    }
    outside
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn genes_are_known_under_many_names() {
        for (text, gene) in [
            ("COI", "COI"),
            ("cox1", "COI"),
            ("Cytochrome c oxidase subunit I (COI)", "COI"),
            ("mitochondrial COI gene", "COI"),
            ("16S rRNA", "16S"),
            ("16S ribosomal RNA", "16S"),
            ("16S rRNA (V3-V4)", "16S"),
            ("18S rRNA gene", "18S"),
            ("12S_rRNA", "12S"),
            ("ITS2 region", "ITS2"),
            ("Internal Transcribed Spacer", "ITS"),
            ("RNA5S", "5S"),
            ("5S", "5S"),
            ("5.8S rRNA", "5.8S"),
            ("RBCL", "rbcL"),
            ("psbA-trnH", "trnH-psbA"),
            ("EF-1α", "TEF1"),
            ("cyt b", "CYTB"),
        ] {
            assert_eq!(target_gene(text), Some(gene), "{text}");
        }
        for text in ["test", "test2", "", "gene", "16S, 18S", "COI | 16S", "S", "58"] {
            assert_eq!(target_gene(text), None, "{text}");
        }
    }

    #[test]
    fn no_name_is_of_two_genes() {
        let mut seen: HashMap<String, &str> = HashMap::new();
        let table = include_str!("../vocabulary/target_gene.tsv");
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let (concept, others) = line.split_once('\t').unwrap_or((line, ""));
            for name in std::iter::once(concept).chain(others.split('|')).filter(|name| !name.is_empty()) {
                if let Some(other) = seen.insert(letters_and_digits(name), concept) {
                    assert_eq!(other, concept, "{name}");
                }
                assert_eq!(target_gene(name), Some(concept), "{name}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            if let Some(gene) = target_gene(&text) {
                prop_assert_eq!(target_gene(gene), Some(gene));
            }
        }
    }
}
