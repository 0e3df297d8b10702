//! The archives of `fixtures/archives`, each odd in the way its name says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch, StructArray};
use arrow::datatypes::UInt64Type;
use openobs_dwca::{Archive, ArchiveError, Counts, ErrorKind, Options, Origin};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/archives").join(name)
}

fn open(name: &str) -> Result<Archive, ArchiveError> {
    Archive::open(&fixture(name), &Options::default())
}

/// All that reading an archive gives, as text.
#[derive(Debug, PartialEq)]
struct Outcome {
    /// `id@line name=value ...`, nulls left out; the rows of an extension in brackets.
    rows: Vec<String>,
    /// `file:line@offset CODE text`.
    quarantined: Vec<String>,
    warnings: Vec<String>,
    counts: Counts,
}

fn read_with(name: &str, options: &Options) -> Result<Outcome, ArchiveError> {
    let archive = Archive::open(&fixture(name), options)?;
    let mut records = archive.records()?;
    let (mut rows, mut quarantined) = (Vec::new(), Vec::new());
    for batch in records.by_ref() {
        let batch = batch?;
        assert_eq!(batch.records.schema(), archive.schema());
        for row in 0..batch.records.num_rows() {
            rows.push(show(&batch.records, row));
        }
        for row in batch.quarantined {
            quarantined.push(format!(
                "{}:{}@{} {} {}",
                row.file,
                row.line,
                row.byte_offset,
                row.reason.code(),
                row.text
            ));
        }
    }
    let warnings = archive.warnings().iter().chain(records.warnings()).map(ToString::to_string).collect();
    let counts = records.counts().clone();
    assert_eq!(counts.core.kept, rows.len() as u64);
    assert_eq!(counts.core.rows, counts.core.kept + counts.core.quarantined);
    for extension in &counts.extensions {
        assert_eq!(extension.file.rows, extension.file.kept + extension.file.quarantined);
    }
    assert_eq!(counts.quarantined(), quarantined.len() as u64);
    Ok(Outcome { rows, quarantined, warnings, counts })
}

fn read(name: &str) -> Outcome {
    read_with(name, &Options::default()).unwrap()
}

fn show(batch: &RecordBatch, row: usize) -> String {
    let schema = batch.schema();
    let id = batch.column(0).as_string::<i32>();
    let id = if id.is_null(row) { "-" } else { id.value(row) };
    let mut out = format!("{id}@{}", batch.column(2).as_primitive::<UInt64Type>().value(row));
    for (field, column) in schema.fields().iter().zip(batch.columns()).skip(3) {
        if column.is_null(row) {
            continue;
        }
        match column.as_list_opt::<i32>() {
            Some(list) => {
                let rows = list.value(row);
                out += &format!(" {}[{}]", field.name(), show_struct(rows.as_struct()));
            }
            None => out += &format!(" {}={}", field.name(), column.as_string::<i32>().value(row)),
        }
    }
    out
}

fn show_struct(rows: &StructArray) -> String {
    let lines = rows.column(0).as_primitive::<UInt64Type>();
    let show_row = |row: usize| {
        let mut out = format!("{}:", lines.value(row));
        for (name, column) in rows.column_names().iter().zip(rows.columns()).skip(1) {
            if !column.is_null(row) {
                out += &format!(" {name}={}", column.as_string::<i32>().value(row));
            }
        }
        out
    };
    (0..rows.len()).map(show_row).collect::<Vec<_>>().join("; ")
}

/// The values of one column.
fn column(name: &str, term: &str) -> Vec<String> {
    let archive = open(name).unwrap();
    let mut out = Vec::new();
    for batch in archive.records().unwrap() {
        let batch = batch.unwrap().records;
        out.extend(batch.column_by_name(term).unwrap().as_string::<i32>().iter().map(|v| v.unwrap_or("-").to_owned()));
    }
    out
}

fn error(name: &str) -> ArchiveError {
    match read_with(name, &Options::default()) {
        Err(error) => error,
        Ok(outcome) => panic!("{name} was read: {outcome:?}"),
    }
}

#[test]
fn an_occurrence_archive_with_its_metadata() {
    let archive = open("occurrence-with-multimedia").unwrap();
    let metadata = archive.metadata().unwrap();
    assert_eq!(metadata.package_id.as_deref(), Some("3f1b9c52-6f1e-4c55-8f3e-0a6d2b8f7c10"));
    assert_eq!(metadata.publisher.as_deref(), Some("Naturalistes des Alpes inventées"));
    assert_eq!(archive.file_stem(), "occurrence-with-multimedia");
    assert!(archive.eml().unwrap().starts_with(b"<?xml"));
    let outcome = read("occurrence-with-multimedia");
    assert_eq!(outcome.warnings, [""; 0]);
    assert_eq!(outcome.rows.len(), 5);
    assert!(outcome.rows[2].starts_with("OBS-1003@4 occurrenceID=OBS-1003 basisOfRecord=HumanObservation taxonID=https://inpn.mnhn.fr/espece/cd_nom/92303"));
    assert!(outcome.rows[2].ends_with("multimedia[2: type=StillImage identifier=https://photos.example/1003-a.jpg license=CC-BY; 4: type=StillImage identifier=https://photos.example/1003-b.jpg]"));
    assert!(!outcome.rows[1].contains("multimedia"));
}

#[test]
fn events_with_occurrences_and_measurements() {
    let outcome = read("event-core-with-occurrences");
    assert_eq!(outcome.rows.len(), 3);
    assert!(outcome.rows[1].contains("occurrence[3: eventID=STOC-38-2022-P1 occurrenceID=STOC-38-2022-P1-1"));
    assert!(outcome.rows[1].contains("extendedMeasurementOrFact[2: eventID=STOC-38-2022-P1 measurementID=M1"));
    let names: Vec<&str> = outcome.counts.extensions.iter().map(|extension| extension.name.as_str()).collect();
    assert_eq!(names, ["occurrence", "extendedMeasurementOrFact"]);
}

#[test]
fn taxa_with_occurrences() {
    assert_eq!(
        read("taxon-core-with-occurrences").rows[0],
        "https://inpn.mnhn.fr/espece/cd_nom/60612@2 taxonID=https://inpn.mnhn.fr/espece/cd_nom/60612 \
         scientificName=Lutra lutra (Linnaeus, 1758) taxonRank=species kingdom=Animalia \
         occurrence[2: occurrenceID=L-1 basisOfRecord=HumanObservation eventDate=2021-01-09 locality=Étang de la Gaule; \
         3: occurrenceID=L-2 basisOfRecord=MachineObservation eventDate=2021-02-11 locality=Pont du Bès]"
    );
}

#[test]
fn encodings_declared_wrong_lose_nothing() {
    let outcome = read("latin1-declared-utf8");
    assert_eq!(column("latin1-declared-utf8", "locality")[0], "Bords du Drac – l’été");
    assert_eq!(column("latin1-declared-utf8", "recordedBy"), ["Mathilde Ferrand", "Hélène Carrère", "Bruno Échard"]);
    assert_eq!(outcome.counts.core.rows_decoded_by_fallback, 3);
    assert!(outcome.warnings[0].contains("occurrence.txt, line 2: rows are not in UTF-8 as declared"));
    let outcome = read("utf8-declared-latin1");
    assert_eq!(column("utf8-declared-latin1", "recordedBy")[1], "Hélène Carrère");
    assert_eq!(outcome.counts.core.rows_decoded_by_fallback, 2);
    assert_eq!(column("utf16", "recordedBy")[1], "Hélène Carrère");
    assert_eq!(read("utf16").warnings, [""; 0]);
}

#[test]
fn line_ends_and_marks() {
    let outcome = read("bom-and-crlf");
    assert!(outcome.rows[0].starts_with("OBS-1001@1 "));
    assert!(outcome.rows[1].ends_with("individualCount=3 occurrenceStatus=present"));
    assert_eq!(read("carriage-returns-alone").rows.len(), 2);
    let outcome = read("multi-line-cells");
    assert_eq!(
        outcome.rows[0],
        "OBS-1@2 occurrenceID=OBS-1 scientificName=Lutra lutra locality=Grenoble recordedBy=Ferrand, M. occurrenceRemarks=première ligne\r\n\r\ntroisième ligne individualCount=1"
    );
    assert_eq!(
        outcome.rows[1],
        "OBS-2@6 occurrenceID=OBS-2 scientificName=Bufo bufo locality=Crolles recordedBy=Le Goff, Y. occurrenceRemarks={\"sexe\": \"femelle\"} individualCount=2"
    );
    assert_eq!(outcome.counts.core.blank_lines, 1);
}

#[test]
fn a_stray_quote_costs_its_line_alone() {
    let outcome = read("quotes-stray");
    let ids: Vec<&str> = outcome.rows.iter().filter_map(|row| row.split(' ').next()).collect();
    assert_eq!(ids, ["OBS-1@2", "OBS-3@4", "OBS-4@5", "OBS-5@7", "OBS-7@9"]);
    assert_eq!(
        outcome.quarantined,
        [
            "occurrence.csv:3@146 STRAY_QUOTE OBS-2,Lutra lutra,\"Bords du Drac,M. Ferrand,guillemet ouvert par erreur,1",
            "occurrence.csv:8@413 STRAY_QUOTE OBS-6,Rana dalmatina,Meylan,I. Moreau,\"jamais refermé,2"
        ]
    );
    assert!(outcome.rows[2].contains("locality=Le \"Grand\" Bois"));
    assert!(outcome.rows[2].contains("occurrenceRemarks=deux lignes :\nla seconde"));
    assert!(outcome.rows[3].contains("locality=\"Le Bois\" de la Dame"));
    assert_eq!(outcome.counts.core.rows_with_odd_quotes, 1);
}

#[test]
fn files_without_meta_xml() {
    let archive = open("no-meta-semicolon").unwrap();
    let core = &archive.descriptor().core;
    assert_eq!(archive.descriptor().origin, Origin::Header);
    assert_eq!((core.row_type.name(), core.dialect.delimiter, core.dialect.quote), ("Occurrence", b';', Some(b'"')));
    let outcome = read("no-meta-semicolon");
    assert_eq!(
        outcome.rows[0],
        "OBS-1@2 occurrenceID=OBS-1 basisOfRecord=HumanObservation nomCite=Loutre scientificName=Lutra lutra \
         eventDate=12/04/2023 decimalLatitude=45,1892 decimalLongitude=5,7245 recordedBy=Ferrand; M."
    );
    assert!(outcome.warnings[0].contains("\"remarque libre\" is not named by a term"));
    assert_eq!(
        read("no-meta-without-id").rows[0],
        "-@2 basisOfRecord=HumanObservation scientificName=Lutra lutra eventDate=2023-04-12 decimalLatitude=45.1 decimalLongitude=5.7"
    );
    assert_eq!(
        error("two-data-files-no-meta").to_string(),
        "there is no meta.xml, and several files may be the data: observations_2022.csv, observations_2023.csv; \
         add a meta.xml that describes them, or send only one"
    );
    // The path of the file itself is enough.
    assert_eq!(read("no-meta-semicolon/observations.csv").rows.len(), 2);
}

#[test]
fn rows_of_several_files() {
    let outcome = read("two-core-files");
    assert_eq!(
        outcome.rows,
        [
            "N-1@2 occurrenceID=N-1 scientificName=Lutra lutra eventDate=2020-01-02 multimedia[1: _file=media_2.txt identifier=https://photos.example/n1.jpg]",
            "N-2@3 occurrenceID=N-2 scientificName=Castor fiber eventDate=2020-01-03",
            "S-1@2 occurrenceID=S-1 scientificName=Genetta genetta eventDate=2020-02-02 \
             multimedia[1: _file=media_1.txt identifier=https://photos.example/s1.jpg; 2: _file=media_2.txt identifier=https://photos.example/s1-bis.jpg]"
        ]
    );
}

#[test]
fn defaults_fill_blank_and_missing_cells() {
    assert_eq!(
        read("default-values").rows,
        [
            "D-1@2 occurrenceID=D-1 scientificName=Lutra lutra basisOfRecord=PreservedSpecimen countryCode=FR taxonRank=Lutra lutra",
            "D-2@3 occurrenceID=D-2 scientificName=Bufo bufo basisOfRecord=HumanObservation countryCode=FR taxonRank=Bufo bufo",
            "D-3@4 occurrenceID=D-3 scientificName=Rana temporaria basisOfRecord=HumanObservation countryCode=FR taxonRank=Rana temporaria",
            "D-4@5 occurrenceID=D-4 scientificName=Hyla arborea basisOfRecord=HumanObservation countryCode=FR taxonRank=Hyla arborea",
        ]
    );
}

#[test]
fn duplicate_missing_and_unknown_ids() {
    let outcome = read("duplicate-and-missing-ids");
    assert_eq!(
        outcome.rows,
        [
            "X-1@2 occurrenceID=X-1 scientificName=Lutra lutra identification[2: identifiedBy=Inès Moreau dateIdentified=2021; 5: identifiedBy=Yannick Le Goff dateIdentified=2022]",
            "-@3 scientificName=Bufo bufo",
            "X-2@4 occurrenceID=X-2 scientificName=Castor fiber identification[6: identifiedBy=Inès Moreau]",
            "X-1@5 occurrenceID=X-1 scientificName=Lutra lutra bis",
            "-@6 occurrenceID=    scientificName=Rana temporaria",
        ]
    );
    assert_eq!(
        outcome.quarantined,
        [
            "identification.txt:4@80 BLANK_CORE_ID \tPersonne\t2022",
            "identification.txt:3@57 ORPHAN X-9\tBruno Échard\t2021"
        ]
    );
    let counts = &outcome.counts;
    assert_eq!((counts.duplicate_core_ids, counts.missing_core_ids), (1, 2));
    assert_eq!((counts.extensions[0].orphans, counts.extensions[0].without_core_id), (1, 1));
}

#[test]
fn a_spilled_join_gives_the_same_records() {
    let small = Options { join_memory_bytes: 1, ..Options::default() };
    for name in
        ["duplicate-and-missing-ids", "event-core-with-occurrences", "two-core-files", "taxon-core-with-occurrences"]
    {
        let mut in_memory = read(name);
        let mut spilled = read_with(name, &small).unwrap();
        assert_eq!(spilled, read_with(name, &small).unwrap(), "{name}: two runs differ");
        for outcome in [&mut in_memory, &mut spilled] {
            outcome.rows.sort();
            outcome.quarantined.sort();
        }
        assert_eq!(spilled, in_memory, "{name}");
    }
}

#[test]
fn batches_are_cut_by_rows_and_bytes() {
    for options in [Options { batch_rows: 2, ..Options::default() }, Options { batch_bytes: 1, ..Options::default() }] {
        for name in ["occurrence-with-multimedia", "duplicate-and-missing-ids", "event-core-with-occurrences"] {
            assert_eq!(read_with(name, &options).unwrap(), read(name), "{name}");
        }
    }
}

#[test]
fn rows_of_every_length() {
    let outcome = read("short-and-long-rows");
    assert_eq!(
        outcome.rows,
        [
            "R-1@2 occurrenceID=R-1 scientificName=Lutra lutra",
            "R-2@3 occurrenceID=R-2 scientificName=Bufo bufo locality=Crolles",
            "R-3@5 occurrenceID=R-3",
            "-@6"
        ]
    );
    let core = &outcome.counts.core;
    assert_eq!((core.short_rows, core.rows_with_extra_cells, core.blank_lines), (2, 1, 1));
}

#[test]
fn odd_descriptors() {
    let outcome = read("extension-without-coreid");
    assert_eq!(outcome.rows, ["X-1@2 occurrenceID=X-1 scientificName=Lutra lutra"]);
    assert!(outcome.warnings[0].starts_with("meta.xml, line 11: the extension Identification has no <coreid>"));
    let archive = open("meta-in-sub-folder").unwrap();
    assert_eq!(archive.metadata().unwrap().package_id.as_deref(), Some("export-2024"));
    assert_eq!(read("meta-in-sub-folder").rows.len(), 1);
    assert_eq!(read("same-name-in-two-namespaces").rows, ["1@2 dc_type=a type=b sousPr_fecture=Die"]);
    assert_eq!(
        read("space-and-tab-as-they-are").rows,
        ["X-1@2 occurrenceID=X-1 scientificName=Lutra, lutra identification[1: identifiedBy=Moreau]"]
    );
    assert_eq!(
        read("odd-meta").rows,
        [
            "X-1@1 scientificName=Lutra lutra recordedBy=Moreau occurrenceID=X-1 verbatimIdentification=Lutra lutra",
            "X-2@2 scientificName=Bufo bufo recordedBy=L'équipe & les bénévoles occurrenceID=X-2 verbatimIdentification=Bufo bufo",
        ]
    );
    assert_eq!(read("backslash-in-zip.zip").rows.len(), 1);
    let archive = open("eml-broken-windows1252").unwrap();
    assert_eq!(archive.metadata().unwrap().titles[0].text, "Forêts & rivières d'été");
    assert_eq!(archive.warnings().len(), 2);
}

#[test]
fn errors_name_the_file_and_the_remedy() {
    assert_eq!(
        error("missing-core-file").to_string(),
        "meta.xml names the core file \"taxa.txt\", which is not in the archive [file meta.xml]; \
         add the file or correct <location>"
    );
    assert_eq!(
        error("two-character-delimiter").to_string(),
        "fieldsTerminatedBy is \"||\", and must be one ASCII character [file meta.xml, line 3]; \
         write the file again with a tab or a comma, and declare it"
    );
    assert_eq!(error("does-not-exist.zip").kind(), ErrorKind::Io);
}

#[test]
fn hostile_archives_are_refused() {
    let columns = ErrorKind::Bound("archive.columns");
    for (name, kind) in [
        ("zip-slip.zip", ErrorKind::Unsafe),
        ("drive-letter.zip", ErrorKind::Unsafe),
        ("climbing.tar.gz", ErrorKind::Unsafe),
        ("symlink.tar.gz", ErrorKind::Unsafe),
        ("symlink.zip", ErrorKind::Unsafe),
        ("absolute-location", ErrorKind::Unsafe),
        ("climbing-location", ErrorKind::Unsafe),
        ("drive-location", ErrorKind::Unsafe),
        ("url-location", ErrorKind::Unsafe),
        ("xml-entities", ErrorKind::Descriptor),
        ("billion-laughs", ErrorKind::Descriptor),
        ("deep-xml", ErrorKind::Bound("archive.xml_depth")),
        ("too-many-columns", columns),
        ("too-many-header-cells", columns),
        ("zip-bomb.zip", ErrorKind::Bound("archive.compression_ratio")),
    ] {
        let error = error(&format!("hostile/{name}"));
        assert_eq!(error.kind(), kind, "{name}: {error}");
        assert!(!error.remedy().is_empty(), "{name}");
        if let ErrorKind::Bound(setting) = kind {
            assert!(error.to_string().contains(setting), "{name}: {error}");
        }
    }
    let archive = open("hostile/billion-laughs-in-eml").unwrap();
    assert_eq!(archive.metadata().unwrap().titles[0].text, "Rires : &j;");
}

#[cfg(unix)]
#[test]
fn links_in_a_folder_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(fixture("default-values/meta.xml"), folder.path().join("meta.xml")).unwrap();
    std::os::unix::fs::symlink(fixture("default-values/occurrence.txt"), folder.path().join("occurrence.txt")).unwrap();
    let error = Archive::open(folder.path(), &Options::default()).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unsafe);
    // Nor are folders that are links.
    std::fs::remove_file(folder.path().join("occurrence.txt")).unwrap();
    std::os::unix::fs::symlink(fixture("."), folder.path().join("sub")).unwrap();
    assert_eq!(Archive::open(folder.path(), &Options::default()).err().unwrap().kind(), ErrorKind::Descriptor);
}

#[test]
fn bounds_name_their_setting() {
    let limited = |change: fn(&mut Options)| {
        let mut options = Options::default();
        change(&mut options);
        read_with("occurrence-with-multimedia", &options).unwrap_err().kind()
    };
    assert_eq!(limited(|o| o.limits.files = 2), ErrorKind::Bound("archive.files"));
    assert_eq!(limited(|o| o.limits.xml_bytes = 100), ErrorKind::Bound("archive.xml_bytes"));
    assert_eq!(limited(|o| o.limits.xml_depth = 2), ErrorKind::Bound("archive.xml_depth"));
    assert_eq!(limited(|o| o.limits.columns = 3), ErrorKind::Bound("archive.columns"));
    assert_eq!(limited(|o| o.limits.extensions = 0), ErrorKind::Bound("archive.extensions"));
    assert_eq!(
        limited(|o| o.limits.total_uncompressed_bytes = 500),
        ErrorKind::Bound("archive.total_uncompressed_bytes")
    );
    // Bounds on rows cost rows, not the archive.
    let mut options = Options::default();
    options.limits.cell_bytes = 45;
    options.limits.extension_rows_per_record = 1;
    let outcome = read_with("occurrence-with-multimedia", &options).unwrap();
    assert_eq!(outcome.counts.core.quarantined, 0);
    assert_eq!(outcome.counts.extensions[0].file.quarantined, 1);
    options.limits.cell_bytes = 37;
    let outcome = read_with("occurrence-with-multimedia", &options).unwrap();
    assert_eq!(outcome.counts.core.quarantined, 5, "{:?}", outcome.quarantined);
}

#[test]
fn an_error_while_reading_ends_the_records() {
    let mut options = Options::default();
    options.limits.compression_ratio = u64::MAX;
    options.limits.total_uncompressed_bytes = 1 << 20;
    assert_eq!(
        read_with("hostile/zip-bomb.zip", &options).unwrap_err().kind(),
        ErrorKind::Bound("archive.total_uncompressed_bytes")
    );
}

#[test]
fn long_defaults_and_columns_mapped_many_times_stay_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
    let fields: String = (0..50).map(|n| format!("<field index=\"1\" term=\"http://x.example/t{n}\"/>")).collect();
    let table = |tag: &str, id: &str, fields: &str| {
        format!(
            "<{tag} fieldsTerminatedBy=\"\\t\" fieldsEnclosedBy=\"\" rowType=\"http://x.example/{tag}\"><files>\
             <location>{tag}.txt</location></files><{id} index=\"0\"/>{fields}</{tag}>"
        )
    };
    let default = format!("<field term=\"http://x.example/d\" default=\"{}\"/>", "x".repeat(2000));
    write(
        "meta.xml",
        format!("<archive>{}{}</archive>", table("core", "id", &fields), table("extension", "coreid", &default)),
    );
    write("core.txt", format!("1\tshort\n2\t{}\n3\tx\n", "y".repeat(200)));
    write("extension.txt", "1\n1\n1\n3\n".to_owned());
    let mut options = Options { batch_bytes: 100, ..Options::default() };
    options.limits.line_bytes = 5000;
    options.limits.extension_bytes_per_record = 5000;
    for join_memory_bytes in [1 << 20, 1] {
        options.join_memory_bytes = join_memory_bytes;
        let archive = Archive::open(folder.path(), &options).unwrap();
        let mut reasons = Vec::new();
        let mut records = archive.records().unwrap();
        for batch in records.by_ref() {
            let batch = batch.unwrap();
            assert!(batch.records.num_rows() <= 1);
            reasons.extend(batch.quarantined.iter().map(|row| row.reason.code()));
        }
        reasons.sort_unstable();
        assert_eq!(reasons, ["EXTENSION_ROWS_TOO_LONG", "LINE_TOO_LONG"]);
        assert_eq!(records.counts().core.kept, 2);
    }
}
