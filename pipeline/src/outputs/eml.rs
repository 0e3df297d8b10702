//! The metadata document of the archives we write.

use std::fmt::Write as _;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Float64Type;
use quick_xml::escape::escape;

use crate::dataset::Dataset;

/// What the published rows cover. Computed from masked rows: a box around true places would tell where they are.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Coverage {
    /// West, south, east and north of the published points, degrees WGS 84.
    pub bounds: Option<[f64; 4]>,
    /// First and last year.
    pub years: Option<[i32; 2]>,
}

impl Coverage {
    /// Adds masked rows.
    pub fn add(&mut self, rows: &crate::protect::PublicBatch) {
        let rows = rows.rows();
        let number = |rows: &RecordBatch, name: &str| {
            rows.column_by_name(name).and_then(|column| column.as_primitive_opt::<Float64Type>().cloned())
        };
        if let (Some(latitudes), Some(longitudes)) = (number(rows, "decimalLatitude"), number(rows, "decimalLongitude"))
        {
            for (latitude, longitude) in latitudes.iter().zip(longitudes.iter()) {
                let (Some(y), Some(x)) = (latitude, longitude) else { continue };
                let [west, south, east, north] = self.bounds.unwrap_or([x, y, x, y]);
                self.bounds = Some([west.min(x), south.min(y), east.max(x), north.max(y)]);
            }
        }
        let years =
            rows.column_by_name("year").and_then(|column| column.as_primitive_opt::<arrow::datatypes::Int32Type>());
        for year in years
            .into_iter()
            .flat_map(|years| (0..years.len()).filter(|row| years.is_valid(*row)).map(|row| years.value(row)))
        {
            let [first, last] = self.years.unwrap_or([year, year]);
            self.years = Some([first.min(year), last.max(year)]);
        }
    }
}

/// An EML 2.2.0 document (GBIF profile) for the masked archive of a dataset.
///
/// The sender's own document is not repeated: its coverage and methods describe exact data. `attributions` name the reference
/// data that the records were interpreted with, as its licences ask for.
pub fn eml(dataset: &Dataset, coverage: Coverage, publication_date: &str, attributions: &[String]) -> Vec<u8> {
    let title = dataset.title.as_deref().unwrap_or(&dataset.key);
    let provider = dataset.provider.as_deref().unwrap_or("INPN – PatriNat");
    let key = escape(dataset.key.as_str());
    let mut text = String::with_capacity(2048);
    // Writing to a string does not fail.
    let _ = write!(
        text,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<eml:eml xmlns:eml=\"https://eml.ecoinformatics.org/eml-2.2.0\" \
         xmlns:dc=\"http://purl.org/dc/terms/\" packageId=\"{key}/v1.0\" system=\"https://openobs.mnhn.fr\" \
         scope=\"system\" xml:lang=\"fra\">\n  <dataset>\n    <alternateIdentifier>{key}</alternateIdentifier>\n    \
         <title xml:lang=\"fra\">{}</title>\n    <creator><organizationName>{2}</organizationName></creator>\n    \
         <metadataProvider><organizationName>{2}</organizationName></metadataProvider>\n    \
         <pubDate>{1}</pubDate>\n    <language>fra</language>\n    <abstract><para>{0}</para></abstract>\n",
        escape(title),
        escape(publication_date),
        escape(provider),
    );
    if !attributions.is_empty() {
        text.push_str(
            "    <additionalInfo>\n      <para>Référentiels utilisés pour l'interprétation des données :</para>\n",
        );
        for attribution in attributions {
            let _ = writeln!(text, "      <para>{}</para>", escape(attribution.as_str()));
        }
        text.push_str("    </additionalInfo>\n");
    }
    let license = match dataset.license.as_deref() {
        Some("CC0_1_0") => {
            Some(("http://creativecommons.org/publicdomain/zero/1.0/legalcode", "Creative Commons CC0 1.0"))
        }
        Some("CC_BY_4_0") => Some((
            "http://creativecommons.org/licenses/by/4.0/legalcode",
            "Creative Commons Attribution (CC-BY) 4.0 License",
        )),
        Some("CC_BY_NC_4_0") => Some((
            "http://creativecommons.org/licenses/by-nc/4.0/legalcode",
            "Creative Commons Attribution Non Commercial (CC-BY-NC) 4.0 License",
        )),
        _ => None,
    };
    if let Some((url, name)) = license {
        let _ = writeln!(
            text,
            "    <intellectualRights><para>This work is licensed under a <ulink \
             url=\"{url}\"><citetitle>{name}</citetitle></ulink>.</para></intellectualRights>"
        );
    }
    if coverage.bounds.is_some() || coverage.years.is_some() {
        text.push_str("    <coverage>\n");
        if let Some([west, south, east, north]) = coverage.bounds {
            let _ = writeln!(
                text,
                "      <geographicCoverage><geographicDescription>Emprise des localisations \
                 diffusées</geographicDescription><boundingCoordinates>\
                 <westBoundingCoordinate>{west}</westBoundingCoordinate>\
                 <eastBoundingCoordinate>{east}</eastBoundingCoordinate>\
                 <northBoundingCoordinate>{north}</northBoundingCoordinate>\
                 <southBoundingCoordinate>{south}</southBoundingCoordinate></boundingCoordinates></geographicCoverage>"
            );
        }
        if let Some([first, last]) = coverage.years {
            let _ = writeln!(
                text,
                "      <temporalCoverage><rangeOfDates><beginDate><calendarDate>{first:04}</calendarDate></beginDate>\
                 <endDate><calendarDate>{last:04}</calendarDate></endDate></rangeOfDates></temporalCoverage>"
            );
        }
        text.push_str("    </coverage>\n");
    }
    let _ = write!(
        text,
        "    <contact><organizationName>{}</organizationName></contact>\n  </dataset>\n</eml:eml>\n",
        escape(provider)
    );
    text.into_bytes()
}
