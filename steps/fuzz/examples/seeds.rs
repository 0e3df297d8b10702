//! Writes the cases of `fixtures/steps/STEP.csv` as inputs of the fuzz target STEP: `seeds STEP FOLDER`.

use std::collections::BTreeMap;

use openobs_steps_fuzz::{inputs, seed, terms_of};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [step, folder] = arguments.as_slice() else { return Err("give a step and a folder".into()) };
    std::fs::create_dir_all(folder)?;
    let table = format!("{}/../../fixtures/steps/{step}.csv", env!("CARGO_MANIFEST_DIR"));
    for (number, case) in csv::Reader::from_path(table)?.deserialize::<BTreeMap<String, String>>().enumerate() {
        std::fs::write(format!("{folder}/case-{number:04}"), seed(inputs(step), terms_of(step), &case?))?;
    }
    Ok(())
}
