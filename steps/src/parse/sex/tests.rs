#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(texts: &[&str], expected: Option<&str>) {
    for text in texts {
        assert_eq!(sex(Vocabularies::built_in(), text), expected, "{text}");
    }
}

#[test]
fn one_sex() {
    check(
        &["male", "Mâle", "mâles", "2 mâles", "♂", "3", "M", "[M]", "10M", "male; male; male", "4M 0F"],
        Some("Male"),
    );
    check(&["Sexe : mâle", "males: 4, females: 0", "M by dissection", "Adult Male, SVL 71 mm", "1M 2J?"], Some("Male"));
    check(
        &[
            "femelle",
            "♀",
            "Female;;",
            "femelle adulte",
            "unknown; female",
            "ouvrière",
            "F+juv.",
            "2",
            "Female 42 mm SVL",
            "1F 1?",
        ],
        Some("Female"),
    );
}

#[test]
fn both_sexes() {
    check(
        &["1 mâle, 2 femelles", "2 males, 1 female", "M2/F1", "2F2M", "MMF", "m/f", "Mâle et femelle"],
        Some("Mixed"),
    );
    check(&["couple", "mixte", "male(s) & female(s)", "females: 2 | males: 1", "M+W", "5"], Some("Mixed"));
}

#[test]
fn no_certain_sex() {
    check(
        &["female ?", "M?", "probably male", "mâle ou femelle", "F [M]", "M = F", "M or F", "female(s)-uncertain"],
        Some("Indeterminate"),
    );
    check(
        &["?", "Non renseigné", "indéterminé", "sexe inconnu", "juv.", "adulte", "Adult, liver tissue", "0", "1", "6"],
        Some("Indeterminate"),
    );
    check(&["Sexe indéterminé : noté mâle"], Some("Indeterminate"));
    check(&["hermaphrodite", "♂♀", "4", "other"], Some("Other"));
    check(&["unkown", "undetermned", "6 - Non renseigné"], Some("Indeterminate"));
    check(&["femal", "FELMALE", "2 - Femelle", "hemrba"], Some("Female"));
}

#[test]
fn other_texts() {
    check(
        &[
            "",
            "Padua",
            "araujo, j. m.",
            "Lichenes Exsiccati",
            "Skel, skull, shell",
            "erro:522",
            "Lichens of W. America",
        ],
        None,
    );
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,60}") {
        let _ = sex(Vocabularies::built_in(), &text);
    }
}
