//! The metadata document: EML 2.0 to 2.2, in the GBIF profile or not.
//!
//! Metadata describes the data and is no condition for reading it: what is missing is absent, and a document that breaks
//! off is read up to there, with a warning.

use crate::error::{ArchiveError, ErrorKind};
use crate::limits::Limits;
use crate::warning::{Warning, WarningKind};
use crate::xml::{Element, Manner, parse};

/// What an EML document says of a dataset.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata {
    /// `packageId` of the document.
    pub package_id: Option<String>,
    /// `alternateIdentifier`s, in order.
    pub alternate_identifiers: Vec<String>,
    /// Titles, with their languages where given.
    pub titles: Vec<Title>,
    /// Who made the data.
    pub creators: Vec<Party>,
    /// Who wrote the metadata.
    pub metadata_providers: Vec<Party>,
    /// Whom to ask.
    pub contacts: Vec<Party>,
    /// Who else took part.
    pub associated_parties: Vec<Party>,
    /// Name of the publisher: as given, else the organisation of the first creator, contact or metadata provider that
    /// has one.
    pub publisher: Option<String>,
    /// `pubDate`, as written.
    pub publication_date: Option<String>,
    /// `language`, as written.
    pub language: Option<String>,
    /// Paragraphs of the abstract, parted by blank lines.
    pub r#abstract: Option<String>,
    /// Keywords of all sets.
    pub keywords: Vec<String>,
    /// The rights, as text.
    pub intellectual_rights: Option<String>,
    /// Address of the licence, if the rights link to one.
    pub licence_url: Option<String>,
    /// Name of the licence, if the rights link to one.
    pub licence_title: Option<String>,
    /// Where.
    pub geographic_coverage: Vec<GeographicCoverage>,
    /// When.
    pub temporal_coverage: Vec<TemporalCoverage>,
    /// Which taxa.
    pub taxonomic_coverage: Vec<TaxonomicCoverage>,
    /// Title of the project.
    pub project_title: Option<String>,
}

/// A title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Title {
    /// The text.
    pub text: String,
    /// `xml:lang`.
    pub language: Option<String>,
}

/// A person, an organisation or a position.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// Name of the organisation.
    pub organisation: Option<String>,
    /// Given names.
    pub given_name: Option<String>,
    /// Surname.
    pub surname: Option<String>,
    /// Position in the organisation.
    pub position: Option<String>,
    /// Electronic address.
    pub email: Option<String>,
    /// `userId`s, such as ORCIDs.
    pub identifiers: Vec<String>,
    /// Role of an associated party.
    pub role: Option<String>,
}

/// A place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GeographicCoverage {
    /// In words.
    pub description: Option<String>,
    /// Its bounds.
    pub bounds: Option<BoundingBox>,
}

/// Bounds in decimal degrees.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BoundingBox {
    /// Least longitude.
    pub west: f64,
    /// Greatest longitude.
    pub east: f64,
    /// Least latitude.
    pub south: f64,
    /// Greatest latitude.
    pub north: f64,
}

/// A time, as written: dates, or the name of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TemporalCoverage {
    /// First day, or the only one.
    pub start: Option<String>,
    /// Last day.
    pub end: Option<String>,
    /// Living time period or formation period.
    pub period: Option<String>,
}

/// Taxa.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaxonomicCoverage {
    /// In words.
    pub description: Option<String>,
    /// The taxa named.
    pub taxa: Vec<CoveredTaxon>,
}

/// A taxon of the coverage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoveredTaxon {
    /// Scientific name.
    pub name: Option<String>,
    /// Rank of the name.
    pub rank: Option<String>,
    /// Vernacular name.
    pub common_name: Option<String>,
}

/// Reads a document, found at `file`; none if it holds nothing at all. Only a bound that is exceeded is an error.
pub(crate) fn read(
    bytes: &[u8],
    file: &str,
    limits: &Limits,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Metadata>, ArchiveError> {
    let remedy = "correct the metadata document";
    let document = match parse(bytes, file, limits, Manner::Lenient) {
        Ok(document) => document,
        Err(error) if matches!(error.kind(), ErrorKind::Bound(_)) => return Err(error),
        Err(error) => {
            warnings.push(
                Warning::new(
                    WarningKind::MetadataMalformed,
                    format!("the metadata cannot be read: {}", error.message()),
                    remedy,
                )
                .in_file(file),
            );
            return Ok(None);
        }
    };
    if let Some(fault) = &document.broken {
        warnings.push(
            Warning::new(
                WarningKind::MetadataMalformed,
                format!("the metadata is not well-formed XML ({fault}); it is read up to there"),
                remedy,
            )
            .in_file(file),
        );
    }
    if document.wrong_encoding {
        warnings.push(
            Warning::new(WarningKind::MetadataMalformed, "the metadata is not in the encoding it declares", remedy)
                .in_file(file),
        );
    }
    if document.has_doctype {
        warnings.push(
            Warning::new(
                WarningKind::MetadataMalformed,
                "the metadata holds a DOCTYPE, which is not read",
                "remove it",
            )
            .in_file(file),
        );
    }
    let root = &document.root;
    let dataset = if root.name == "dataset" { Some(root) } else { root.find("dataset") };
    let Some(dataset) = dataset else {
        warnings.push(
            Warning::new(
                WarningKind::MetadataMalformed,
                format!("the metadata starts with <{}> and holds no <dataset>", root.name),
                remedy,
            )
            .in_file(file),
        );
        return Ok(None);
    };
    Ok(Some(metadata(root, dataset)))
}

fn metadata(root: &Element, dataset: &Element) -> Metadata {
    let parties = |name| dataset.children_named(name).map(party).collect::<Vec<Party>>();
    let (creators, contacts) = (parties("creator"), parties("contact"));
    let metadata_providers = parties("metadataprovider");
    let publisher = parties("publisher")
        .iter()
        .chain(&creators)
        .chain(&contacts)
        .chain(&metadata_providers)
        .find_map(|party| party.organisation.clone());
    let rights = dataset.child("intellectualrights");
    let link = rights.and_then(|rights| rights.find("ulink"));
    let licensed = dataset.child("licensed");
    let coverage = dataset.child("coverage");
    let covered = |name: &'static str| coverage.into_iter().flat_map(move |coverage| coverage.children_named(name));
    Metadata {
        package_id: attribute(root, "packageid"),
        alternate_identifiers: dataset.children_named("alternateidentifier").filter_map(line).collect(),
        titles: dataset
            .children_named("title")
            .filter_map(|title| Some(Title { text: line(title)?, language: attribute(title, "lang") }))
            .collect(),
        publisher,
        creators,
        metadata_providers,
        contacts,
        associated_parties: parties("associatedparty"),
        publication_date: text_of(dataset, "pubdate"),
        language: text_of(dataset, "language"),
        r#abstract: dataset.child("abstract").and_then(paragraphs),
        keywords: dataset
            .children_named("keywordset")
            .flat_map(|set| set.children_named("keyword"))
            .filter_map(line)
            .collect(),
        intellectual_rights: rights.and_then(paragraphs),
        licence_url: link
            .and_then(|link| attribute(link, "url"))
            .or_else(|| text_of(licensed?, "url"))
            .or_else(|| address_in(&rights?.full_text())),
        licence_title: link
            .and_then(|link| text_of(link, "citetitle").or_else(|| line(link)))
            .or_else(|| text_of(licensed?, "licensename")),
        geographic_coverage: covered("geographiccoverage").map(geographic).collect(),
        temporal_coverage: covered("temporalcoverage").flat_map(temporal).collect(),
        taxonomic_coverage: covered("taxonomiccoverage").map(taxonomic).collect(),
        project_title: dataset.child("project").and_then(|project| text_of(project, "title")),
    }
}

fn party(element: &Element) -> Party {
    let person = element.child("individualname");
    Party {
        organisation: text_of(element, "organizationname"),
        given_name: person.and_then(|person| {
            let names: Vec<String> = person.children_named("givenname").filter_map(line).collect();
            (!names.is_empty()).then(|| names.join(" "))
        }),
        surname: person.and_then(|person| text_of(person, "surname")),
        position: text_of(element, "positionname"),
        email: text_of(element, "electronicmailaddress"),
        identifiers: element.children_named("userid").filter_map(line).collect(),
        role: text_of(element, "role"),
    }
}

fn geographic(element: &Element) -> GeographicCoverage {
    let bounds = element.child("boundingcoordinates").and_then(|bounds| {
        // French documents hold decimal commas.
        let degree = |name: &str| text_of(bounds, name)?.replace(',', ".").parse::<f64>().ok();
        Some(BoundingBox {
            west: degree("westboundingcoordinate")?,
            east: degree("eastboundingcoordinate")?,
            south: degree("southboundingcoordinate")?,
            north: degree("northboundingcoordinate")?,
        })
    });
    GeographicCoverage { description: text_of(element, "geographicdescription"), bounds }
}

fn temporal(element: &Element) -> Vec<TemporalCoverage> {
    let date = |parent: &Element| {
        text_of(parent, "calendardate").or_else(|| parent.child("alternativetimescale").and_then(line))
    };
    element
        .children
        .iter()
        .filter_map(|child| match child.name.as_str() {
            "rangeofdates" => Some(TemporalCoverage {
                start: child.child("begindate").and_then(date),
                end: child.child("enddate").and_then(date),
                period: None,
            }),
            "singledatetime" => {
                let day = date(child);
                Some(TemporalCoverage { start: day.clone(), end: day, period: None })
            }
            _ => None,
        })
        .chain(
            ["livingtimeperiod", "formationperiod"]
                .into_iter()
                .filter_map(|name| text_of(element, name))
                .map(|period| TemporalCoverage { period: Some(period), ..TemporalCoverage::default() }),
        )
        .collect()
}

fn taxonomic(element: &Element) -> TaxonomicCoverage {
    let mut taxa = Vec::new();
    for taxon in element.children_named("taxonomicclassification") {
        classification(taxon, &mut taxa);
    }
    TaxonomicCoverage { description: text_of(element, "generaltaxonomiccoverage"), taxa }
}

/// A classification and those nested in it.
fn classification(element: &Element, taxa: &mut Vec<CoveredTaxon>) {
    taxa.push(CoveredTaxon {
        name: text_of(element, "taxonrankvalue"),
        rank: text_of(element, "taxonrankname"),
        common_name: text_of(element, "commonname"),
    });
    for inner in element.children_named("taxonomicclassification") {
        classification(inner, taxa);
    }
}

fn attribute(element: &Element, name: &str) -> Option<String> {
    element.attribute(name).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
}

fn text_of(parent: &Element, name: &str) -> Option<String> {
    parent.children_named(name).find_map(line)
}

/// The text on one line, without blanks around it and with single blanks in it.
fn line(element: &Element) -> Option<String> {
    let text = element.full_text();
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// `<para>`s, parted by blank lines; else the text.
fn paragraphs(element: &Element) -> Option<String> {
    let mut all = Vec::new();
    collect_paragraphs(element, &mut all);
    if all.is_empty() { line(element) } else { Some(all.join("\n\n")) }
}

fn collect_paragraphs(element: &Element, out: &mut Vec<String>) {
    for child in &element.children {
        match child.name.as_str() {
            "para" | "p" => out.extend(line(child)),
            _ => collect_paragraphs(child, out),
        }
    }
}

/// The first web address in a text.
fn address_in(text: &str) -> Option<String> {
    let start = text.find("http://").or_else(|| text.find("https://"))?;
    let rest = text.get(start..)?;
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | ')' | '»')).unwrap_or(rest.len());
    Some(rest.get(..end)?.trim_end_matches(['.', ',', ';']).to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn metadata_of(text: &str) -> (Metadata, Vec<Warning>) {
        let mut warnings = Vec::new();
        let metadata = read(text.as_bytes(), "eml.xml", &Limits::default(), &mut warnings).unwrap().unwrap();
        (metadata, warnings)
    }

    #[test]
    fn everything_of_a_gbif_document() {
        let (metadata, warnings) = metadata_of(
            r#"<?xml version="1.0" encoding="utf-8"?>
<eml:eml xmlns:eml="eml://ecoinformatics.org/eml-2.1.1" packageId="b2f3a0c4-0b1e-4a39-9d5e-1f6d1f0c7a11/v1.2" xml:lang="fra">
 <dataset>
  <alternateIdentifier>https://ipt.example.fr/resource?r=vanoise</alternateIdentifier>
  <title xml:lang="fr">Oiseaux
     nicheurs de Vanoise</title><title xml:lang="en">Breeding birds</title>
  <creator><individualName><givenName>Anne</givenName><surName>Mercier</surName></individualName>
    <organizationName>Parc national de la Vanoise</organizationName><positionName>Garde</positionName>
    <electronicMailAddress>a.mercier@example.fr</electronicMailAddress><userId directory="x">0000-0001</userId></creator>
  <contact><organizationName>OFB</organizationName></contact>
  <associatedParty><role>pointOfContact</role></associatedParty>
  <pubDate>
      2024-03-01
  </pubDate>
  <language>fra</language>
  <abstract><para>Un.</para><section><para>Deux <emphasis>mots</emphasis>.</para></section></abstract>
  <keywordSet><keyword>Occurrence</keyword><keywordThesaurus>x</keywordThesaurus></keywordSet>
  <intellectualRights><para>Sous <ulink url="http://creativecommons.org/licenses/by/4.0/legalcode"><citetitle>CC-BY 4.0</citetitle></ulink>.</para></intellectualRights>
  <coverage>
   <geographicCoverage><geographicDescription>Savoie</geographicDescription><boundingCoordinates>
    <westBoundingCoordinate>6,5</westBoundingCoordinate><eastBoundingCoordinate>7.1</eastBoundingCoordinate>
    <northBoundingCoordinate>45.6</northBoundingCoordinate><southBoundingCoordinate>45.2</southBoundingCoordinate></boundingCoordinates></geographicCoverage>
   <temporalCoverage><rangeOfDates><beginDate><calendarDate>1998</calendarDate></beginDate><endDate><calendarDate>2023-07-01</calendarDate></endDate></rangeOfDates></temporalCoverage>
   <temporalCoverage><singleDateTime><calendarDate>2001</calendarDate></singleDateTime></temporalCoverage>
   <taxonomicCoverage><generalTaxonomicCoverage>Oiseaux</generalTaxonomicCoverage><taxonomicClassification><taxonRankName>class</taxonRankName><taxonRankValue>Aves</taxonRankValue><commonName>Oiseaux</commonName></taxonomicClassification></taxonomicCoverage>
  </coverage>
  <project><title>Atlas</title></project>
 </dataset>
</eml:eml>"#,
        );
        assert_eq!(warnings, []);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            metadata,
            Metadata {
                package_id: some("b2f3a0c4-0b1e-4a39-9d5e-1f6d1f0c7a11/v1.2"),
                alternate_identifiers: vec!["https://ipt.example.fr/resource?r=vanoise".into()],
                titles: vec![
                    Title { text: "Oiseaux nicheurs de Vanoise".into(), language: some("fr") },
                    Title { text: "Breeding birds".into(), language: some("en") },
                ],
                creators: vec![Party {
                    organisation: some("Parc national de la Vanoise"),
                    given_name: some("Anne"),
                    surname: some("Mercier"),
                    position: some("Garde"),
                    email: some("a.mercier@example.fr"),
                    identifiers: vec!["0000-0001".into()],
                    role: None,
                }],
                contacts: vec![Party { organisation: some("OFB"), ..Party::default() }],
                associated_parties: vec![Party { role: some("pointOfContact"), ..Party::default() }],
                metadata_providers: Vec::new(),
                publisher: some("Parc national de la Vanoise"),
                publication_date: some("2024-03-01"),
                language: some("fra"),
                r#abstract: some("Un.\n\nDeux mots."),
                keywords: vec!["Occurrence".into()],
                intellectual_rights: some("Sous CC-BY 4.0."),
                licence_url: some("http://creativecommons.org/licenses/by/4.0/legalcode"),
                licence_title: some("CC-BY 4.0"),
                geographic_coverage: vec![GeographicCoverage {
                    description: some("Savoie"),
                    bounds: Some(BoundingBox { west: 6.5, east: 7.1, south: 45.2, north: 45.6 }),
                }],
                temporal_coverage: vec![
                    TemporalCoverage { start: some("1998"), end: some("2023-07-01"), period: None },
                    TemporalCoverage { start: some("2001"), end: some("2001"), period: None },
                ],
                taxonomic_coverage: vec![TaxonomicCoverage {
                    description: some("Oiseaux"),
                    taxa: vec![CoveredTaxon { name: some("Aves"), rank: some("class"), common_name: some("Oiseaux") }],
                }],
                project_title: some("Atlas"),
            }
        );
    }

    #[test]
    fn a_document_that_breaks_off_is_kept_and_warned_about() {
        let (metadata, warnings) = metadata_of("<eml><dataset><title>Flore & faune</title><abstract><para>Un");
        assert_eq!(metadata.titles[0].text, "Flore & faune");
        assert_eq!(metadata.r#abstract.as_deref(), Some("Un"));
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn what_is_no_eml_is_no_error() {
        let mut warnings = Vec::new();
        for bytes in [&b""[..], b"\0\x01", b"<html><p>404</p></html>", b"not xml"] {
            assert_eq!(read(bytes, "eml.xml", &Limits::default(), &mut warnings).unwrap(), None);
        }
        assert_eq!(warnings.len(), 4);
    }

    #[test]
    fn licences_of_newer_and_older_documents() {
        let (metadata, _) = metadata_of(
            "<eml><dataset><licensed><licenseName>CC0</licenseName><url>https://x.org/cc0</url></licensed></dataset></eml>",
        );
        assert_eq!(
            (metadata.licence_url.as_deref(), metadata.licence_title.as_deref()),
            (Some("https://x.org/cc0"), Some("CC0"))
        );
        let (metadata, _) = metadata_of(
            "<eml><dataset><intellectualRights><para>Voir https://x.org/licence.</para></intellectualRights></dataset></eml>",
        );
        assert_eq!(metadata.licence_url.as_deref(), Some("https://x.org/licence"));
    }
}
