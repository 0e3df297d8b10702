//! Nucleotide sequences: cleaned, measured and identified as GBIF does, so that the same sequence has the same identifier
//! here and there.
//!
//! 1. White space goes, letters become capitals, gaps (`-` and `.`) go.
//! 2. The ends are cut to the first and the last run of at least eight unambiguous letters (A, C, G, T, U): what stands
//!    before and after is a primer name, a remark or bad quality. Without such a run nothing is left.
//! 3. U becomes T, as RNA is written as DNA; runs of six and more N become five, as their length says nothing.
//!
//! What is left is measured. It is invalid when it has letters that are no code of IUPAC for a nucleotide, when the text
//! says that reads were not merged, or when nothing is left of a text.

use md5::{Digest, Md5};

/// Length of a run of unambiguous letters that ends are cut to.
const ANCHOR: usize = 8;
/// Runs of N as long as this are shortened.
const LONG_RUN: usize = 6;
/// To so many.
const SHORT_RUN: usize = 5;
/// What some programs write in place of a sequence.
const UNMERGED: &str = "UNMERGED";

/// A sequence and its measures. Fractions are parts of 1 and absent when nothing is left.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sequence {
    /// The cleaned sequence; `None` when it is invalid or nothing is left.
    pub sequence: Option<String>,
    /// MD5 of the cleaned sequence in hexadecimal digits; `None` with it.
    pub id: Option<String>,
    /// Letters that are left.
    pub length: usize,
    /// G and C among A, C, G and T.
    pub gc_content: Option<f64>,
    /// Letters that are no code of IUPAC.
    pub non_iupac_fraction: Option<f64>,
    /// Letters that are not A, C, G, T or N.
    pub non_acgtn_fraction: Option<f64>,
    /// Letters that are N.
    pub n_fraction: Option<f64>,
    /// Runs of N that were shortened.
    pub n_runs_capped: usize,
    /// The text says that reads were not merged.
    pub natural_language: bool,
    /// Something was cut from the ends.
    pub ends_trimmed: bool,
    /// Gaps or white space were taken out.
    pub gaps_removed: bool,
    /// Not a nucleotide sequence.
    pub invalid: bool,
}

impl Sequence {
    /// Cleans and measures a text.
    pub fn of(text: &str) -> Self {
        let letters: String =
            text.chars().filter(|letter| !letter.is_whitespace()).map(|letter| letter.to_ascii_uppercase()).collect();
        let natural_language = letters.contains(UNMERGED);
        let joined: String = letters.chars().filter(|letter| !matches!(letter, '-' | '.')).collect();
        let gaps_removed = joined.len() < text.len();
        let trimmed = between_anchors(&joined).replace('U', "T");
        let ends_trimmed = trimmed.len() < joined.len();
        let (sequence, n_runs_capped) = cap_runs(&trimmed);

        let length = sequence.chars().count();
        let count = |is: &dyn Fn(char) -> bool| sequence.chars().filter(|letter| is(*letter)).count();
        let fraction = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        let non_iupac = count(&|letter| !is_iupac_dna(letter));
        let acgt = count(&|letter| matches!(letter, 'A' | 'C' | 'G' | 'T'));
        let invalid = non_iupac > 0 || natural_language || (length == 0 && !letters.is_empty());
        let usable = !invalid && length > 0;
        Self {
            length,
            gc_content: fraction(count(&|letter| matches!(letter, 'G' | 'C')), acgt),
            non_iupac_fraction: fraction(non_iupac, length),
            non_acgtn_fraction: fraction(count(&|letter| !matches!(letter, 'A' | 'C' | 'G' | 'T' | 'N')), length),
            n_fraction: fraction(count(&|letter| letter == 'N'), length),
            n_runs_capped,
            natural_language,
            ends_trimmed,
            gaps_removed,
            invalid,
            id: usable.then(|| md5(&sequence)),
            sequence: usable.then_some(sequence),
        }
    }
}

/// GBIF's older identifier of a sequence: MD5 of its letters that are codes of IUPAC, U among them, without any cleaning.
pub fn dna_sequence_id(text: &str) -> String {
    let is_code = |letter: &char| is_iupac_dna(*letter) || *letter == 'U';
    md5(&text.chars().map(|letter| letter.to_ascii_uppercase()).filter(is_code).collect::<String>())
}

fn is_iupac_dna(letter: char) -> bool {
    "ACGTRYSWKMBDHVN".contains(letter)
}

/// The part of a text from the start of the first to the end of the last run of unambiguous letters; empty without one.
fn between_anchors(text: &str) -> &str {
    let mut run = 0;
    let (mut start, mut end) = (None, 0);
    for (position, byte) in text.bytes().enumerate() {
        run = if matches!(byte, b'A' | b'C' | b'G' | b'T' | b'U') { run + 1 } else { 0 };
        if run >= ANCHOR {
            start = start.or(Some(position + 1 - ANCHOR));
            end = position + 1;
        }
    }
    start.and_then(|start| text.get(start..end)).unwrap_or_default()
}

/// The text with its long runs of N shortened, and how many there were.
fn cap_runs(text: &str) -> (String, usize) {
    let mut capped = String::with_capacity(text.len());
    let (mut run, mut runs) = (0, 0);
    for letter in text.chars() {
        run = if letter == 'N' { run + 1 } else { 0 };
        if run <= SHORT_RUN {
            capped.push(letter);
        } else if run == LONG_RUN {
            runs += 1;
        }
    }
    (capped, runs)
}

fn md5(text: &str) -> String {
    use std::fmt::Write as _;
    Md5::digest(text).iter().fold(String::with_capacity(32), |mut digits, byte| {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_cmp)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cleaned(text: &str) -> Option<String> {
        Sequence::of(text).sequence
    }

    #[test]
    fn sequences_are_cleaned() {
        assert_eq!(cleaned("acgt acgt  acgt\n").as_deref(), Some("ACGTACGTACGT"));
        assert_eq!(cleaned("ACGT-ACGT..ACGT").as_deref(), Some("ACGTACGTACGT"));
        assert_eq!(cleaned("ACGUACGUACGU").as_deref(), Some("ACGTACGTACGT"));
        assert_eq!(cleaned("THISISMYSEQUENCEACGTACGTACGTNNNNNENDOFSEQUENCE").as_deref(), Some("ACGTACGTACGT"));
        assert_eq!(
            cleaned("ACGTACGTNNNNNNNNNNNNNNACGTACGTNNNNNNNNNACGTACGT").as_deref(),
            Some("ACGTACGTNNNNNACGTACGTNNNNNACGTACGT")
        );
        assert_eq!(cleaned("ACGTACGTNNNNNACGTACGT").as_deref(), Some("ACGTACGTNNNNNACGTACGT"));
        assert_eq!(cleaned("ccacacctaaa __  aaactttccacgtgaacc"), None);
        assert_eq!(cleaned("ACGTACGTUNMERGEDACGTACGT"), None);
        assert_eq!(cleaned("aaaa"), None);
        assert_eq!(cleaned(""), None);
    }

    #[test]
    fn sequences_are_measured() {
        let sequence = Sequence::of("ACGTACGTNNNNNNNRACGTACGC");
        assert_eq!((sequence.length, sequence.n_runs_capped), (22, 1));
        assert_eq!(sequence.gc_content, Some(9.0 / 16.0));
        assert_eq!(sequence.n_fraction, Some(5.0 / 22.0));
        assert_eq!(sequence.non_acgtn_fraction, Some(1.0 / 22.0));
        assert_eq!(sequence.non_iupac_fraction, Some(0.0));
        assert!(!sequence.invalid && !sequence.ends_trimmed && !sequence.gaps_removed);
        let nothing = Sequence::of("aaaa");
        assert!(nothing.invalid && nothing.ends_trimmed);
        assert_eq!((nothing.length, nothing.gc_content, nothing.id), (0, None, None));
        assert!(!Sequence::of("").invalid);
    }

    #[test]
    fn identifiers_are_those_of_gbif() {
        // MD5 of CCACACCT, and of the letters of a longer text, as GBIF's test has them.
        assert_eq!(dna_sequence_id("ccacacct"), "a6bf0d942fd67916f50079e5c44a41b0");
        assert_eq!(dna_sequence_id("ccacacctaaa __  aaactttccacgtgaacc"), "24ade1fd08fa4338480211bb33fe6202");
        assert_eq!(Sequence::of("ccacacct").id.as_deref(), Some("a6bf0d942fd67916f50079e5c44a41b0"));
    }

    proptest! {
        #[test]
        fn a_clean_sequence_stays_as_it_is(text in "\\PC{0,40}|[ACGTUNRYacgtn .-]{0,80}|(ACGTACGT|N{4,9}|R|UNMERGED|-| ){0,12}") {
            let once = Sequence::of(&text);
            let fractions = [once.gc_content, once.non_iupac_fraction, once.non_acgtn_fraction, once.n_fraction];
            prop_assert!(fractions.into_iter().flatten().all(|fraction| (0.0..=1.0).contains(&fraction)));
            prop_assert_eq!(once.sequence.is_some(), once.id.is_some());
            if let Some(sequence) = &once.sequence {
                prop_assert!(sequence.chars().all(is_iupac_dna));
                let twice = Sequence::of(sequence);
                prop_assert_eq!(twice.sequence.as_ref(), Some(sequence));
                prop_assert!(!twice.ends_trimmed && !twice.gaps_removed && twice.n_runs_capped == 0);
            }
        }
    }
}
