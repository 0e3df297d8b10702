//! A data team's own words, from the configuration to the outcome of a table test and of a run.

use crate::archive::{Table, write_folder};
use crate::program::{openobs, run_with, sql, text};

#[test]
fn words_of_a_configured_file_change_the_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("sex.tsv", "# what our observers write\nlabel\tconcept\nbiche\tFemale\nbiches\tFemale\ncerf\tMale\n");
    write("country.tsv", "concept\tlabel\nFR\tChez nous\n");
    write("configuration.toml", "[vocabularies]\nsex = 'sex.tsv'\ncountry = ['country.tsv']\n");
    let configuration = text(&folder.path().join("configuration.toml"));

    // The same table of cases, without and with the file.
    write(
        "basic.csv",
        "case,sex,basisOfRecord,=basisOfRecord,=occurrenceStatus,=sex,=license,=isSequenced\n\
         hind,Biche,HumanObservation,HUMAN_OBSERVATION,PRESENT,Female,UNSPECIFIED,false\n",
    );
    let table = text(&folder.path().join("basic.csv"));
    let without = openobs(&["test", &table]).with_status(1);
    assert!(without.stdout.contains("0 passed, 1 failed"), "{}", without.stdout);
    let with = openobs(&["test", &table, "--config", &configuration]).with_status(0);
    assert!(with.stdout.contains("1 passed, 0 failed"), "{}", with.stdout);

    // The same archive. The second run does it again because its words are others.
    let seen = Table::new("Occurrence", &["occurrenceID", "basisOfRecord", "sex", "country"])
        .row(&["o1", "HumanObservation", "2 biches, 1 cerf", "Chez nous"])
        .row(&["o2", "HumanObservation", "Biche", "France"]);
    write_folder(folder.path(), "deer", &[&seen]);
    let (archive, out) = (folder.path().join("deer"), folder.path().join("out"));
    let query = "SELECT occurrenceID, sex, countryCode FROM occurrence ORDER BY occurrenceID";
    run_with(&[&archive], &out, &[]).with_status(0);
    let rows = sql(&out, query);
    assert_eq!((&rows[0]["countryCode"], &rows[1]["sex"]), (&serde_json::Value::Null, &serde_json::Value::Null));
    run_with(&[&archive], &out, &["--config", &configuration]).with_status(0);
    let rows = sql(&out, query);
    assert_eq!(
        (&rows[0]["countryCode"], &rows[0]["sex"], &rows[1]["sex"]),
        (&"FR".into(), &"Mixed".into(), &"Female".into())
    );
}
