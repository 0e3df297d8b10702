//! Opening an archive: which of its files are read, and as what.

use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;

use crate::container::path::{clean, file_name, folder};
use crate::container::{Container, Entry};
use crate::descriptor::{DataFile, Descriptor, Origin, Spread};
use crate::eml::Metadata;
use crate::error::ArchiveError;
use crate::limits::Options;
use crate::meta;
use crate::quarantine::{QuarantineReason, Quarantined};
use crate::schema::star_schema;
use crate::sniff;
use crate::split::Cell;
use crate::star::Records;
use crate::table::Place;
use crate::view::Shape;
use crate::warning::{Warning, WarningKind};

/// A Darwin Core archive whose files are found and described; no row has been read yet.
pub struct Archive {
    inner: Arc<Inner>,
    metadata: Option<Metadata>,
    eml: Option<Vec<u8>>,
    warnings: Vec<Warning>,
    file_stem: String,
}

/// What reading records shares with the archive.
pub(crate) struct Inner {
    pub container: Container,
    pub descriptor: Descriptor,
    /// Entries of the core, then of each extension.
    tables: Vec<Vec<Entry>>,
    /// For each table, how its values outgrow its rows, if they do.
    pub spreads: Vec<Option<Spread>>,
    pub schema: SchemaRef,
    pub options: Options,
}

impl Inner {
    /// Table 0 is the core, the others the extensions in order.
    pub(crate) fn data(&self, table: usize) -> &DataFile {
        let extension = table.checked_sub(1).and_then(|number| self.descriptor.extensions.get(number));
        extension.unwrap_or(&self.descriptor.core)
    }

    pub(crate) fn entry(&self, table: usize, file: usize) -> Option<&Entry> {
        self.tables.get(table)?.get(file)
    }

    pub(crate) fn file_name(&self, table: usize, file: usize) -> &str {
        self.entry(table, file).map_or("", |entry| entry.path.as_str())
    }

    /// About the bytes that the values of a row take.
    pub(crate) fn value_bytes(&self, table: usize, record: &[u8], cells: &[Cell]) -> usize {
        let spread = self.spreads.get(table).and_then(Option::as_ref);
        spread.map_or(0, |spread| spread.bytes(cells)).max(record.len())
    }

    /// Decompressed bytes of all extension files.
    pub(crate) fn extension_bytes(&self) -> u64 {
        self.tables.iter().skip(1).flatten().filter_map(|entry| entry.bytes).sum()
    }

    /// A row of which nothing is to be used, with as much of its text as is kept.
    pub(crate) fn quarantined(
        &self,
        place: &Place,
        record: &[u8],
        shape: Shape,
        reason: QuarantineReason,
    ) -> Quarantined {
        let most = self.options.limits.quarantine_text_bytes;
        // The bytes are cut before they are decoded, for a record may be many times longer than what is kept.
        let mut kept = record.get(..record.len().min(most)).unwrap_or_default();
        if kept.len() < record.len()
            && let Err(error) = std::str::from_utf8(kept)
            && error.error_len().is_none()
        {
            kept = kept.get(..error.valid_up_to()).unwrap_or_default();
        }
        Quarantined {
            file: self.file_name(place.table, place.file).to_owned(),
            line: place.line,
            byte_offset: place.offset,
            reason,
            row_type: self.data(place.table).row_type.uri().to_owned(),
            text: shape.charset.decode(kept).0.into_owned(),
        }
    }
}

impl Archive {
    /// Opens a zip, a tar, a gzipped tar, a folder, or one delimited file, told apart by content.
    pub fn open(path: &Path, options: &Options) -> Result<Self, ArchiveError> {
        let mut warnings = Vec::new();
        let container = Container::open(path, options, &mut warnings)?;
        let (mut descriptor, tables, base) = describe(&container, options, &mut warnings)?;
        check_sizes(&tables, options)?;
        let document = metadata_entry(&container, &descriptor, &base, &mut warnings)
            .map(|entry| container.read_document(entry, &options.limits).map(|bytes| (entry.path.clone(), bytes)))
            .transpose();
        // Metadata that cannot be read is no reason to refuse the data, unless it is an attack.
        let document = match document {
            Ok(document) => document,
            Err(error) if matches!(error.kind(), crate::ErrorKind::Unreadable) => {
                warnings.push(Warning::new(
                    WarningKind::MetadataMalformed,
                    error.message().to_owned(),
                    error.remedy().to_owned(),
                ));
                None
            }
            Err(error) => return Err(error),
        };
        descriptor.metadata = document.as_ref().map(|(path, _)| path.clone());
        let (metadata, eml) = match document {
            None => (None, None),
            Some((path, bytes)) => (crate::eml::read(&bytes, &path, &options.limits, &mut warnings)?, Some(bytes)),
        };
        let files: Vec<Vec<&str>> =
            tables.iter().skip(1).map(|files| files.iter().map(|entry| entry.path.as_str()).collect()).collect();
        let schema = star_schema(&descriptor.core, &descriptor.extensions, &files);
        let spreads = std::iter::once(&descriptor.core).chain(&descriptor.extensions).map(Spread::new).collect();
        let inner = Inner { container, descriptor, tables, spreads, schema, options: options.clone() };
        Ok(Self { inner: Arc::new(inner), metadata, eml, warnings, file_stem: stem(path) })
    }

    /// The files and what their columns mean.
    pub fn descriptor(&self) -> &Descriptor {
        &self.inner.descriptor
    }

    /// The metadata document, as far as it could be read.
    pub fn metadata(&self) -> Option<&Metadata> {
        self.metadata.as_ref()
    }

    /// The metadata document as it is in the archive.
    pub fn eml(&self) -> Option<&[u8]> {
        self.eml.as_deref()
    }

    /// What was odd on opening. What is odd about the rows is found while reading: see [`Records::warnings`].
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Schema of the star records.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.inner.schema)
    }

    /// Reads the star records, from the first.
    pub fn records(&self) -> Result<Records, ArchiveError> {
        Records::new(Arc::clone(&self.inner))
    }

    /// Name of the archive without its suffixes.
    pub fn file_stem(&self) -> &str {
        &self.file_stem
    }
}

fn describe(
    container: &Container,
    options: &Options,
    warnings: &mut Vec<Warning>,
) -> Result<(Descriptor, Vec<Vec<Entry>>, String), ArchiveError> {
    let limits = &options.limits;
    let Some(entry) = meta_entry(container)? else {
        let entry = sniff::data_file(container, warnings)?;
        let core = sniff::describe(container, entry, limits, warnings)?;
        let descriptor = Descriptor { origin: Origin::Header, core, extensions: Vec::new(), metadata: None };
        return Ok((descriptor, vec![vec![entry.clone()]], folder(&entry.path).to_owned()));
    };
    let bytes = container.read_document(entry, limits)?;
    let mut meta = meta::read(&bytes, &entry.path, limits, warnings)?;
    let finder = Finder { container, meta: &entry.path };
    let mut tables = vec![finder.all("core", &mut meta.core, warnings)?];
    for extension in &mut meta.extensions {
        tables.push(finder.all("extension", extension, warnings)?);
    }
    let meta::Meta { core, extensions, metadata } = meta;
    let base = folder(&entry.path).to_owned();
    Ok((Descriptor { origin: Origin::Meta, core, extensions, metadata }, tables, base))
}

/// meta.xml nearest to the root.
fn meta_entry(container: &Container) -> Result<Option<&Entry>, ArchiveError> {
    let depth = |entry: &Entry| entry.path.matches('/').count();
    let all: Vec<&Entry> =
        container.entries().iter().filter(|entry| file_name(&entry.path).eq_ignore_ascii_case("meta.xml")).collect();
    let Some(least) = all.iter().map(|entry| depth(entry)).min() else { return Ok(None) };
    let nearest: Vec<&Entry> = all.into_iter().filter(|entry| depth(entry) == least).collect();
    match nearest.as_slice() {
        [entry] => Ok(Some(entry)),
        several => {
            let names: Vec<&str> = several.iter().map(|entry| entry.path.as_str()).collect();
            Err(ArchiveError::descriptor(
                format!("the archive holds several meta.xml: {}", names.join(", ")),
                "keep the one that describes the dataset, or make an archive of each",
            ))
        }
    }
}

/// Looks up the locations of meta.xml.
struct Finder<'a> {
    container: &'a Container,
    meta: &'a str,
}

impl Finder<'_> {
    fn all(&self, role: &str, data: &mut DataFile, warnings: &mut Vec<Warning>) -> Result<Vec<Entry>, ArchiveError> {
        let mut entries: Vec<Entry> = Vec::new();
        for location in &data.locations {
            let entry = self.one(role, location, warnings).map_err(|error| error.in_file(self.meta))?;
            if entries.iter().any(|other| other.path == entry.path) {
                warnings.push(
                    Warning::new(
                        WarningKind::File,
                        format!("{location:?} is named twice; it is read once"),
                        "remove one <location>",
                    )
                    .in_file(self.meta),
                );
            } else {
                entries.push(entry.clone());
            }
        }
        data.locations = entries.iter().map(|entry| entry.path.clone()).collect();
        Ok(entries)
    }

    fn one(&self, role: &str, location: &str, warnings: &mut Vec<Warning>) -> Result<&Entry, ArchiveError> {
        let what = format!("meta.xml names the {role} file {location:?}");
        if location.contains("://") || location.starts_with("file:") {
            return Err(ArchiveError::unsafe_path(
                format!("{what}, which is a URL, and only files of the archive are read"),
                "add the file to the archive and correct <location>",
            ));
        }
        let path = clean(location).map_err(|refused| {
            ArchiveError::unsafe_path(
                format!("{what}, which {}", refused.reason()),
                "add the file to the archive and correct <location>",
            )
        })?;
        let beside = format!("{}{path}", folder(self.meta));
        let entries = self.container.entries();
        let exact = entries.iter().find(|entry| entry.path == beside);
        let found = exact.or_else(|| entries.iter().find(|entry| entry.path == path)).or_else(|| {
            // A tar that was flattened, a name whose case another system changed.
            let close = |entry: &&Entry| file_name(&entry.path).eq_ignore_ascii_case(file_name(&path));
            let mut all = entries.iter().filter(close);
            let only = all.next().filter(|_| all.next().is_none())?;
            warnings.push(
                Warning::new(
                    WarningKind::File,
                    format!("{what}, which is read from {:?}", only.path),
                    "correct <location>",
                )
                .in_file(self.meta),
            );
            Some(only)
        });
        let entry = found.ok_or_else(|| {
            ArchiveError::descriptor(
                format!("{what}, which is not in the archive"),
                "add the file or correct <location>",
            )
        })?;
        if entry.is_link {
            return Err(ArchiveError::unsafe_path(
                format!("{what}, which is a link, and links are not followed"),
                "put the file itself in the archive",
            ));
        }
        Ok(entry)
    }
}

/// The metadata document: the one meta.xml names, else eml.xml or metadata.xml beside the data.
fn metadata_entry<'a>(
    container: &'a Container,
    descriptor: &Descriptor,
    base: &str,
    warnings: &mut Vec<Warning>,
) -> Option<&'a Entry> {
    let files = || container.entries().iter().filter(|entry| !entry.is_link);
    if let Some(named) = &descriptor.metadata {
        let path = clean(named).ok().filter(|_| !named.contains("://"));
        let found = path.and_then(|path| {
            let beside = format!("{base}{path}");
            files().find(|entry| entry.path == beside || entry.path == path)
        });
        if found.is_some() {
            return found;
        }
        warnings.push(Warning::new(
            WarningKind::MetadataMissing,
            format!("meta.xml names the metadata document {named:?}, which is not in the archive"),
            "add the document, or correct the metadata attribute",
        ));
    }
    ["eml.xml", "metadata.xml"].into_iter().find_map(|name| {
        files().find(|entry| entry.path.strip_prefix(base).is_some_and(|rest| rest.eq_ignore_ascii_case(name)))
    })
}

/// Refuses an archive that declares more than it may before a byte is decompressed.
fn check_sizes(tables: &[Vec<Entry>], options: &Options) -> Result<(), ArchiveError> {
    let total = tables.iter().flatten().filter_map(|entry| entry.bytes).fold(0_u64, u64::saturating_add);
    let limit = options.limits.total_uncompressed_bytes;
    if total > limit {
        return Err(ArchiveError::bound(
            format!("the data files take {total} bytes once decompressed"),
            format!("{limit} bytes"),
            "archive.total_uncompressed_bytes",
        ));
    }
    Ok(())
}

fn stem(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut stem = name.as_str();
    if path.is_dir() {
        return name;
    }
    for suffix in [".gz", ".tgz", ".tar", ".zip", ".dwca", ".csv", ".tsv", ".txt", ".tab", ".text", ".data"] {
        if let Some((front, back)) = stem.len().checked_sub(suffix.len()).and_then(|at| stem.split_at_checked(at))
            && back.eq_ignore_ascii_case(suffix)
            && !front.is_empty()
        {
            stem = front;
        }
    }
    stem.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems() {
        for (path, expected) in [
            ("/x/cbn-oiseaux.zip", "cbn-oiseaux"),
            ("a.tar.gz", "a"),
            ("a.TGZ", "a"),
            ("occurrence.csv.gz", "occurrence"),
            ("dwca-v1.2.zip", "dwca-v1.2"),
            (".zip", ".zip"),
        ] {
            assert_eq!(stem(Path::new(path)), expected);
        }
    }
}
