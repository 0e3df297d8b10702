#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{Schema, UInt32Type};
use proptest::prelude::*;

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
    // T25
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
    // T26
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

#[test]
fn a_release_comes_back_from_its_batch_without_a_copy() {
    let mut builder = builder(
        &["CD_NOM", "CD_REF", "RANG", "LB_NOM", "NOM_VERN", "FR", "REU"],
        &[&["4319", "4319", "ES", "Muscicapa striata", "Gobemouche gris", "P", "A"]],
    );
    let columns = StatusColumns::new(&["CD_NOM", "CD_TYPE_STATUT", "CODE_STATUT", "LABEL_STATUT", "CD_SIG"]).unwrap();
    builder.push_status(&columns, 2, &["4319", "LRN", "NT", "Quasi menacée", "TERFXFR"]).unwrap();
    for taxref in [fixture(), small(&[]), builder.version(18).build()] {
        let batch = taxref.to_batch().unwrap();
        assert_eq!(batch.num_rows(), 1);
        let back = Taxref::from_batch(&batch).unwrap();
        assert_eq!(back.to_batch().unwrap(), batch);
        assert_eq!(back.names.cd_noms.as_ptr(), taxref.names.cd_noms.as_ptr());
        assert_eq!((back.version(), back.version_number()), (taxref.version(), taxref.version_number()));
        assert_eq!(back.problems(), taxref.problems());
        for name in taxref.accepted() {
            let same = back.name(back.by_cd_nom(name.cd_nom()).unwrap());
            assert_eq!(format!("{:?}", same.lineage()), format!("{:?}", name.lineage()));
            assert_eq!(same.vernacular(), name.vernacular());
            assert!(same.statuses().eq(name.statuses()));
        }
        assert_eq!(back.resolve(9910001), taxref.resolve(9910001));
    }
}

#[test]
fn a_batch_of_something_else_is_refused() {
    let batch = fixture().to_batch().unwrap();
    let plain = RecordBatch::try_new(
        std::sync::Arc::new(Schema::new(batch.schema().fields().clone())),
        batch.columns().to_vec(),
    );
    let error = Taxref::from_batch(&plain.unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "it does not say that it holds TAXREF");
    let two = arrow::compute::concat_batches(&batch.schema(), [&batch, &batch]).unwrap();
    assert!(matches!(Taxref::from_batch(&two).unwrap_err(), NotTaxref::Damaged { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn a_damaged_table_is_told_or_harmless(column in 0..24_usize, at in any::<prop::sample::Index>(), value in any::<u32>()) {
        static BATCH: std::sync::LazyLock<RecordBatch> = std::sync::LazyLock::new(|| fixture().to_batch().unwrap());
        let batch = &*BATCH;
        let mut columns = batch.columns().to_vec();
        let column = column % columns.len();
        let Some(list) = columns[column].as_list_opt::<i32>() else { return Ok(()) };
        let values = list.value(0);
        let Some(numbers) = values.as_primitive_opt::<UInt32Type>().filter(|numbers| !numbers.is_empty()) else {
            return Ok(());
        };
        let mut changed: Vec<u32> = numbers.values().to_vec();
        let at = at.index(changed.len());
        changed[at] = if value % 2 == 0 { value } else { value % 300 };
        let arrow::datatypes::DataType::List(item) = list.data_type() else { return Ok(()) };
        let changed: ArrayRef = std::sync::Arc::new(arrow::array::UInt32Array::from(changed));
        columns[column] = std::sync::Arc::new(arrow::array::ListArray::new(
            item.clone(),
            arrow::buffer::OffsetBuffer::from_lengths([changed.len()]),
            changed,
            None,
        ));
        if let Ok(taxref) = Taxref::from_batch(&RecordBatch::try_new(batch.schema(), columns).unwrap()) {
            for name in taxref.accepted() {
                name.lineage();
                name.descendants();
                name.statuses().for_each(drop);
                taxref.by_full_name(name.full());
                taxref.first_words('m').for_each(|(_, range)| taxref.alphabet(range).for_each(drop));
            }
        }
    }
}

fn builder(header: &[&str], rows: &[&[&str]]) -> TaxrefBuilder {
    let mut builder = TaxrefBuilder::new(header).unwrap();
    for (line, row) in (2..).zip(rows) {
        builder.push(line, row).unwrap();
    }
    builder
}

#[test]
fn local_numbers_are_no_names_and_ranks_lose_their_blanks() {
    // T23, T24
    let taxref = builder(
        &["CD_NOM", "CD_REF", "RANG", "LB_NOM"],
        &[&["-12", "-12", "ES", "Aus bus"], &["0", "0", "ES", "Aus cus"], &["7", "7", "ES  ", "Aus dus"]],
    )
    .build();
    assert_eq!(taxref.len(), 1);
    assert_eq!(taxref.by_cd_nom(-12), None);
    assert_eq!(taxref.problems(), [Problem::LocalCdNom(-12), Problem::LocalCdNom(0)]);
    assert_eq!(taxref.name(taxref.by_cd_nom(7).unwrap()).rank(), Some(Rank::SPECIES));
}

#[test]
fn names_of_taxvern_fill_what_taxref_leaves_empty() {
    let mut builder = builder(
        &["CD_NOM", "CD_REF", "RANG", "LB_NOM", "NOM_VERN", "NOM_VERN_ENG"],
        &[
            &["1", "1", "ES", "Aus bus", "Bus commun", ""],
            &["2", "1", "ES", "Aus cus", "", ""],
            &["3", "3", "ES", "Aus dus"],
        ],
    );
    let columns = VernacularColumns::new(&["CD_NOM", "LB_VERN", "LANGUE"]).unwrap();
    for row in [
        ["1", "Bus vulgaire", "français"],
        ["2", "Common Bus", "anglais"],
        ["3", "Dus", "français"],
        ["3", "Dus blanc", "Français"],
        ["3", "Dus", "français"],
        ["3", "Weißer Dus", "allemand"],
        ["9", "Rien", "français"],
    ] {
        builder.push_vernacular(&columns, &row);
    }
    let taxref = builder.build();
    let name = |cd_nom| taxref.name(taxref.by_cd_nom(cd_nom).unwrap());
    assert_eq!((name(1).vernacular(), name(2).vernacular_english()), (Some("Bus commun"), Some("Common Bus")));
    assert_eq!((name(3).vernacular(), name(3).vernacular_english()), (Some("Dus, Dus blanc"), None));
}

#[test]
fn statuses_are_kept_once_and_found_by_taxon() {
    let mut builder = builder(
        &["CD_NOM", "CD_REF", "RANG", "LB_NOM"],
        &[&["1", "1", "ES", "Aus bus"], &["2", "1", "ES", "Aus cus"], &["3", "3", "ES", "Aus dus"]],
    );
    builder.retired(8, Some(3), Some(1));
    let header = ["cd_nom", "cd_ref", "cd_type_statut", "code_statut", "label_statut", "cd_sig"];
    let columns = StatusColumns::new(&header).unwrap();
    for row in [
        ["2", "1", "LRN", "VU", "Vulnérable", "TERFXFR"],
        ["1", "1", "LRN", "VU", "Vulnérable", "TERFXFR"],
        ["8", "8", "LRN", "VU", "Vulnérable", "TERFXFR"],
        ["3", "3", "PR", "true", "true", "INSEER82"],
        ["847285", "847285", "PR", "true", "true", "INSEER82"],
    ] {
        builder.push_status(&columns, 2, &row).unwrap();
    }
    assert_eq!(
        builder.push_status(&columns, 9, &["x"]).unwrap_err().to_string(),
        "line 9: CD_NOM is not a number: \"x\""
    );
    let taxref = builder.build();
    let of = |cd_nom| {
        let name = taxref.name(taxref.by_cd_nom(cd_nom).unwrap());
        name.statuses().map(|status| format!("{}:{}@{}", status.kind, status.code, status.area)).collect::<Vec<_>>()
    };
    assert_eq!(taxref.statuses().count(), 2);
    assert_eq!((of(1), of(2)), (vec!["LRN:VU@TERFXFR".to_owned()], vec!["LRN:VU@TERFXFR".to_owned()]));
    assert_eq!(of(3), ["LRN:VU@TERFXFR", "PR:true@INSEER82"]);
    assert_eq!(taxref.problems(), [Problem::UnknownStatusTaxon(847285)]);
}

/// Names in built files must be found by the keys of this version: when this number changes, `FORMAT` must change too.
#[test]
fn keys_of_built_files_are_those_of_their_format() {
    let taxref = fixture();
    let mut keys = String::new();
    for row in (0_u32..).take(taxref.len()) {
        let name = taxref.name(NameId(row));
        keys += &full_name_key(name.full());
        keys += &Reading::of(name.canonical()).key;
    }
    assert_eq!(hash_of(&keys), 3_017_232_508_670_398_817);
}
