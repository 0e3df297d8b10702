//! `openobs audit` finds each way of leaking, L1 to L18, that a test puts into outputs which are right.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::concat_batches;
use arrow::datatypes::{Field, Int32Type, Schema};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use serde_json::{Map, Value, json};
use zip::write::SimpleFileOptions;

use crate::archive::{Table, write_zip};
use crate::outputs::{batches, run_json, zip_entries, zstd_text};
use crate::program::{Ended, openobs_with_references, run, text};
use crate::records::{Record, SAINT_MARTIN, measurements, multimedia, occurrences, records};

const TABLE: &str = "public/occurrence/datasetKey=records/part-00000.parquet";
const DOCUMENTS: &str = "public/index/datasetKey=records/part-00000.ndjson.zst";
const ARCHIVE: &str = "public/archives/records.zip";

/// Outputs of records at all levels.
struct Outputs {
    folder: tempfile::TempDir,
    records: Vec<Record>,
}

impl Outputs {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let records = records();
        let tables = [occurrences(&records), multimedia(&records), measurements(&records)];
        let archive = write_zip(folder.path(), "records.zip", &[&tables[0], &tables[1], &tables[2]]);
        run(&[&archive], &folder.path().join("right")).with_status(0);
        Self { folder, records }
    }

    fn right(&self) -> PathBuf {
        self.folder.path().join("right")
    }

    /// A copy that may be spoilt.
    fn copy(&self) -> PathBuf {
        let copy = self.folder.path().join("spoilt");
        let _ = fs::remove_dir_all(&copy);
        let copied = std::process::Command::new("cp").arg("-a").args([self.right(), copy.clone()]).status().unwrap();
        assert!(copied.success());
        copy
    }

    /// What the audit says of a copy that was spoilt.
    fn audit(&self, spoil: impl FnOnce(&Path), more: &[&str]) -> Ended {
        let copy = self.copy();
        spoil(&copy);
        audit(&copy, more)
    }

    /// Asserts that the audit finds what was put in, and calls it by its number.
    #[track_caller]
    fn finds(&self, leak: &str, spoil: impl FnOnce(&Path)) {
        let ended = self.audit(spoil, &[]).with_status(1);
        assert!(ended.stdout.contains(&format!("leak {leak} ")), "{leak} was not found:\n{}", ended.stdout);
        for record in self.records.iter().filter(|record| record.level > 0) {
            assert!(!ended.stdout.contains("zq"), "the audit itself tells what it found: {}", ended.stdout);
            assert!(!ended.stdout.contains(record.latitude), "{}", ended.stdout);
        }
    }

    fn record(&self, id: &str) -> &Record {
        self.records.iter().find(|record| record.id == id).unwrap()
    }
}

fn audit(out: &Path, more: &[&str]) -> Ended {
    let mut arguments = vec!["audit".to_owned(), "--out".to_owned(), text(out)];
    arguments.extend(more.iter().map(|&argument| argument.to_owned()));
    openobs_with_references(&arguments)
}

/// Changes the document of a record.
fn spoil_document(out: &Path, id: &str, change: impl Fn(&mut Map<String, Value>)) {
    let path = out.join(DOCUMENTS);
    let lines: Vec<String> = zstd_text(&path)
        .lines()
        .map(|line| {
            let mut document: Map<String, Value> = serde_json::from_str(line).unwrap();
            if document["occurrenceID"] != id {
                return line.to_owned();
            }
            change(&mut document);
            serde_json::to_string(&document).unwrap()
        })
        .collect();
    fs::write(&path, zstd::encode_all((lines.join("\n") + "\n").as_bytes(), 3).unwrap()).unwrap();
}

/// Writes the public table again after a change, with or without statistics.
fn spoil_table(out: &Path, statistics: EnabledStatistics, change: impl Fn(RecordBatch) -> RecordBatch) {
    let path = out.join(TABLE);
    let all = batches(&path);
    let batch = change(concat_batches(&all[0].schema(), &all).unwrap());
    let properties = WriterProperties::builder().set_statistics_enabled(statistics).build();
    let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// The table with another column of texts; `of` gives the value of a row from its identifier and its old value.
fn with_texts(batch: &RecordBatch, name: &str, of: impl Fn(&str, Option<&str>) -> Option<String>) -> RecordBatch {
    let ids = batch.column_by_name("occurrenceID").unwrap().as_string::<i32>().clone();
    let old = batch.column_by_name(name).map(|column| column.as_string::<i32>().clone());
    let values = (0..batch.num_rows()).map(|row| {
        let old = old.as_ref().filter(|old| old.is_valid(row)).map(|old| old.value(row));
        of(ids.value(row), old)
    });
    with_column(batch, name, Arc::new(values.collect::<StringArray>()))
}

fn with_column(batch: &RecordBatch, name: &str, column: ArrayRef) -> RecordBatch {
    let mut fields: Vec<Field> = batch.schema().fields().iter().map(|field| field.as_ref().clone()).collect();
    let mut columns = batch.columns().to_vec();
    match fields.iter().position(|field| field.name() == name) {
        Some(position) => columns[position] = column,
        None => {
            fields.push(Field::new(name, column.data_type().clone(), true));
            columns.push(column);
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

/// Writes an archive again after a change of its entries.
fn spoil_archive(out: &Path, change: impl Fn(&str, String) -> String) {
    let path = out.join(ARCHIVE);
    let entries = zip_entries(fs::read(&path).unwrap());
    fs::remove_file(&path).unwrap();
    let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
    for (name, content) in entries {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(change(&name, String::from_utf8(content).unwrap()).as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

/// Changes a text file.
fn spoil_text(path: &Path, change: impl Fn(String) -> String) {
    let old = fs::read_to_string(path).unwrap();
    let new = change(old.clone());
    assert_ne!(old, new);
    fs::write(path, new).unwrap();
}

#[test]
fn outputs_that_are_right_pass() {
    let outputs = Outputs::new();
    let ended = audit(&outputs.right(), &[]).with_status(0);
    assert!(ended.stdout.starts_with("nothing protected is public: "), "{}", ended.stdout);
    // Without the references of the run too, and it says so.
    let ended = crate::program::openobs(&["audit", "--out", &text(&outputs.right())]).with_status(0);
    assert!(ended.stdout.contains("give --config"), "{}", ended.stdout);
    let ended = audit(&outputs.right(), &["--json"]).with_status(0);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&report["leaksInAll"], &report["masked"], &report["withheld"]), (&json!(0), &json!(12), &json!(2)));
    assert_eq!(run_json(&outputs.right())["audit"]["leaks"], 0, "the run itself was audited");
}

#[test]
fn each_leak_is_found() {
    let outputs = Outputs::new();
    let plain = EnabledStatistics::None;
    outputs.finds("L1", |out| {
        spoil_table(out, plain, |batch| {
            with_texts(&batch, "v_locality", |id, old| {
                (id == "level2-a").then(|| "Chamrousse".to_owned()).or(old.map(str::to_owned))
            })
        });
    });
    outputs.finds("L2", |out| {
        spoil_document(out, "level1-a", |document| {
            document.insert("occurrenceRemarks".to_owned(), json!("vu près du pont"));
        });
    });
    outputs.finds("L3", |out| {
        spoil_table(out, plain, |batch| {
            let ids = batch.column_by_name("occurrenceID").unwrap().as_string::<i32>().clone();
            let levels = batch.column_by_name("diffusionLevel").unwrap().as_primitive::<Int32Type>().clone();
            let levels =
                (0..levels.len()).map(|row| Some(if ids.value(row) == "level2-a" { 0 } else { levels.value(row) }));
            with_column(&batch, "diffusionLevel", Arc::new(levels.collect::<arrow::array::Int32Array>()))
        });
    });
    outputs.finds("L4", |out| {
        spoil_document(out, "level2-a", |document| {
            document.insert("codeInseeCommune".to_owned(), json!("38421"));
        });
    });
    outputs.finds("L5", |out| {
        spoil_document(out, "level3-a", |document| {
            document.insert("codeMaille10Km".to_owned(), json!("10kmL93E084N648"));
        });
    });
    // The box of all true places, the withheld one of Paris with them.
    outputs.finds("L6", |out| {
        spoil_archive(out, |name, content| match name {
            "eml.xml" => content.replacen("<northBoundingCoordinate>", "<northBoundingCoordinate>4", 1),
            _ => content,
        });
    });
    outputs.finds("L7", |out| {
        let token = outputs.record("level2-a").token("event");
        spoil_table(out, plain, move |batch| {
            with_texts(
                &batch,
                "v_eventID",
                |id, old| if id == "free-1" { Some(token.clone()) } else { old.map(str::to_owned) },
            )
        });
    });
    outputs.finds("L9", |out| {
        fs::copy(out.join(DOCUMENTS), out.join(DOCUMENTS).with_file_name("part-00001.ndjson.zst")).unwrap();
    });
    outputs.finds("L10", |out| {
        spoil_document(out, "level2-a", |document| {
            let latitude = document["decimalLatitude"].as_f64().unwrap();
            document.insert("decimalLatitude".to_owned(), json!(latitude + 0.0123));
        });
    });
    outputs.finds("L11", |out| {
        let rows = batches(&out.join(TABLE));
        let key = rows.iter().find_map(|batch| {
            let ids = batch.column_by_name("occurrenceID")?.as_string::<i32>();
            let row = ids.iter().position(|id| id == Some("level2-a"))?;
            Some(batch.column_by_name("occurrenceKey")?.as_string::<i32>().value(row).to_owned())
        });
        let row = format!("{}\tStillImage\n", key.unwrap());
        spoil_archive(out, |name, content| if name == "multimedia.txt" { content + &row } else { content });
    });
    outputs.finds("L12", |out| {
        let address = format!("https://images.example/{}.jpg", outputs.record("level3-a").token("image"));
        spoil_archive(out, |name, content| match name {
            "multimedia.txt" => {
                content.replacen("https://images.example/", &format!("{address} https://images.example/"), 1)
            }
            _ => content,
        });
    });
    outputs.finds("L13", |out| spoil_table(out, EnabledStatistics::Page, |batch| batch));
    outputs.finds("L13", |out| {
        spoil_table(out, plain, |batch| {
            let last: Vec<usize> = (0..batch.num_rows()).rev().collect();
            let indices = arrow::array::UInt64Array::from_iter_values(last.into_iter().map(|row| row as u64));
            arrow::compute::take_record_batch(&batch, &indices).unwrap()
        });
    });
    outputs.finds("L14", |out| {
        spoil_text(&out.join("public/indicators/grid_cell.csv"), |text| {
            text.trim_end().to_owned() + "\n10kmL93E092N645,1,1,2024\n"
        });
    });
    outputs.finds("L14", |out| {
        fs::copy(out.join("public/indicators/taxon_month.parquet"), out.join("public/indicators/taxon_year.parquet"))
            .unwrap();
    });
    outputs.finds("L15", |out| {
        spoil_document(out, "level2-a", |document| {
            document.insert("sensitivityRules".to_owned(), json!("sensitivity.csv:28"));
        });
    });
    outputs.finds("L15", |out| {
        spoil_table(out, plain, |batch| {
            with_texts(&batch, "sensitivityRules", |_, _| Some("sensitivity.csv:28".to_owned()))
        });
    });
    outputs.finds("L16", |out| {
        spoil_document(out, "level2-a", |document| {
            document.insert("coordinateUncertaintyInMeters".to_owned(), json!(17.0));
        });
    });
    outputs.finds("L17", |out| {
        let token = outputs.record("level4-a").token("locality");
        let page = out.join("reports/2025-09-15.1/index.html");
        spoil_text(&page, |text| text.replace("</footer>", &format!("{token}</footer>")));
    });
    outputs.finds("L18", |out| {
        spoil_text(&out.join("public/archives/index.json"), |text| {
            text.replacen("\"records\": 15", "\"records\": 17", 1)
        });
    });
    outputs.finds("L18", |out| {
        let hidden = out.join("restricted/index/datasetKey=records/part-00000.ndjson.zst");
        let exact: Vec<String> = zstd_text(&hidden).lines().map(str::to_owned).collect();
        let withheld = exact.iter().find(|line| line.contains("level4-b")).unwrap();
        let path = out.join(DOCUMENTS);
        let documents = format!("{}{withheld}\n", zstd_text(&path));
        fs::write(&path, zstd::encode_all(documents.as_bytes(), 3).unwrap()).unwrap();
    });
}

#[test]
fn an_earlier_release_and_a_log_are_read_on_demand() {
    let outputs = Outputs::new();
    let also = outputs.folder.path().join("also");
    fs::create_dir_all(&also).unwrap();
    let also_text = text(&also);
    // L9: the release of last year told the place, in a table of its own.
    let release = also.join("occurrence.csv");
    fs::write(&release, format!("id;lieu\n1;{}\n", outputs.record("level3-a").token("locality"))).unwrap();
    let ended = outputs.audit(|_| {}, &["--also", &also_text]).with_status(1);
    assert!(ended.stdout.contains("occurrence.csv:2"), "{}", ended.stdout);
    fs::write(&release, "id;lieu\n1;Grenoble\n").unwrap();
    outputs.audit(|_| {}, &["--also", &also_text]).with_status(0);
    // L17, compressed.
    let log = zstd::encode_all(format!("error: bad row {}", outputs.record("level4-b").token("remarks")).as_bytes(), 3);
    fs::write(also.join("run.log.zst"), log.unwrap()).unwrap();
    outputs.audit(|_| {}, &["--also", &also_text]).with_status(1);
}

#[test]
fn a_protected_point_is_found_however_it_is_written() {
    let outputs = Outputs::new();
    let found = |text: &str| {
        let ended = outputs.audit(|out| fs::write(out.join("public/archives/notes.txt"), text).unwrap(), &[]);
        assert_eq!(ended.status, Some(1));
        // The file itself is one that no product has.
        ended.stdout.contains("where only protected records are") || ended.stdout.contains("that only protected")
    };
    // 45.52318764 N, 4.87436519 E in Vienne, which is shown at its department.
    for text in [
        "lat 45.52318764",
        "45.5232 4.8744",
        "4,874; 45,523",
        "[4.87,\n45.52]",
        "45°31'23.5\"N, 4°52'27.7\"E",
        "X 846306 Y 6493260",
        "maille u05m6s",
    ] {
        let is_geohash = text.starts_with("maille");
        let text =
            if is_geohash { format!("maille {}", geohash(45.523_187_64, 4.874_365_19, 7)) } else { text.to_owned() };
        assert!(found(&text), "{text}");
    }
    // Somewhere else, or what a free record tells as well.
    for text in ["44.61 3.61", "45.18347561 5.71234987", "46°31'23.5\"N, 4°52'27.7\"E"] {
        assert!(!found(text), "{text}");
    }
}

/// The geohash of a point, written from the definition.
fn geohash(latitude: f64, longitude: f64, letters: usize) -> String {
    let (mut south, mut north, mut west, mut east) = (-90.0, 90.0, -180.0, 180.0);
    let mut bits = Vec::new();
    while bits.len() < letters * 5 {
        let is_longitude = bits.len() % 2 == 0;
        let (value, low, high) =
            if is_longitude { (longitude, &mut west, &mut east) } else { (latitude, &mut south, &mut north) };
        let middle = (*low + *high) / 2.0;
        bits.push(value >= middle);
        *(if value >= middle { low } else { high }) = middle;
    }
    let letter = |bits: &[bool]| bits.iter().fold(0, |value, bit| value * 2 + usize::from(*bit));
    bits.chunks(5).map(|bits| char::from(b"0123456789bcdefghjkmnpqrstuvwxyz"[letter(bits)])).collect()
}

#[test]
fn a_free_record_beside_a_protected_one_is_something_to_look_at() {
    // L8: two institutions, one walk; only one of the species is sensitive.
    let folder = tempfile::tempdir().unwrap();
    let terms = [
        "occurrenceID",
        "basisOfRecord",
        "scientificName",
        "eventDate",
        "decimalLatitude",
        "decimalLongitude",
        "countryCode",
        "recordedBy",
    ];
    let of = |file: &str, id: &str, name: &str| {
        let (latitude, longitude) = SAINT_MARTIN;
        let cells = [id, "HumanObservation", name, "2024-06-01", latitude, longitude, "FR", "Marie Curie"];
        write_zip(folder.path(), file, &[&Table::new("Occurrence", &terms).row(&cells)])
    };
    let sources = [of("one.zip", "o1", "Cypripedium calceolus"), of("two.zip", "o2", "Turdus merula")];
    let out = folder.path().join("out");
    run(&[&sources[0], &sources[1]], &out).with_status(0);
    let ended = audit(&out, &[]).with_status(0);
    assert!(ended.stdout.contains("look L8 public/occurrence/datasetKey=two/"), "{}", ended.stdout);
    audit(&out, &["--strict"]).with_status(1);
}

#[test]
fn folders_of_exact_data_that_are_open_are_found() {
    use std::os::unix::fs::PermissionsExt;
    let outputs = Outputs::new();
    outputs.finds("L17", |out| {
        fs::set_permissions(out.join("restricted"), fs::Permissions::from_mode(0o755)).unwrap();
    });
}
