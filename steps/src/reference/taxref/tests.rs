#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

/// The TAXREF of the fixtures.
pub(crate) fn fixture() -> Taxref {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/reference");
    let names = std::fs::read_to_string(format!("{folder}/TAXREFv18.txt")).unwrap();
    let retired = std::fs::read_to_string(format!("{folder}/CDNOM_DISPARUS.txt")).unwrap();
    let mut lines = names.lines();
    let header: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let mut builder = TaxrefBuilder::new(&header).unwrap().version(18);
    for (line, row) in (2..).zip(lines) {
        builder.push(line, &row.split('\t').collect::<Vec<_>>()).unwrap();
    }
    let mut lines = retired.lines();
    let columns = RetiredColumns::new(&lines.next().unwrap().split('\t').collect::<Vec<_>>()).unwrap();
    lines.for_each(|row| builder.push_retired(&columns, &row.split('\t').collect::<Vec<_>>()));
    builder.build()
}

pub(crate) fn small(rows: &[(i32, i32, i32, i32, &str, &str)]) -> Taxref {
    let mut builder = TaxrefBuilder::new(&["CD_NOM", "CD_REF", "CD_SUP", "CD_TAXSUP", "RANG", "LB_NOM"]).unwrap();
    for (line, (cd_nom, cd_ref, sup, taxsup, rank, name)) in (2..).zip(rows) {
        let cells = [cd_nom, cd_ref, sup, taxsup].map(|number| match number {
            0 => String::new(),
            number => number.to_string(),
        });
        let mut record: Vec<&str> = cells.iter().map(String::as_str).collect();
        record.extend([rank, name]);
        builder.push(line, &record).unwrap();
    }
    builder.build()
}

fn lineage(taxref: &Taxref, cd_nom: i32) -> Vec<i32> {
    taxref.name(taxref.by_cd_nom(cd_nom).unwrap()).lineage().iter().map(|name| name.cd_nom()).collect()
}

#[test]
fn fixture_has_no_problem_and_climbs_to_the_root() {
    let taxref = fixture();
    assert_eq!(taxref.problems(), &[]);
    assert_eq!((taxref.version(), taxref.version_number()), ("TAXREF v18", Some(18)));
    for name in taxref.accepted() {
        let lineage = name.lineage();
        assert!(lineage.iter().any(|above| above.cd_nom() == 349525), "{name:?}");
        assert_eq!(lineage[0].cd_nom(), name.cd_ref());
    }
}

#[test]
fn synonyms_climb_from_their_accepted_name() {
    let taxref = fixture();
    assert_eq!(lineage(&taxref, 92412), lineage(&taxref, 107003));
    let name = taxref.name(taxref.by_cd_nom(92412).unwrap());
    assert_eq!(
        (name.cd_ref(), name.full(), name.canonical(), name.author()),
        (107003, "Copodium oxynemum Raf., 1817", "Copodium oxynemum", "Raf., 1817")
    );
    assert_eq!(name.vernacular(), Some("Lycopode en massue, Éguaire"));
    let names: Vec<i32> = name.names().map(|name| name.cd_nom()).collect();
    assert_eq!(names, [92412, 105694, 107003, 107017, 107025, 770669, 772810]);
}

#[test]
fn a_sub_genus_is_an_ancestor_and_counts_its_species() {
    let taxref = fixture();
    let keys = lineage(&taxref, 79300);
    assert_eq!(keys[..3], [79300, 9900016, 60411]);
    let sub_genus = taxref.name(taxref.by_cd_nom(9900016).unwrap());
    assert!(sub_genus.descendants().iter().any(|name| name.cd_nom() == 79300));
}

#[test]
fn both_parents_are_climbed_and_circles_end() {
    let taxref = small(&[
        (1, 1, 0, 0, "FM", "Aidae"),
        (2, 2, 1, 1, "GN", "Aus"),
        (3, 3, 2, 2, "SSGN", "Bus"),
        (4, 4, 3, 2, "ES", "Aus bus"),
        (5, 5, 99, 2, "ES", "Aus cus"),
        (6, 6, 7, 7, "GN", "Dus"),
        (7, 7, 6, 6, "GN", "Eus"),
        (8, 8, 8, 8, "GN", "Fus"),
        (9, 4, 0, 0, "ES  ", "Aus antiquus"),
        (10, 9, 0, 0, "ES", "Aus antiquissimus"),
    ]);
    assert_eq!(lineage(&taxref, 4), [4, 3, 2, 1]);
    assert_eq!(lineage(&taxref, 5), [5, 2, 1]);
    assert_eq!(lineage(&taxref, 6), [6, 7]);
    assert_eq!(lineage(&taxref, 8), [8]);
    assert_eq!(lineage(&taxref, 10), [4, 3, 2, 1]);
    assert_eq!(taxref.problems(), [Problem::UnknownParent(5)]);
    assert_eq!(taxref.name(taxref.by_cd_nom(9).unwrap()).rank(), Some(Rank::SPECIES));
}

#[test]
fn withdrawn_numbers_are_followed_as_far_as_they_lead() {
    let taxref = fixture();
    let cd_nom = |number| match taxref.resolve(number) {
        Resolution::Replaced(id) => taxref.name(id).cd_nom(),
        other => panic!("{number}: {other:?}"),
    };
    assert_eq!(cd_nom(99), 92);
    assert_eq!(cd_nom(9910001), 351);
    assert_eq!(cd_nom(9910006), 320);
    for frozen in [16, 8061, 13746, 255589, 9910003, 9910004, 9910005, 9910007] {
        assert_eq!(taxref.resolve(frozen), Resolution::Withdrawn(Retirement::Frozen), "{frozen}");
    }
    assert_eq!(taxref.resolve(137), Resolution::Withdrawn(Retirement::Deleted));
    assert_eq!(taxref.resolve(123456789), Resolution::Unknown);
    assert!(matches!(taxref.resolve(4319), Resolution::Current(_)));
}

#[test]
fn names_are_found_whole_and_canonical() {
    let taxref = fixture();
    let full = |text: &str| taxref.by_full_name(text).iter().map(|id| taxref.name(*id).cd_nom()).collect::<Vec<_>>();
    assert_eq!(full("Muscicapa striata Forster 1772"), [813834]);
    assert_eq!(full("muscicapa striata (pallas, 1764)"), [4319]);
    assert!(full("Muscicapa striata Pallas, 1764").is_empty());
    let mut canonical: Vec<i32> =
        taxref.by_canonical_key("muscicapa striata").iter().map(|id| taxref.name(*id).cd_nom()).collect();
    canonical.sort_unstable();
    assert_eq!(canonical, [4319, 813834]);
}

#[test]
fn a_file_without_its_columns_is_refused_by_name() {
    assert_eq!(TaxrefBuilder::new(&["CD_NOM", "RANG", "LB_NOM"]).unwrap_err(), MissingColumn("CD_REF"));
    let mut builder = TaxrefBuilder::new(&["\u{feff}cd_nom", "CD_REF", "RANG", "LB_NOM"]).unwrap();
    let error = builder.push(7, &["x", "1", "ES", "Aus bus"]).unwrap_err();
    assert_eq!(error.to_string(), "line 7: CD_NOM is not a number: \"x\"");
}
