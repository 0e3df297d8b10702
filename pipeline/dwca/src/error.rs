//! Errors that fail a whole archive.
//!
//! An error is a kind (who must act), a message in lower case, a remedy, and the place. What concerns one row is never
//! an error: see [`crate::Quarantined`].

use std::fmt;
use std::io;

/// Who must act on an [`ArchiveError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are not an archive, or are damaged: the publisher must send them again.
    Unreadable,
    /// meta.xml, or what stands in for it, does not describe the files: the publisher must correct it.
    Descriptor,
    /// A bound was exceeded; the payload is the setting to raise, e.g. `archive.columns`.
    Bound(&'static str),
    /// A name or a link points out of the archive: the archive is refused.
    Unsafe,
    /// The disk or the operating system failed: a rerun may help.
    Io,
}

/// An archive that cannot be read.
#[derive(Debug)]
pub struct ArchiveError(Box<Fault>);

/// Boxed, so that a `Result` is no larger than its value.
#[derive(Debug)]
struct Fault {
    kind: ErrorKind,
    message: String,
    remedy: String,
    file: Option<String>,
    line: Option<u64>,
    term: Option<String>,
    source: Option<io::Error>,
}

impl ArchiveError {
    fn new(kind: ErrorKind, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self(Box::new(Fault {
            kind,
            message: message.into(),
            remedy: remedy.into(),
            file: None,
            line: None,
            term: None,
            source: None,
        }))
    }

    pub(crate) fn unreadable(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unreadable, message, remedy)
    }

    pub(crate) fn descriptor(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(ErrorKind::Descriptor, message, remedy)
    }

    pub(crate) fn unsafe_path(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsafe, message, remedy)
    }

    /// `what` exceeded; `limit` is its value and `setting` its name.
    pub(crate) fn bound(what: impl fmt::Display, limit: impl fmt::Display, setting: &'static str) -> Self {
        Self::new(
            ErrorKind::Bound(setting),
            format!("{what}, over the bound of {limit}"),
            format!("if the archive is to be trusted, raise {setting}"),
        )
    }

    /// An operating system error, damaged compressed data, or one of ours that went through [`io::Error`] inside a
    /// reader.
    pub(crate) fn io(doing: impl fmt::Display, error: io::Error) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(inner) => return inner,
            Err(error) => error,
        };
        let mut this = match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                Self::unreadable(
                    format!("cannot {doing}: the compressed data is damaged or cut short"),
                    "ask the publisher to send the archive again",
                )
            }
            io::ErrorKind::NotFound => {
                Self::new(ErrorKind::Io, format!("cannot {doing}: it does not exist"), "correct the path")
            }
            _ => Self::new(
                ErrorKind::Io,
                format!("cannot {doing}"),
                "check the disk and the permissions, then run again",
            ),
        };
        this.0.source = Some(error);
        this
    }

    pub(crate) fn in_file(mut self, file: impl Into<String>) -> Self {
        self.0.file.get_or_insert(file.into());
        self
    }

    pub(crate) fn at_line(mut self, line: u64) -> Self {
        self.0.line.get_or_insert(line);
        self
    }

    pub(crate) fn about_term(mut self, term: impl Into<String>) -> Self {
        self.0.term.get_or_insert(term.into());
        self
    }

    /// Who must act.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What is wrong, in lower case.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it.
    pub fn remedy(&self) -> &str {
        &self.0.remedy
    }

    /// The file inside the archive, or the archive itself.
    pub fn file(&self) -> Option<&str> {
        self.0.file.as_deref()
    }

    /// 1-based physical line.
    pub fn line(&self) -> Option<u64> {
        self.0.line
    }

    /// The Darwin Core term, if one is to blame.
    pub fn term(&self) -> Option<&str> {
        self.0.term.as_deref()
    }
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if let Some(source) = &self.0.source {
            write!(f, " ({source})")?;
        }
        let mut place = Vec::new();
        if let Some(file) = &self.0.file {
            place.push(format!("file {file}"));
        }
        if let Some(line) = self.0.line {
            place.push(format!("line {line}"));
        }
        if let Some(term) = &self.0.term {
            place.push(format!("term {term}"));
        }
        if !place.is_empty() {
            write!(f, " [{}]", place.join(", "))?;
        }
        write!(f, "; {}", self.0.remedy)
    }
}

impl std::error::Error for ArchiveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
    }
}

/// Carries one of our errors through [`std::io::Read`].
impl From<ArchiveError> for io::Error {
    fn from(error: ArchiveError) -> Self {
        io::Error::other(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_place_and_remedy_are_shown_in_that_order() {
        let error = ArchiveError::descriptor(
            "meta.xml names the core file \"taxa.txt\", which is not in the archive",
            "add the file or correct <location>",
        )
        .in_file("meta.xml")
        .at_line(3);
        assert_eq!(
            error.to_string(),
            "meta.xml names the core file \"taxa.txt\", which is not in the archive [file meta.xml, line 3]; \
             add the file or correct <location>"
        );
    }

    #[test]
    fn our_error_survives_a_reader() {
        let inner = ArchiveError::bound("5 columns", 4, "archive.columns");
        let outer = ArchiveError::io("read x", inner.into());
        assert_eq!(outer.kind(), ErrorKind::Bound("archive.columns"));
    }
}
