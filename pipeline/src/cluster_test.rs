//! The plan of interpretation on a cluster: a scheduler and an executor inside this process.

use std::path::Path;
use std::sync::Arc;

use arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::SessionContext;
use openobs_dwca::{Archive, Options};
use openobs_steps::identifier::Strip;
use openobs_steps::{References, Settings};

use crate::dataset::Dataset;
use crate::event_hierarchy::gather;
use crate::identity::ordinal::Ordinals;
use crate::identity::shared::SharedNames;
use crate::interpret::{AcrossShards, interpretation};
use crate::projection::ProjTransformations;
use crate::sensitive_groups::{GroupLevels, SensitiveGroups};
use crate::session::Sessions;
use crate::star::Occurrences;
use crate::verbatim::{VerbatimOutput, write_verbatim};

/// An event core with occurrences and measurements, which needs every part of the plan.
fn write_archive(folder: &Path) {
    let meta = r#"<archive xmlns="http://rs.tdwg.org/dwc/text/">
  <core rowType="http://rs.tdwg.org/dwc/terms/Event" fieldsTerminatedBy="\t" ignoreHeaderLines="1" fieldsEnclosedBy="">
    <files><location>event.txt</location></files><id index="0"/>
    <field index="0" term="http://rs.tdwg.org/dwc/terms/eventID"/>
    <field index="1" term="http://rs.tdwg.org/dwc/terms/eventDate"/>
    <field index="2" term="http://rs.tdwg.org/dwc/terms/decimalLatitude"/>
    <field index="3" term="http://rs.tdwg.org/dwc/terms/decimalLongitude"/>
    <field index="4" term="http://rs.tdwg.org/dwc/terms/parentEventID"/>
  </core>
  <extension rowType="http://rs.tdwg.org/dwc/terms/Occurrence" fieldsTerminatedBy="\t" ignoreHeaderLines="1" fieldsEnclosedBy="">
    <files><location>occurrence.txt</location></files><coreid index="0"/>
    <field index="1" term="http://rs.tdwg.org/dwc/terms/occurrenceID"/>
    <field index="2" term="http://rs.tdwg.org/dwc/terms/scientificName"/>
    <field index="3" term="http://rs.tdwg.org/dwc/terms/individualCount"/>
    <field default="HumanObservation" term="http://rs.tdwg.org/dwc/terms/basisOfRecord"/>
  </extension>
  <extension rowType="http://rs.tdwg.org/dwc/terms/MeasurementOrFact" fieldsTerminatedBy="\t" ignoreHeaderLines="1" fieldsEnclosedBy="">
    <files><location>measurement.txt</location></files><coreid index="0"/>
    <field index="1" term="http://rs.tdwg.org/dwc/terms/occurrenceID"/>
    <field index="2" term="http://rs.tdwg.org/dwc/terms/measurementValue"/>
  </extension>
</archive>"#;
    std::fs::write(folder.join("meta.xml"), meta).unwrap();
    let mut events = String::from("id\tdate\tlat\tlon\tparent\n");
    let mut occurrences = String::from("id\tocc\tname\tcount\n");
    let mut measurements = String::from("id\tocc\tvalue\n");
    for event in 0..300 {
        // Every third event has its place and date from the one before, which may have them from the one before that.
        match event % 3 {
            0 => events.push_str(&format!("e{event}\t{}/05/2019\t45,{:03}\t5.7{event}\t\n", event % 28 + 1, event)),
            _ => events.push_str(&format!("e{event}\t\t\t\te{}\n", event - 1)),
        }
        for occurrence in 0..event % 4 {
            occurrences
                .push_str(&format!("e{event}\to{event}-{occurrence}\tLutra lutra (Linnaeus, 1758)\t{occurrence}\n"));
            measurements.push_str(&format!("e{event}\to{event}-{occurrence}\t{occurrence}\n"));
        }
        measurements.push_str(&format!("e{event}\t\tof the event\n"));
    }
    std::fs::write(folder.join("event.txt"), events).unwrap();
    std::fs::write(folder.join("occurrence.txt"), occurrences).unwrap();
    std::fs::write(folder.join("measurement.txt"), measurements).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_with_every_step_gives_the_same_on_a_cluster() {
    let folder = tempfile::tempdir().unwrap();
    write_archive(folder.path());
    let archive = Archive::open(folder.path(), &Options::default()).unwrap();
    let output = VerbatimOutput {
        staging: folder.path().join("out"),
        dataset_key: "events".to_owned(),
        avro: false,
        shard_rows: 1000,
    };
    let verbatim = write_verbatim(&archive, &output, &|_| {}).unwrap();
    let star = verbatim.schema.unwrap();
    let occurrences = Occurrences::of(&verbatim.core_row_type, &star);
    assert_eq!(occurrences, Occurrences::Extension("occurrence".to_owned()));

    let references = References { projections: Arc::new(ProjTransformations), ..References::default() };
    let settings = Settings::new(jiff::civil::date(2025, 9, 15));
    let sessions = Sessions::new(openobs_steps::all(&references, &settings), 1 << 30).unwrap();
    let hierarchy = gather(&verbatim.shards, &star, &folder.path().join("parents.parquet"), 1 << 20).unwrap();
    assert!(hierarchy.is_some());
    // Two terms and what is stripped, so that the key is made by a function.
    let unique_key_terms = vec!["eventID".to_owned(), "occurrenceID".to_owned()];
    let unique_key_strip = Strip { spaces: true, non_ascii: false };
    let dataset = Dataset { key: "events".to_owned(), unique_key_terms, unique_key_strip, ..Dataset::default() };
    let ordinals = Ordinals::new(vec![("occurrence.txt", 3, 2), ("other.txt", 4, 2)]).unwrap();
    let shared = SharedNames::new([uuid::Uuid::NAMESPACE_OID].into_iter(), true).unwrap();
    let group = GroupLevels { sensitivity: 2, diffusion: 2, ..GroupLevels::default() };
    let groups = SensitiveGroups::new([(1, group)].into()).unwrap();
    let interpret = async |session: SessionContext| {
        let (frame, _) = interpretation(
            &session,
            sessions.steps(),
            &dataset,
            &verbatim.shards[0],
            &star,
            &occurrences,
            AcrossShards {
                ordinals: Some(&ordinals),
                hierarchy: hierarchy.as_ref(),
                shared: Some(&shared),
                groups: Some(&groups),
            },
        )
        .await
        .unwrap();
        let batches = frame.collect().await.unwrap();
        let rows: usize = batches.iter().map(arrow::array::RecordBatch::num_rows).sum();
        (rows, pretty_format_batches(&batches).unwrap().to_string())
    };
    let (rows, here) = interpret(sessions.local()).await;
    assert_eq!(rows, 75 * (1 + 2 + 3));
    let (_, there) = interpret(sessions.standalone_cluster().await.unwrap()).await;
    assert!(here == there, "the cluster gave something else than this process");
    assert_eq!(here.matches("OCCURRENCE_ID_DUPLICATE").count(), 1, "the second record is the second of its key");
    assert!(here.contains("occurrenceID:"), "each identifier is a group where another term is the unique key");
    assert!(here.contains("2019-05-04"), "the date of an event is that of its occurrences");
    assert!(here.contains("dateInheritedFrom: e3"), "and so is that of the events above");
}
