#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn load(name: &str, text: &str) -> Result<Registry, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let prefix = format!("{}/", folder.path().display());
    Registry::load(&path).map_err(|error| error.to_string().replace(&prefix, ""))
}

const TOML: &str = r#"
[[dataset]]
archive = "https://ipt.example.org/archive.do/Aspe.ZIP?v=1.2"
key = "75025F2C-1B2D-5FE1-E053-2614A8C0F5A2"
title = "Poissons, cours d'eau"
provider = "OFB"
licence = "CC-BY 4.0"
unique_key_terms = ["institutionCode", "catalogNumber"]
unique_key_strip = ["spaces"]
changed_ids_limit = 0.2
date_order = "mdy"
living_atlas_issues = true
collector_names = true
schedule = "0 3 * * 1-5"
[dataset.default_values]
country = "France"
individualCount = 1

[[dataset]]
archive = "bourges"
"#;

const CSV: &str = "\u{feff}archive,key,title,provider,license,unique_key_terms,unique_key_strip,changed_ids_limit,default_values,date_order,living_atlas_issues,collector_names,schedule\n\
    https://ipt.example.org/archive.do/Aspe.ZIP?v=1.2,75025F2C-1B2D-5FE1-E053-2614A8C0F5A2,\"Poissons, cours d'eau\",OFB,\
    CC-BY 4.0,institutionCode | catalogNumber,spaces,20 %,country=France | individualCount=1,MDY,true,true,0 3 * * 1-5\n\
    bourges,,,,,,,,,,,,\n";

#[test]
fn toml_and_csv_say_the_same() {
    let toml = load("datasets.toml", TOML).unwrap();
    let csv = load("datasets.csv", CSV).unwrap();
    for registry in [&toml, &csv] {
        let aspe = registry.dataset("Aspe").unwrap();
        assert_eq!(aspe.key.as_deref(), Some("75025F2C-1B2D-5FE1-E053-2614A8C0F5A2"));
        assert_eq!(aspe.title.as_deref(), Some("Poissons, cours d'eau"));
        assert_eq!(aspe.license.as_deref(), Some("CC-BY 4.0"));
        assert_eq!(aspe.unique_key_terms, ["institutionCode", "catalogNumber"]);
        assert_eq!(aspe.unique_key_strip, Strip { spaces: true, non_ascii: false });
        assert_eq!(aspe.changed_ids_limit, Some(ShareLimit::Millionths(200_000)));
        assert_eq!(aspe.default_values["country"], "France");
        assert_eq!(aspe.default_values["individualCount"], "1");
        assert_eq!(aspe.date_order.as_deref(), Some("MDY"));
        assert_eq!(aspe.living_atlas_issues, Some(true));
        assert_eq!(aspe.collector_names, Some(true));
        assert_eq!(aspe.schedule.as_deref(), Some("0 3 * * 1-5"));
        assert_eq!(registry.iter().count(), 2);
    }
}

#[test]
fn a_dataset_answers_to_its_key_and_to_every_name_of_its_archive() {
    let registry = load("datasets.toml", TOML).unwrap();
    for name in ["75025F2C-1B2D-5FE1-E053-2614A8C0F5A2", "Aspe", "Aspe.zip", "in/Aspe.tar.gz"] {
        assert!(registry.dataset(name).is_some(), "{name}");
    }
    assert_eq!(registry.dataset("/data/bourges.zip").unwrap().archive.as_deref(), Some("bourges"));
    assert_eq!(registry.dataset("aspe"), None);
    assert_eq!(registry.dataset(""), None);
    assert_eq!(stem("a.b.txt.gz"), "a.b");
    assert_eq!(stem(".zip"), ".zip");
    assert_eq!(stem("é.zip"), "é");
}

#[test]
fn mistakes_are_told_with_file_line_and_remedy() {
    let cases = [
        (
            "d.toml",
            "[[dataset]]\narchive = 'a'\nprovidr = 'x'\n",
            "unknown key `providr` of a dataset (d.toml:3); did you mean `provider`?",
        ),
        ("d.toml", "[[datasets]]\narchive = 'a'\n", "unknown key `datasets` (d.toml:1); did you mean `dataset`?"),
        ("d.toml", "[dataset]\narchive = 'a'\n", "`dataset` is a table (d.toml:1); write `[[dataset]]`, once for each"),
        (
            "d.toml",
            "[[dataset]]\ntitle = 'a'\n",
            "a dataset has neither `archive` nor `key` (d.toml:1); give the name of its archive, or its key",
        ),
        (
            "d.toml",
            "[[dataset]]\nkey = '../x'\n",
            "`key` of a dataset is `../x` (d.toml:2); give a UUID, or a name of letters, digits, `-`, `_` and `.`",
        ),
        (
            "d.toml",
            "[[dataset]]\narchive = 'a.zip'\n[[dataset]]\narchive = 'in/a.tgz'\n",
            "the archive `in/a.tgz` is that of the dataset in line 1 already (d.toml:3); keep one of the two",
        ),
        (
            "d.toml",
            "[[dataset]]\nkey = 'a'\ndate_order = 'YMD'\nschedule = '61 * * * *'\n",
            "`date_order` of a dataset is `YMD` (d.toml:3); give one of `DMY`, `MDY`, `ISO`\n\
             `schedule` of a dataset is `61 * * * *` (d.toml:4); \
             give `hourly`, `daily`, `weekly`, `monthly`, `never`, or five fields as cron has them",
        ),
        (
            "d.toml",
            "[[dataset]]\nkey = 'a'\nunique_key_strip = ['space']\nchanged_ids_limit = 50\n",
            "`unique_key_strip` of a dataset is a list (d.toml:3); give a list of `spaces`, `non_ascii`\n\
             `changed_ids_limit` of a dataset is `50` (d.toml:4); give a share such as `0.5` or `50 %`, or `off`",
        ),
        ("d.csv", "archive,titel\na,b\n", "unknown column `titel` (d.csv:1); did you mean `title`?"),
        (
            "d.csv",
            "archive,title\na,b\nc,d,e\n",
            "a row has 3 cells where the header has 2 (d.csv:3); quote cells that hold commas",
        ),
        (
            "d.csv",
            "archive,default_values\na,country\n",
            "`default_values` of a dataset is `country` (d.csv:2); give a table with a text for each term",
        ),
    ];
    for (name, text, message) in cases {
        assert_eq!(load(name, text), Err(message.to_owned()));
    }
}
