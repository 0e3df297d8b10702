#![allow(clippy::unwrap_used, clippy::expect_used)]

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::datatypes::Int32Type;
use arrow::util::display::array_value_to_string;
use proptest::prelude::*;

use super::*;
use crate::reference::taxref::tests::fixture;

static SETTINGS: std::sync::LazyLock<Settings> =
    std::sync::LazyLock::new(|| Settings::new(jiff::civil::date(2025, 6, 30)));

fn step() -> Taxonomy {
    Taxonomy::new(&References { taxref: Some(Arc::new(fixture())), ..References::default() }, &SETTINGS)
}

fn run(step: &Taxonomy, terms: &[(&str, &str)]) -> StructArray {
    let columns: Vec<Option<ArrayRef>> = step
        .reads()
        .iter()
        .map(|input| {
            let given = terms.iter().find(|(term, _)| *term == input.name())?;
            Some(Arc::new(StringArray::from(vec![given.1])) as ArrayRef)
        })
        .collect();
    step.interpret(&Verbatim::new(1, step.reads(), &columns))
}

fn cell(record: &StructArray, field: &str) -> String {
    array_value_to_string(record.column_by_name(field).unwrap(), 0).unwrap()
}

/// CD_NOM, CD_REF, match type and issues of one record.
fn matched(step: &Taxonomy, terms: &[(&str, &str)]) -> (String, String, String, String) {
    let record = run(step, terms);
    (cell(&record, "cdNom"), cell(&record, "cdRef"), cell(&record, "matchType"), cell(&record, "issues"))
}

macro_rules! assert_match {
    ($step:expr, $terms:expr, $cd_nom:expr, $cd_ref:expr, $match_type:expr, $issues:expr) => {
        let expected = ($cd_nom.to_string(), $cd_ref.to_string(), $match_type.to_string(), format!("[{}]", $issues));
        assert_eq!(matched($step, &$terms), expected, "{:?}", $terms);
    };
}

#[test]
fn identifiers_win() {
    let step = &step();
    assert_match!(step, [("taxonID", "https://inpn.mnhn.fr/espece/cd_nom/4319")], 4319, 4319, "EXACT", "");
    assert_match!(
        step,
        [("taxonID", "813834"), ("scientificName", "Muscicapa striata Forster, 1772")],
        813834,
        627671,
        "EXACT",
        ""
    );
    assert_match!(step, [("cdNom", "-12")], "", "", "NONE", "TAXON_MATCH_TAXON_ID_IGNORED, TAXON_MATCH_NONE");
    assert_match!(step, [("cdNom", "4319"), ("nomCite", "Gobemouche gris")], 4319, 4319, "EXACT", "");
    assert_match!(step, [("taxonID", "92412")], 92412, 107003, "EXACT", "");
    assert_match!(step, [("taxonID", "4321"), ("scientificName", "Muscicapa striata")], 4321, 4319, "EXACT", "");
    assert_match!(step, [("taxonID", "99")], 92, 92, "EXACT", "TAXREF_CDNOM_REPLACED");
    assert_match!(step, [("taxonID", "13746")], "", "", "NONE", "TAXON_MATCH_NONE, TAXREF_CDNOM_FROZEN");
    assert_match!(step, [("taxonID", "-12")], "", "", "NONE", "TAXON_MATCH_TAXON_ID_IGNORED, TAXON_MATCH_NONE");
    assert_match!(
        step,
        [("taxonID", "gbif:5219173"), ("scientificName", "Lutra lutra")],
        60630,
        60630,
        "EXACT",
        "TAXON_MATCH_TAXON_ID_IGNORED"
    );
    assert_match!(
        step,
        [("taxonID", "123456789"), ("scientificName", "Lutra lutra")],
        60630,
        60630,
        "EXACT",
        "TAXON_ID_NOT_FOUND"
    );
    assert_match!(
        step,
        [("taxonID", "4319"), ("scientificName", "Lutra lutra (Linnaeus, 1758)")],
        4319,
        4319,
        "EXACT",
        "SCIENTIFIC_NAME_AND_ID_INCONSISTENT, TAXON_MATCH_NAME_AND_ID_AMBIGUOUS"
    );
    assert_match!(
        step,
        [("taxonID", "79300"), ("verbatimIdentification", "Murin de Brandt")],
        79300,
        79300,
        "EXACT",
        ""
    );
    assert_match!(
        step,
        [("taxonID", "60411"), ("verbatimIdentification", "Grand/petit murin")],
        60411,
        60411,
        "EXACT",
        ""
    );
}

#[test]
fn names_are_matched_with_and_without_authors() {
    let step = &step();
    assert_match!(step, [("scientificName", "Muscicapa striata (Pallas, 1764)")], 4319, 4319, "EXACT", "");
    assert_match!(step, [("scientificName", "Muscicapa striata Forster")], 813834, 627671, "EXACT", "");
    assert_match!(
        step,
        [("scientificName", "Muscicapa striata"), ("scientificNameAuthorship", "Forster, 1772")],
        813834,
        627671,
        "EXACT",
        ""
    );
    assert_match!(step, [("scientificName", "LUTRA LUTRA")], 60630, 60630, "EXACT", "");
    assert_match!(step, [("scientificName", "Acridotheres tristis")], 601183, 601183, "EXACT", "");
    assert_match!(step, [("genus", "Lutra"), ("specificEpithet", "lutra")], 60630, 60630, "EXACT", "");
    assert_match!(step, [("scientificName", "Rana esculenta")], 320, 444440, "EXACT", "");
    assert_match!(step, [("scientificName", "Ophrys ×bergonii Ruppert")], 110509, 110509, "EXACT", "");
    assert_match!(step, [("scientificName", "Abies alba Miller 1768")], 79319, 79319, "EXACT", "");
    assert_match!(step, [("verbatimIdentification", "Lutra lutra")], 60630, 60630, "EXACT", "");
}

#[test]
fn homonyms_are_told_apart_or_left() {
    let step = &step();
    let none = "TAXON_MATCH_NONE, TAXREF_HOMONYM";
    assert_match!(step, [("scientificName", "Muscicapa striata")], "", "", "NONE", none);
    assert_eq!(cell(&run(step, &[("scientificName", "Muscicapa striata")]), "candidates"), "[4319, 627671]");
    assert_match!(step, [("scientificName", "Muscicapa striata"), ("family", "Muscicapidae")], 4319, 4319, "EXACT", "");
    assert_match!(step, [("scientificName", "Oenanthe"), ("kingdom", "Plantae")], 195386, 195386, "EXACT", "");
    assert_match!(step, [("scientificName", "Oenanthe"), ("class", "Aves")], 195385, 195385, "EXACT", "");
    assert_match!(step, [("scientificName", "Vertebrata"), ("taxonRank", "genus")], 622242, 622242, "EXACT", "");
    assert_match!(step, [("scientificName", "Oenanthe")], "", "", "NONE", none);
    assert_match!(step, [("scientificName", "Certhia familiaris")], 3784, 3784, "EXACT", "");
    assert_match!(
        step,
        [("scientificName", "Liparis loeselii"), ("kingdom", "Animalia")],
        194191,
        194191,
        "HIGHERRANK",
        "TAXON_MATCH_HIGHERRANK"
    );
}

#[test]
fn misspelt_names_need_a_higher_taxon() {
    let step = &step();
    assert_match!(step, [("scientificName", "Myotis brandti"), ("kingdom", "Animalia")], 60396, 79300, "EXACT", "");
    assert_match!(
        step,
        [("scientificName", "Coenagrion mercurale"), ("class", "Insecta")],
        65133,
        65133,
        "FUZZY",
        "TAXON_MATCH_FUZZY"
    );
    assert_match!(
        step,
        [("scientificName", "Coenagrion mercurale")],
        191010,
        191010,
        "HIGHERRANK",
        "TAXON_MATCH_HIGHERRANK"
    );
    assert_match!(
        step,
        [("scientificName", "Lutra lurta"), ("family", "Mustelidae")],
        60630,
        60630,
        "FUZZY",
        "TAXON_MATCH_FUZZY"
    );
    assert_match!(
        step,
        [("scientificName", "Cönagrion puela"), ("family", "Felidae")],
        9900005,
        9900005,
        "HIGHERRANK",
        "TAXON_MATCH_HIGHERRANK"
    );
}

#[test]
fn doubt_is_never_an_exact_species() {
    let step = &step();
    let higher = "TAXON_MATCH_HIGHERRANK";
    for (name, cd_nom, qualifier) in [
        ("Myotis cf. brandtii", 60411, "cf."),
        ("Myotis aff. brandtii (Eversmann, 1845)", 60411, "aff."),
        ("Myotis brandtii ?", 60411, "?"),
        ("Myotis sp.", 60411, "sp."),
        ("Myotis sp. 1", 60411, "sp."),
        ("Muscicapa striata cf. tyrrhenica", 0, "cf."),
    ] {
        let record = run(step, &[("scientificName", name), ("class", "Mammalia")]);
        assert_eq!(cell(&record, "identificationQualifier"), qualifier, "{name}");
        if cd_nom != 0 {
            assert_match!(step, [("scientificName", name)], cd_nom, cd_nom, "HIGHERRANK", higher);
        }
    }
    assert_match!(
        step,
        [("scientificName", "Myotis brandtii"), ("identificationQualifier", "cf. brandtii")],
        60411,
        60411,
        "HIGHERRANK",
        higher
    );
    assert_match!(step, [("scientificName", "Myotis sp."), ("taxonRank", "genus")], 60411, 60411, "EXACT", "");
    assert_match!(step, [("scientificName", "Myotis brandtii xyz")], 79300, 79300, "HIGHERRANK", higher);
    assert_match!(step, [("scientificName", "Myotis nonexistens")], 60411, 60411, "HIGHERRANK", higher);
    assert_match!(
        step,
        [("scientificName", "Aus bus"), ("family", "Mustelidae")],
        9900001,
        9900001,
        "HIGHERRANK",
        higher
    );
    assert_match!(step, [("scientificName", "Myotis myotis x blythii")], 60411, 60411, "HIGHERRANK", higher);
    assert_match!(step, [("scientificName", "Inconnu")], "", "", "NONE", "TAXON_MATCH_NONE");
    assert_match!(step, [("verbatimIdentification", "Grand/petit murin")], "", "", "NONE", "TAXON_MATCH_NONE");
}

#[test]
fn aggregates_and_their_species_are_not_confused() {
    let step = &step();
    assert_match!(step, [("scientificName", "Myotis mystacinus")], 60383, 60383, "EXACT", "");
    assert_match!(step, [("scientificName", "Myotis mystacinus aggr.")], 9900017, 9900017, "EXACT", "");
    assert_match!(step, [("scientificName", "Myotis mystacinus s.l.")], 9900017, 9900017, "EXACT", "");
    assert_match!(step, [("scientificName", "Myotis myotis gr.")], 60418, 60418, "AGGREGATE", "TAXON_MATCH_AGGREGATE");
}

#[test]
fn the_taxon_is_described_from_its_accepted_name() {
    let record = run(&step(), &[("taxonID", "105694")]);
    for (field, value) in [
        ("scientificName", "Lycopodium clavatum L., 1753"),
        ("matchedName", "Lepidotis clavata (L.) P.Beauv., 1804"),
        ("taxonRank", "species"),
        ("taxonomicStatus", "synonym"),
        ("kingdom", "Plantae"),
        ("class", "Equisetopsida"),
        ("genus", "Lycopodium"),
        ("species", "Lycopodium clavatum"),
        ("vernacularName", "Lycopode en massue, Éguaire"),
        ("group2Inpn", "Fougères"),
        ("taxrefHabitat", "3"),
        ("nameAccordingTo", "TAXREF v18"),
        ("taxonKeys", "[107003, 194337, 187172, 9900031, 542871, 187079, 349525]"),
        ("matchMethod", "taxonID"),
        ("matchConfidence", "100"),
    ] {
        assert_eq!(cell(&record, field), value, "{field}");
    }
}

#[test]
fn without_taxref_nothing_matches() {
    let step = Taxonomy::new(&References::default(), &SETTINGS);
    assert_match!(&step, [("taxonID", "4319")], "", "", "NONE", "TAXON_MATCH_NONE");
}

#[test]
fn an_identification_is_read_where_the_record_has_none() {
    let step = step();
    let rows = [
        vec![("scientificName", "Lutra lutra"), ("dateIdentified", "2020-01-01")],
        vec![("scientificName", "Castor fiber"), ("dateIdentified", "2021")],
    ];
    let list = crate::extension::given::column(&[rows.to_vec()]);
    let columns: Vec<Option<ArrayRef>> =
        step.reads().iter().map(|input| (input.name() == "identification").then(|| list.clone())).collect();
    let record = step.interpret(&Verbatim::new(1, step.reads(), &columns));
    assert_eq!(cell(&record, "cdNom"), "61212");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn any_text_gives_one_sound_row(
        name in prop_oneof![any::<String>(), "[A-Z][a-z]{1,9} [a-z]{1,9}( \\(?[A-Z][a-z.]{1,8},? ?[0-9]{0,4}\\)?)?", "(Myotis|Rana|Oenanthe)[ a-z.?x(),A-Z0-9]{0,20}"],
        id in prop_oneof![any::<String>(), "[0-9]{1,7}"],
        family in any::<String>(),
    ) {
        thread_local!(static STEP: Taxonomy = step());
        STEP.with(|step| {
            let once = run(step, &[("scientificName", &name), ("family", &family), ("taxonID", &id)]);
            let again = run(step, &[("scientificName", &name), ("family", &family), ("taxonID", &id)]);
            prop_assert_eq!(&once, &again);
            prop_assert_eq!(once.len(), 1);
            let cd_nom = once.column_by_name("cdNom").unwrap().as_primitive::<Int32Type>();
            prop_assert_eq!(cd_nom.is_null(0), cell(&once, "matchType") == "NONE");
            Ok(())
        })?;
    }
}
