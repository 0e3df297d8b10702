#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::*;

fn load(files: &[(&str, &str)], environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        paths.push(path);
    }
    let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let prefix = format!("{}/", folder.path().display());
    Settings::load(&paths, owned(environment).into_iter(), &owned(flags))
        .map_err(|error| error.to_string().replace(&prefix, ""))
}

fn file(text: &str) -> Result<Settings, String> {
    load(&[("configs/local.toml", text)], &[], &[])
}

#[test]
fn nothing_given_is_all_defaults() {
    let settings = load(&[], &[("PATH", "/bin"), ("OPENOBS_LOG", "debug")], &[]).unwrap();
    assert_eq!(settings.run, Run { date: None, threads: 0, memory_limit: 0, datasets_at_once: 0, shard_rows: 200_000 });
    assert_eq!(settings.archive.cell_bytes, 4 << 20);
    assert_eq!(settings.archive.total_uncompressed_bytes, 512 << 30);
    assert_eq!(settings.references.communes, None);
    assert_eq!(settings.interpretation.date_order, DateOrder::DayMonthYear);
    assert_eq!(settings.outputs.products.len(), 7);
    assert_eq!(settings.outputs.verbatim.formats, [VerbatimFormat::Avro, VerbatimFormat::Parquet]);
    assert_eq!(settings.outputs.index.compression, Compression::Zstd);
}

#[test]
fn later_files_then_variables_then_flags_win() {
    let files = [
        ("a.toml", "[run]\nthreads = 1\nshard_rows = 10\n[outputs]\nproducts = ['report', 'index', 'index']\n"),
        ("b.toml", "run.threads = 2\nrun.memory_limit = '1 GiB'\nrun.datasets_at_once = 2"),
    ];
    let environment = [("OPENOBS_RUN_THREADS", "3"), ("OPENOBS_RUN_MEMORY_LIMIT", "2GiB"), ("OPENOBS_RUN_DATE", "")];
    let settings = load(&files, &environment, &[("run.threads", "4"), ("run.date", "2024-06-01")]).unwrap();
    assert_eq!(
        settings.run,
        Run {
            date: Some(jiff::civil::date(2024, 6, 1)),
            threads: 4,
            memory_limit: 2 << 30,
            datasets_at_once: 2,
            shard_rows: 10
        }
    );
    assert_eq!(settings.outputs.products, [Product::Index, Product::Report]);
}

#[test]
fn paths_start_at_the_file_that_gives_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("local.toml");
    let text = "registry = 'd.csv'\n\
                [references]\ntaxref = '/data/TAXREFv18.txt'\nsensitivity = ['a.csv', 's3://bucket/b.csv']\n\
                departments = 'geo/d.geojson'\ncommunes = { path = 'geo/c.parquet', code = 'INSEE_COM' }\n\
                [references.countries]\npath = 'geo/w.fgb'\nname = ['a', 'b']\n";
    fs::write(&path, text).unwrap();
    let environment = [("OPENOBS_REFERENCES_GRID".to_owned(), "grid.parquet".to_owned())];
    let flags = [("references.taxref_retired".to_owned(), "retired.txt".to_owned())];
    let settings = Settings::load(&[path], environment.into_iter(), &flags).unwrap();
    let at = |name: &str| folder.path().join(name);
    let references = settings.references;
    assert_eq!(settings.registry, Some(at("d.csv")));
    assert_eq!(references.taxref, Some(PathBuf::from("/data/TAXREFv18.txt")));
    assert_eq!(references.taxref_retired, Some(PathBuf::from("retired.txt")));
    assert_eq!(references.sensitivity, [at("a.csv"), PathBuf::from("s3://bucket/b.csv")]);
    let departments = references.departments.unwrap();
    assert_eq!(departments.path, at("geo/d.geojson"));
    assert_eq!(departments.code.find(|name| (name == "code_insee").then_some(1)), Some(1));
    let communes = references.communes.unwrap();
    assert_eq!((communes.path, communes.code.0), (at("geo/c.parquet"), vec!["INSEE_COM".to_owned()]));
    assert_eq!(references.countries.unwrap().name.to_string(), "a, b");
    assert_eq!(references.grid.unwrap().path, PathBuf::from("grid.parquet"));
}

#[test]
fn sizes_have_units() {
    let size = |text: &str| load(&[], &[], &[("run.memory_limit", text)]).map(|settings| settings.run.memory_limit);
    for (text, bytes) in [
        ("2 GiB", 2 << 30),
        ("2GiB", 2 << 30),
        ("512MB", 512_000_000),
        ("1.5 kB", 1500),
        ("1_024", 1024),
        ("4g", 4 << 30),
        ("0", 0),
    ] {
        assert_eq!(size(text), Ok(bytes), "{text}");
    }
    for text in ["2 apples", "-1", "GiB", "1.00001 kB", "99999999999 TiB", "1.2.3 MB", "NaN"] {
        let message = format!(
            "`run.memory_limit`, from the command line, is `{text}`; \
             give a size such as `512 MB`, `2 GiB` or a number of bytes"
        );
        assert_eq!(size(text), Err(message));
    }
    assert_eq!(file("run.memory_limit = 1_000_000").unwrap().run.memory_limit, 1_000_000);
}

#[test]
fn an_unknown_key_is_told_with_its_line_and_what_is_near() {
    let cases = [
        ("[run]\n\nthread = 1\n", "unknown key `run.thread` (configs/local.toml:3); did you mean `run.threads`?"),
        (
            "run.sensitivity = 'a'\n",
            "unknown key `run.sensitivity` (configs/local.toml:1); did you mean `references.sensitivity`?",
        ),
        ("[runs]\nx = 1\n", "unknown section `runs` (configs/local.toml:1); did you mean `run`?"),
        (
            "[outputs.indx]\ncompression = 'zstd'\n",
            "unknown section `outputs.indx` (configs/local.toml:1); did you mean `outputs.index`?",
        ),
        ("elephants = 1\n", "unknown key `elephants` (configs/local.toml:1); see configs/example.toml for every key"),
        ("run = 5\n", "`run` is `5`, and it is a section (configs/local.toml:1); give its keys under `[run]`"),
        (
            "[references.communes]\ncodes = 'x'\n",
            "unknown key `references.communes.codes` (configs/local.toml:2); did you mean `references.communes.code`?",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(file(text), Err(message.to_owned()));
    }
    assert_eq!(
        load(&[], &[("OPENOBS_RUN_THREAD", "1")], &[]),
        Err("unknown variable `OPENOBS_RUN_THREAD`; did you mean `OPENOBS_RUN_THREADS`?".to_owned())
    );
    assert_eq!(
        load(&[], &[], &[("run.thread", "1")]),
        Err("unknown key `run.thread` on the command line; did you mean `run.threads`?".to_owned())
    );
}

#[test]
fn a_wrong_value_is_told_with_where_it_comes_from_and_what_is_accepted() {
    let cases = [
        ("run.threads = -1", "`run.threads` is `-1` (configs/local.toml:1); give a whole number from 0"),
        ("run.threads = '4'", "`run.threads` is `4` (configs/local.toml:1); give a whole number from 0"),
        ("run.shard_rows = 0", "`run.shard_rows` is `0` (configs/local.toml:1); give a whole number from 1"),
        ("run.date = 2024-13-01x", "the file is not TOML: "),
        (
            "run.date = '2024-02-30'",
            "`run.date` is `2024-02-30` (configs/local.toml:1); give a date such as `2024-06-01`",
        ),
        (
            "run.date = 2024-06-01T12:00:00",
            "`run.date` is `2024-06-01T12:00:00` (configs/local.toml:1); give a date such as `2024-06-01`",
        ),
        (
            "[outputs.index]\ncompression = 'lzma'",
            "`outputs.index.compression` is `lzma` (configs/local.toml:2); give one of `zstd`, `gzip`, `none`",
        ),
        (
            "outputs.verbatim.formats = ['avro', 'orc']",
            "`outputs.verbatim.formats` names `orc` (configs/local.toml:1); give a list of `avro`, `parquet`",
        ),
        ("references.taxref = ''", "`references.taxref` is `` (configs/local.toml:1); give a path"),
        (
            "[run]\nthreads = true\ndate = []\n",
            "`run.threads` is `true` (configs/local.toml:2); give a whole number from 0\n\
             `run.date` is a list (configs/local.toml:3); give a date such as `2024-06-01`",
        ),
    ];
    for (text, message) in cases {
        let error = file(text).unwrap_err();
        assert!(if message.ends_with(": ") { error.starts_with(message) } else { error == message }, "{text}: {error}");
    }
    assert_eq!(
        load(&[], &[("OPENOBS_RUN_DATE", "yesterday")], &[]),
        Err("`run.date`, from the variable `OPENOBS_RUN_DATE`, is `yesterday`; give a date such as `2024-06-01`"
            .to_owned())
    );
    let error = Settings::load(&[PathBuf::from("none.toml")], std::iter::empty(), &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the file cannot be read: No such file or directory (os error 2) (none.toml); give the path of a readable file"
    );
    assert_eq!(file("a = 1\nb = [\n").unwrap_err().lines().count(), 1);
}

#[test]
fn archives_are_declared_in_tables() {
    let text = "[[outputs.archives]]\nname = 'birds'\nfilter = \"class = 'Aves'\"\n\
                [[outputs.archives]]\nname = 'fish'\nfilter = 'true'\ntitle = 'Fish'\nrows_per_part = 10\n";
    let archives = file(text).unwrap().outputs.archives;
    let birds = ArchiveDeclaration {
        name: "birds".to_owned(),
        filter: "class = 'Aves'".to_owned(),
        title: None,
        rows_per_part: None,
    };
    assert_eq!(archives[0], birds);
    assert_eq!((archives[1].title.as_deref(), archives[1].rows_per_part), (Some("Fish"), Some(10)));
    let inline = "[{name = 'birds', filter = \"class = 'Aves'\"}]";
    assert_eq!(load(&[], &[], &[("outputs.archives", inline)]).unwrap().outputs.archives, [birds]);
    let one = |keys: &str| format!("[[outputs.archives]]\n{keys}");
    let cases = [
        (one("name = 'a'"), "has no `filter` in archive 1 (configs/local.toml:1); give a `filter`"),
        (
            one("name = 'a'\nfilter = 'true'\nfiltre = 'x'"),
            "has the unknown key `filtre` in archive 1 (configs/local.toml:1); did you mean `filter`?",
        ),
        (
            one("name = '../a'\nfilter = 'true'"),
            "has the name `../a` in archive 1 (configs/local.toml:1); use letters, digits, `-`, `_` and `.`",
        ),
        (
            one("name = 'a'\nfilter = 'true'\n[[outputs.archives]]\nname = 'a'\nfilter = 'true'"),
            "declares the archive `a` twice (configs/local.toml:1); give each archive a name of its own",
        ),
        (
            one("name = 'a'\nfilter = 'true'\nrows_per_part = 0"),
            "has a `rows_per_part` in archive 1 that is `0` (configs/local.toml:1); give a whole number from 1",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(file(&text), Err(format!("`outputs.archives` {message}")));
    }
}

#[test]
fn further_layers_are_declared_in_tables() {
    let text = "[[layer]]\nfile = 'areas.geojson'\ncolumn = 'protectedAreas'\n\
                [[layer]]\nfile = 'water.parquet'\ncolumn = 'waterBodies'\ncode = 'cd_me'\nname = ['nom_me', 'nom']\n";
    let layers = file(text).unwrap().layers;
    assert_eq!((layers[0].column.as_str(), layers[1].column.as_str()), ("protectedAreas", "waterBodies"));
    assert!(layers[0].areas.path.ends_with("configs/areas.geojson"));
    assert_eq!(layers[1].areas.code.0, ["cd_me"]);
    let one = |column: &str| format!("[[layer]]\nfile = 'a.fgb'\ncolumn = '{column}'\n");
    let named = |column: &str, rest: &str| (one(column), format!("has the column `{column}` in layer 1{rest}"));
    let taken = ", which is one of the program (configs/local.toml:1); give the column another name";
    let letters = " (configs/local.toml:1); use letters and digits, a small letter first: `protectedAreas`";
    let cases = [
        named("locality", taken),
        named("communecode", taken),
        named("dataGeneralizations", taken),
        named("sensitive", taken),
        named("v_areas", letters),
        named("Areas", letters),
        (
            format!("{}{}", one("areas"), one("areas")),
            "declares the column `areas` twice (configs/local.toml:1); give each layer a column of its own".to_owned(),
        ),
        (
            "[[layer]]\nfile = 'a.fgb'\n".to_owned(),
            "has no `column` in layer 1 (configs/local.toml:1); give a `column`".to_owned(),
        ),
        (
            format!("{}codes = 'x'", one("areas")),
            "has the unknown key `codes` in layer 1 (configs/local.toml:1); did you mean `code`?".to_owned(),
        ),
    ];
    for (text, message) in cases {
        assert_eq!(file(&text), Err(format!("`layer` {message}")));
    }
}

#[test]
fn every_key_has_its_own_variable_and_a_value_that_it_takes() {
    let mut variables = BTreeSet::new();
    for key in Settings::keys() {
        assert!(variables.insert(key.variable()), "{}", key.name);
        assert!(key.doc.ends_with('.'), "{}", key.name);
        let text = key.default.unwrap_or(key.example);
        file(&format!("{} = {text}", key.name)).unwrap();
        if key.kind != Kind::Date {
            load(&[], &[(&key.variable(), text.trim_matches('"'))], &[(key.name, text.trim_matches('"'))]).unwrap();
        }
    }
    for variable in OPTION_VARIABLES {
        assert!(!variables.contains(*variable), "{variable}");
    }
}

#[test]
fn every_choice_has_a_type() {
    for key in Settings::keys() {
        let (choices, is_list) = match key.kind {
            Kind::Choice(choices) => (choices, false),
            Kind::Choices(choices) => (choices, true),
            _ => continue,
        };
        for choice in choices {
            let value = if is_list { format!("['{choice}']") } else { format!("'{choice}'") };
            file(&format!("{} = {value}", key.name)).unwrap();
        }
    }
}

/// A file of the repository, rewritten when `UPDATE_EXPECT` is set.
fn committed(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, text).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, text, "{} is not what the keys say: run this test with UPDATE_EXPECT=1", path.display());
}

#[test]
fn the_committed_example_and_schema_are_made_from_the_keys() {
    committed("configs/example.toml", &Settings::example());
    committed("schemas/config.schema.json", &Settings::schema());
}

#[test]
fn the_example_is_a_configuration_with_and_without_its_comments() {
    let example = Settings::example();
    assert_eq!(file(&example), load(&[], &[], &[]));
    let uncommented: Vec<&str> = example
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
        .collect();
    let settings = file(&uncommented.join("\n")).unwrap();
    assert_eq!(settings.outputs.archives[0].name, "birds");
    assert!(settings.references.grid.is_some() && settings.run.date.is_some());
    assert!(example.lines().all(|line| !line.starts_with("# ") || line.chars().count() <= 113));
}

#[test]
fn the_committed_configurations_load() {
    for name in ["local.toml", "cluster.toml"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs").join(name);
        Settings::load(&[path], std::iter::empty(), &[]).unwrap();
    }
}
