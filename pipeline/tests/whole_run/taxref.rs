//! TAXREF from its published files and from the file that `openobs reference build` makes of them.

use std::path::{Path, PathBuf};

use crate::archive::{Table, write_folder};
use crate::program::{openobs, openobs_with_references, repository, run_with, sql, text};

fn reference(file: &str) -> PathBuf {
    repository().join("fixtures/reference").join(file)
}

/// Builds a release and returns the summary.
fn build(inputs: &[&Path], out: &Path) -> serde_json::Value {
    let mut arguments = vec!["reference".to_owned(), "build".to_owned()];
    arguments.extend(inputs.iter().map(|input| text(input)));
    arguments.extend(["--out".to_owned(), text(out), "--json".to_owned()]);
    serde_json::from_str(&openobs(&arguments).with_status(0).stdout).unwrap()
}

/// All files below a folder, by their paths in it.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push((path.strip_prefix(folder).unwrap().to_owned(), std::fs::read(&path).unwrap())),
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_built_file_gives_the_bytes_that_the_published_files_give() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = ["TAXREFv18.txt", "CDNOM_DISPARUS.txt", "bdc_statuts_18.csv"].map(reference);
    let built = folder.path().join("built.arrow");
    build(&inputs.each_ref().map(PathBuf::as_path), &built);
    let archive = repository().join("fixtures/archives/carnets-naturalistes");
    let (one, other) = (folder.path().join("published"), folder.path().join("from-built"));
    run_with(&[&archive], &one, &[]).with_status(0);
    // The same configuration, but that one file stands for three.
    let configuration = std::fs::read_to_string(repository().join("configs/quickstart.toml")).unwrap();
    let lines: Vec<String> = configuration
        .lines()
        .filter(|line| !line.starts_with("taxref_"))
        .map(|line| match line.starts_with("taxref = ") {
            true => format!("taxref = {:?}", text(&built)),
            false => line.replace("../fixtures", &text(&repository().join("fixtures"))),
        })
        .collect();
    let path = folder.path().join("built.toml");
    std::fs::write(&path, lines.join("\n")).unwrap();
    let arguments = ["run", &text(&archive), "--out", &text(&other), "--config", &text(&path)].map(str::to_owned);
    openobs(&arguments).with_status(0);
    for part in ["public", "restricted"] {
        let (one, other) = (files(&one.join(part)), files(&other.join(part)));
        assert!(!one.is_empty());
        for (one, other) in one.iter().zip(&other) {
            assert_eq!(one.0, other.0);
            assert!(one.1 == other.1, "{}", one.0.display());
        }
        assert_eq!(one.len(), other.len());
    }
    // A file that has it all takes nothing beside it.
    let taxref = format!("references.taxref={}", text(&built));
    let ended =
        openobs_with_references(&["run", &text(&archive), "--out", &text(&one), "--set", &taxref]).with_status(2);
    assert!(
        ended.stderr.contains("`references.taxref_retired` cannot be added to a TAXREF that is built"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_release_is_built_from_files_folders_and_zips_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let names = ["TAXREFv18.txt", "CDNOM_DISPARUS.txt", "TAXVERNv18.txt", "bdc_statuts_18.csv"];
    let zip = |entries: &[(&str, Vec<u8>)]| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut writer, bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let content = |name: &str| std::fs::read(reference(name)).unwrap();
    let inner = zip(&[("bdc_statuts_18.csv", content(names[3])), ("BDC_STATUTS_TYPES_18.csv", b"a,b\n".to_vec())]);
    let mut entries: Vec<(&str, Vec<u8>)> = names[..3].iter().map(|name| (*name, content(name))).collect();
    entries.extend([("TAXREF_LIENS.txt", b"CT_NAME\n".to_vec()), ("BDC-STATUTS-v18.zip", inner)]);
    std::fs::write(at("TAXREF_v18_2025.zip"), zip(&entries)).unwrap();

    let files = names.map(reference);
    let of_files = build(&files.each_ref().map(PathBuf::as_path), &at("files.arrow"));
    let of_zip = build(&[&at("TAXREF_v18_2025.zip")], &at("zip.arrow"));
    std::fs::create_dir(at("made")).unwrap();
    let of_folder = build(&[&reference("")], &at("made"));
    let bytes = |name: &str| std::fs::read(at(name)).unwrap();
    assert!(bytes("files.arrow") == bytes("zip.arrow"));
    assert!(bytes("files.arrow") == bytes("made/taxref-v18.arrow"));
    assert_eq!((&of_files["sha256"], &of_zip["sha256"]), (&of_folder["sha256"], &of_folder["sha256"]));
    assert_eq!(of_zip["unused"], serde_json::json!(["TAXREF_LIENS.txt", "BDC_STATUTS_TYPES_18.csv"]));
    assert_eq!((&of_zip["version"], &of_zip["statuses"]), (&"TAXREF v18".into(), &19.into()));
    let problems: Vec<(String, String)> = of_zip["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| {
            (problem["problem"].as_str().unwrap().to_owned(), problem["examples"][0].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(
        problems,
        [
            ("status of a number that is not in TAXREF (left out)".to_owned(), "847285".to_owned()),
            ("area of statuses (CD_SIG) that is not known (they apply nowhere)".to_owned(), "INSEEX99".to_owned()),
        ]
    );
}

#[test]
fn what_cannot_be_used_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let message = |arguments: &[&str]| openobs(arguments).with_status(2).stderr.replace(&text(folder.path()), "FOLDER");
    std::fs::write(at("notes.txt"), "CD_NOM\n1\n").unwrap();
    std::fs::write(at("TAXREFv9.txt"), "CD_NOM\tRANG\n1\tES\n").unwrap();
    let out = text(&at("out.arrow"));
    insta::assert_snapshot!(message(&["reference", "build", &text(&at("notes.txt")), "--out", &out]), @"openobs: FOLDER/notes.txt is no file of TAXREF, and holds none; give TAXREFvNN.txt, CDNOM_DISPARUS.txt, TAXVERNvNN.txt, bdc_statuts_NN.csv, or the folder or zip that holds them");
    insta::assert_snapshot!(message(&["reference", "build", &text(&reference("CDNOM_DISPARUS.txt")), "--out", &out]), @"openobs: the names of TAXREF are not among the files; give TAXREFvNN.txt, or what holds it");
    insta::assert_snapshot!(message(&["reference", "build", &text(&at("TAXREFv9.txt")), "--out", &out]), @"openobs: the file is not of TAXREF: column CD_REF is missing (file FOLDER/TAXREFv9.txt)");
    insta::assert_snapshot!(message(&["reference", "build", &text(&at("TAXREFv9.txt")), &text(&reference("TAXREFv18.txt")), "--out", &out]), @"openobs: TAXREFv9.txt and TAXREFv18.txt are of two releases, or twice the same; give the files of one release");
    assert!(!at("out.arrow").exists());
    build(&[&reference("TAXREFv18.txt")], &at("out.arrow"));
    let mut bytes = std::fs::read(at("out.arrow")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(at("out.arrow"), &bytes).unwrap();
    let names = text(&at("names.txt"));
    std::fs::write(at("names.txt"), "Lutra lutra\n").unwrap();
    let taxref = format!("references.taxref={out}");
    insta::assert_snapshot!(message(&["reference", "match", &names, "--set", &taxref]), @"openobs: the built TAXREF is damaged: its content is not what was written (file FOLDER/out.arrow); build it again with `openobs reference build`");
    std::fs::write(at("out.arrow"), &bytes[..100]).unwrap();
    insta::assert_snapshot!(message(&["reference", "match", &names, "--set", &taxref]), @"openobs: the built TAXREF is damaged: it ends too early (file FOLDER/out.arrow); build it again with `openobs reference build`");
}

/// Odd files that are read all the same: Latin-1, trailing blanks, other columns, a long name with quotes and tabs.
#[test]
fn odd_releases_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let vernacular = format!("Le \"\"gobe-mouche\"\" gris\t{}", "dit gobe-mouche ".repeat(80));
    let rows = format!(
        "LB_NOM\tRANG\tNOM_VERN\tLB_AUTEUR\tCD_REF\tCD_NOM\nMuscicapa striata\tES  \t\"{vernacular}\"\tPallas, 1764\t4319\t4319\n\
         Muscicapa ficedula\tES\tBecfigue d'\u{e9}t\u{e9}\tLinn\u{e9}, 1758\t4320\t4320\nAus local\tES\t\t\t-12\t-12\n"
    );
    let latin: Vec<u8> = rows.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    std::fs::write(at("TAXREFv9.txt"), latin).unwrap();
    let summary = build(&[folder.path()], &at("odd.arrow"));
    assert_eq!((&summary["names"], &summary["version"]), (&2.into(), &"TAXREF v9".into()));
    assert_eq!(summary["problems"][0]["examples"], serde_json::json!(["-12"]));
    std::fs::write(at("names.csv"), "cdNom\n4319\n4320\n-12\n").unwrap();
    let taxref = format!("references.taxref={}", text(&at("odd.arrow")));
    let arguments = ["reference", "match", &text(&at("names.csv")), "--set", &taxref].map(str::to_owned);
    let answer = openobs(&arguments).with_status(0).stdout;
    assert!(answer.contains(&vernacular.trim_end().to_owned()), "{answer}");
    assert!(
        answer.contains("species") && answer.contains("Becfigue d'été") && answer.contains("-12,Aucune"),
        "{answer}"
    );
}

#[test]
fn statuses_are_those_of_the_place_and_are_masked_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let columns = ["occurrenceID", "basisOfRecord", "scientificName", "taxonID", "locationID", "county", "countryCode"];
    let seen = Table::new("Occurrence", &columns)
        .row(&["free", "HumanObservation", "Rana ridibunda", "342", "", "26", "FR"])
        .row(&["protected", "HumanObservation", "Cypripedium calceolus", "94041", "38185", "", "FR"])
        .row(&["absent", "HumanObservation", "Charadrius alexandrinus", "3142", "", "", "GF"]);
    write_folder(folder.path(), "places", &[&seen]);
    let out = folder.path().join("out");
    run_with(&[&folder.path().join("places")], &out, &[]).with_status(0);
    let query = |table: &str| {
        sql(
            &out,
            &format!(
                "SELECT occurrenceID, diffusionLevel, taxrefTerritory, taxrefStatus, array_to_string(statusCodes, ' ') AS codes, \
             especeReglementee, array_to_string(issues, ' ') AS issues FROM {table} ORDER BY occurrenceID"
            ),
        )
    };
    let rows = query("occurrence");
    let text_of = |row: usize, name: &str| rows[row][name].to_string();
    assert_eq!(text_of(0, "taxrefStatus"), "\"A\"");
    assert!(text_of(0, "issues").contains("TAXREF_ABSENT_FROM_TERRITORY"), "{rows:?}");
    assert!(text_of(1, "codes").contains("LRR:NA REGLSO:true"), "{rows:?}");
    assert_eq!(text_of(1, "taxrefTerritory"), "\"FR\"");
    // The statuses of a protected record would tell its commune or its department.
    let protected = &rows[2];
    assert_eq!(protected["diffusionLevel"].as_i64(), Some(2), "{protected}");
    for column in ["taxrefStatus", "codes", "especeReglementee"] {
        assert!(protected[column].is_null(), "{protected}");
    }
    let exact = query("occurrence_restricted");
    assert!(
        exact[0]["codes"].to_string().contains("PD:true") && exact[0]["codes"].to_string().contains("PR:true"),
        "{exact:?}"
    );
}
