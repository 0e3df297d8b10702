//! Wrong usage: exit status 2, nothing written, and a message that says what would be right.

use crate::program::{openobs, text};

#[test]
fn wrong_usage_is_told_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = text(&folder.path().join("out"));
    let configuration = folder.path().join("wrong.toml");
    std::fs::write(&configuration, "[run]\nthread = 2\n").unwrap();
    let configuration = text(&configuration);
    let fixture = "fixtures/archives/carnets-naturalistes";
    let message = |arguments: &[&str]| {
        let ended = openobs(arguments).with_status(2);
        ended.stderr.replace(&text(folder.path()), "FOLDER")
    };
    insta::assert_snapshot!(message(&["run", fixture, "--out", &out, "--config", &configuration]), @r#"openobs: unknown key `run.thread` (FOLDER/wrong.toml:2); did you mean `run.threads`?"#);
    insta::assert_snapshot!(message(&["run", fixture, "--out", &out, "--products", "occurence"]), @r#"openobs: `outputs.products`, from the command line, names `occurence`; give a list of `verbatim`, `occurrence`, `index`, `archives`, `gbif`, `indicators`, `report`"#);
    insta::assert_snapshot!(message(&["run", fixture, "--out", &out, "--set", "run.threads"]), @r#"openobs: --set run.threads has no value; write --set KEY=VALUE, such as --set run.threads=2"#);
    insta::assert_snapshot!(message(&["run", "no/such/archive.zip", "--out", &out]), @r#"openobs: no/such/archive.zip cannot be read: No such file or directory (os error 2); check the path"#);
    insta::assert_snapshot!(message(&["run", "ftp://host/a.zip", "--out", &out]), @r#"openobs: archives cannot be read from ftp://; use a path, file://, http://, https:// or s3://"#);
    insta::assert_snapshot!(message(&["sql", "SELECT 1", "--out", &out]), @r#"openobs: nothing was committed under FOLDER/out; run `openobs run ARCHIVE --out` with it first"#);
    std::fs::write(folder.path().join("ours.tsv"), "concept\tlabel\nFemale\tbiche\nHermafrodite\tescargot\n").unwrap();
    let words = format!("vocabularies.sex={}/ours.tsv", text(folder.path()));
    insta::assert_snapshot!(message(&["run", fixture, "--out", &out, "--set", &words]), @r#"openobs: `vocabularies.sex`: there is no concept `Hermafrodite` (FOLDER/ours.tsv:3); did you mean `Hermaphrodite`?"#);
    insta::assert_snapshot!(message(&["run", fixture, "--out", &out, "--set", "vocabularies.sexe=a.tsv"]), @r#"openobs: unknown key `vocabularies.sexe` on the command line; did you mean `vocabularies.sex`?"#);
    assert!(!folder.path().join("out").exists());
    openobs(&["conquer"]).with_status(2);
}

#[test]
fn small_commands_answer() {
    let stdout = |arguments: &[&str], status: i32| openobs(arguments).with_status(status).stdout;
    assert!(stdout(&["steps"], 0).contains("interpret_temporal(eventDate, year, month, day"));
    assert!(stdout(&["completions", "bash"], 0).contains("_openobs"));
    assert!(stdout(&["man"], 0).contains(".TH openobs"));
    assert!(stdout(&["config"], 0).contains("[references]"));
    assert!(stdout(&["sql", "SELECT 1 + 1 AS two", "--json"], 0).contains("{\"two\":2}"));
    let tables = ["test", "fixtures/steps", "--config", "configs/quickstart.toml"];
    assert!(stdout(&tables, 0).contains(" 0 failed, 0 skipped"));
    assert!(stdout(&["validate", "fixtures/archives/quotes-stray"], 1).contains("not publishable"));
}
