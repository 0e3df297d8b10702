//! What `openobs run` was given, as archives on this machine.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::StreamExt;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::io::AsyncWriteExt;
use url::Url;

use crate::error::{Doing, Error, Result};

/// Where an archive is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// On this machine.
    Local(PathBuf),
    /// Elsewhere; fetched when its turn comes.
    Remote(Url),
}

impl Source {
    /// Name of the archive, for people and registries.
    pub fn name(&self) -> String {
        match self {
            Self::Local(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            Self::Remote(url) => url.to_string(),
        }
    }
}

/// Every archive that the arguments name, sorted by name: the order in which keys are given out.
///
/// A folder with a `meta.xml`, itself or in its only sub-folder, is one archive, and so is one with a single delimited
/// file. Any other folder holds archives: its files, and its sub-folders with a `meta.xml` or delimited files. Hidden
/// files and documentation (`.md`) are passed over.
///
/// # Errors
/// When a path does not exist.
pub fn expand(arguments: &[String]) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for argument in arguments {
        match Url::parse(argument) {
            Ok(url) if url.scheme() == "file" => {
                let path = url.to_file_path().map_err(|()| {
                    Error::usage(format!("{argument} names no file")).remedy("write file:///folder/archive.zip")
                })?;
                expand_path(&path, &mut sources)?;
            }
            Ok(url) if matches!(url.scheme(), "http" | "https" | "s3") => sources.push(Source::Remote(url)),
            Ok(url) if argument.contains("://") => {
                return Err(Error::usage(format!("archives cannot be read from {}://", url.scheme()))
                    .remedy("use a path, file://, http://, https:// or s3://"));
            }
            _ => expand_path(Path::new(argument), &mut sources)?,
        }
    }
    if sources.is_empty() {
        return Err(
            Error::usage("there is no archive in what was named").remedy("name an archive or a folder of archives")
        );
    }
    Ok(sources)
}

fn expand_path(path: &Path, sources: &mut Vec<Source>) -> Result<()> {
    let metadata = std::fs::metadata(path).map_err(|error| {
        Error::usage(format!("{} cannot be read: {error}", path.display())).remedy("check the path")
    })?;
    if metadata.is_file() || has_descriptor(path)? || delimited_files(path)? == Some(1) {
        sources.push(Source::Local(path.to_owned()));
        return Ok(());
    }
    for child in visible(path)? {
        if child.is_file() || has_descriptor(&child)? || delimited_files(&child)?.is_some_and(|files| files > 0) {
            sources.push(Source::Local(child));
        }
    }
    Ok(())
}

/// What is in a folder, sorted, without hidden files and documentation.
fn visible(folder: &Path) -> Result<Vec<PathBuf>> {
    let doing = || format!("list {}", folder.display());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).doing(doing)? {
        let entry = entry.doing(doing)?;
        let path = entry.path();
        let is_documentation = path.extension().is_some_and(|ending| ending == "md");
        if !is_documentation && !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Whether a folder, or the only folder in it, has a `meta.xml`.
fn has_descriptor(folder: &Path) -> Result<bool> {
    if folder.join("meta.xml").is_file() {
        return Ok(true);
    }
    let children = visible(folder)?;
    Ok(children.len() == 1 && children.iter().all(|child| child.is_dir() && child.join("meta.xml").is_file()))
}

/// How many delimited files a folder has; `None` when there are folders or archives in it, whose keeper it is.
fn delimited_files(folder: &Path) -> Result<Option<usize>> {
    let mut files = 0;
    for child in visible(folder)? {
        let ending = child.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        match ending.as_str() {
            _ if child.is_dir() => return Ok(None),
            "zip" | "gz" | "tgz" | "dwca" => return Ok(None),
            "csv" | "txt" | "tsv" | "tab" | "text" | "data" => files += 1,
            _ => {}
        }
    }
    Ok(Some(files))
}

/// An archive on this machine; the folder goes when it is dropped.
#[derive(Debug)]
pub struct Fetched {
    /// The archive.
    pub path: PathBuf,
    _folder: Option<tempfile::TempDir>,
}

/// Brings an archive to this machine.
///
/// # Errors
/// When it cannot be fetched.
pub async fn fetch(source: &Source) -> Result<Fetched> {
    let url = match source {
        Source::Local(path) => return Ok(Fetched { path: path.clone(), _folder: None }),
        Source::Remote(url) => url,
    };
    let doing = || format!("fetch {url}");
    let (store, location) = store(url)?;
    let folder = tempfile::tempdir().doing(|| "make a temporary folder")?;
    let name = location.filename().filter(|name| !name.is_empty()).unwrap_or("archive");
    let path = folder.path().join(crate::layout::path_segment(name));
    let mut file = tokio::fs::File::create(&path).await.doing(doing)?;
    let mut bytes = store.get(&location).await.doing(doing)?.into_stream();
    while let Some(chunk) = bytes.next().await {
        file.write_all(&chunk.doing(doing)?).await.doing(doing)?;
    }
    file.flush().await.doing(doing)?;
    Ok(Fetched { path, _folder: Some(folder) })
}

/// The store of a URL and the place in it. Credentials of S3 come from the `AWS_*` variables.
fn store(url: &Url) -> Result<(Arc<dyn ObjectStore>, ObjectPath)> {
    let doing = || format!("open {url}");
    if url.scheme() == "s3" {
        let store = object_store::aws::AmazonS3Builder::from_env().with_url(url.as_str()).build().doing(doing)?;
        let location = ObjectPath::from_url_path(url.path()).doing(doing)?;
        return Ok((Arc::new(store), location));
    }
    let base = &url[..url::Position::BeforePath];
    let options = object_store::ClientOptions::new().with_allow_http(true);
    let store =
        object_store::http::HttpBuilder::new().with_url(base).with_client_options(options).build().doing(doing)?;
    Ok((Arc::new(store), ObjectPath::from_url_path(url.path()).doing(doing)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_one_archive_or_many() {
        let folder = tempfile::tempdir().unwrap();
        for file in
            ["b.zip", "a.zip", ".hidden.zip", "README.md", "unpacked/meta.xml", "one/file.csv", "none/image.png"]
        {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let names = |path: &Path| -> Vec<String> {
            expand(&[path.to_string_lossy().into_owned()]).unwrap().iter().map(Source::name).collect()
        };
        assert_eq!(names(folder.path()), ["a.zip", "b.zip", "one", "unpacked"]);
        assert_eq!(names(&folder.path().join("one")), ["one"]);
        assert_eq!(names(&folder.path().join("unpacked")), ["unpacked"]);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let message = |argument: &str| expand(&[argument.to_owned()]).unwrap_err().to_string();
        assert_eq!(
            message("ftp://host/a.zip"),
            "archives cannot be read from ftp://; use a path, file://, http://, https:// or s3://"
        );
        assert!(message("no/such/archive.zip").ends_with("; check the path"));
    }
}
