use super::*;
use crate::verbatim::CORE_ROW_TYPE;

const EVENT: &str = "http://rs.tdwg.org/dwc/terms/Event";

/// Shards with these events: id, parent, date.
fn shards(folder: &Path, shards: &[&[(&str, &str, &str)]]) -> (Vec<PathBuf>, SchemaRef) {
    let term = |name: &str| {
        let metadata = [("term".to_owned(), format!("http://rs.tdwg.org/dwc/terms/{name}"))];
        Field::new(name, DataType::Utf8, true).with_metadata(metadata.into())
    };
    let fields = vec![
        Field::new("_id", DataType::Utf8, true),
        Field::new("_file", DataType::Utf8, false),
        Field::new("_line", DataType::UInt64, false),
        term("eventID"),
        term("parentEventID"),
        term("eventDate"),
    ];
    let schema = Arc::new(Schema::new_with_metadata(fields, [(CORE_ROW_TYPE.to_owned(), EVENT.to_owned())].into()));
    let mut line = 1;
    let mut paths = Vec::new();
    for (number, events) in shards.iter().enumerate() {
        let text = |of: fn(&(&str, &str, &str)) -> String| -> ArrayRef {
            Arc::new(
                events.iter().map(|event| Some(of(event)).filter(|text| !text.is_empty())).collect::<StringArray>(),
            )
        };
        let lines = UInt64Array::from_iter_values(events.iter().map(|_| {
            line += 1;
            line
        }));
        let columns: Vec<ArrayRef> = vec![
            text(|event| format!("row of {}", event.0)),
            text(|_| "event.txt".to_owned()),
            Arc::new(lines),
            text(|event| event.0.to_owned()),
            text(|event| event.1.to_owned()),
            text(|event| event.2.to_owned()),
        ];
        let path = folder.join(format!("part-{number}.parquet"));
        let mut file = ParquetFile::create(&path, Arc::clone(&schema), Statistics::RowGroups).unwrap();
        file.write(&RecordBatch::try_new(Arc::clone(&schema), columns).unwrap()).unwrap();
        file.finish().unwrap();
        paths.push(path);
    }
    (paths, schema)
}

#[test]
fn parents_are_found_in_whichever_shard_they_are_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let first: &[(&str, &str, &str)] =
        &[("c", "b", ""), ("d", "b", "2020"), ("lost", "gone", ""), ("x", "y", ""), ("z", "x", "")];
    let second: &[(&str, &str, &str)] = &[("b", "a", ""), ("a", "", "1999"), ("y", "x", ""), ("a", "", "2001")];
    let (paths, star) = shards(folder.path(), &[first, second]);
    let file = folder.path().join("events.parquet");
    let hierarchy = gather(&paths, &star, &file, 1 << 20).unwrap().unwrap();
    assert_eq!(hierarchy.parents.len(), 4);
    assert_eq!(hierarchy.counts, EventCounts { with_parent: 7, parents: 4, infinite_lineage: 3, parent_not_found: 1 });
    assert_eq!(
        hierarchy.warnings,
        [
            "events that are their own ancestors or stand below such events: 3, the first in these lines of the core: 5, 6",
            "events that name a parent that is not in the archive: 1, the first in these lines of the core: 4",
        ]
    );
    let loaded = load(&file, &hierarchy.sha256).unwrap();
    for table in [&loaded, hierarchy.parents.as_ref()] {
        let one = |text: &str| StringArray::from(vec![text]);
        let completed = table.complete(&one("c"), &one("b"), &[("eventDate", StringArray::new_null(1))]);
        assert_eq!(completed.column(0).as_string::<i32>().value(0), "1999");
    }
    assert!(load(&file, "another").unwrap_err().to_string().contains("content"));
}

#[test]
fn a_dataset_without_parents_has_no_file_and_too_many_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (paths, star) = shards(folder.path(), &[&[("a", "", "1999"), ("b", " ", "")]]);
    let file = folder.path().join("events.parquet");
    assert!(gather(&paths, &star, &file, 1 << 20).unwrap().is_none() && !file.exists());
    let other = Schema::new(star.fields().clone());
    assert!(gather(&paths, &other, &file, 1 << 20).unwrap().is_none(), "the core is not known to be one of events");
    let (paths, star) = shards(folder.path(), &[&[("a", "", "1999"), ("b", "a", "")]]);
    let refused = gather(&paths, &star, &file, 80).unwrap_err();
    assert_eq!(refused.exit_status(), 1);
    assert!(refused.to_string().ends_with("; raise archive.parent_event_bytes"), "{refused}");
}
