//! Names of archive entries, and `<location>` values.
//!
//! Nothing is ever extracted under its own name, so a hostile name can do no harm here. It is refused all the same:
//! an archive that tries is not to be trusted, and another tool may extract it later.

/// Why a name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnsafeName {
    Parent,
    Absolute,
    Drive,
    Nul,
}

impl UnsafeName {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Parent => "climbs out of the archive with \"..\"",
            Self::Absolute => "is an absolute path",
            Self::Drive => "starts with a drive letter",
            Self::Nul => "holds a NUL character",
        }
    }
}

/// The name with `/` between its parts and nothing else: IPT 2.0.5 wrote `\meta.xml`, Windows tools `folder\file.txt`.
///
/// Empty for the root folder.
pub(crate) fn clean(name: &str) -> Result<String, UnsafeName> {
    if name.contains('\0') {
        return Err(UnsafeName::Nul);
    }
    if name.starts_with('/') || name.starts_with("\\\\") {
        return Err(UnsafeName::Absolute);
    }
    let mut letters = name.chars();
    if letters.next().is_some_and(|c| c.is_ascii_alphabetic()) && letters.next() == Some(':') {
        return Err(UnsafeName::Drive);
    }
    let mut parts = Vec::new();
    for part in name.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => return Err(UnsafeName::Parent),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

/// Dot files and what macOS adds to zips and tars.
pub(crate) fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
}

/// Last part of a cleaned path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Folder of a cleaned path, with its `/`, or nothing.
pub(crate) fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned() {
        assert_eq!(clean("\\meta.xml"), Ok("meta.xml".into()));
        assert_eq!(clean("./a//b\\c.txt"), Ok("a/b/c.txt".into()));
        assert_eq!(clean("a/"), Ok("a".into()));
        assert_eq!(clean(""), Ok(String::new()));
    }

    #[test]
    fn names_that_leave_are_refused() {
        assert_eq!(clean("../x"), Err(UnsafeName::Parent));
        assert_eq!(clean("a\\..\\..\\x"), Err(UnsafeName::Parent));
        assert_eq!(clean("/etc/passwd"), Err(UnsafeName::Absolute));
        assert_eq!(clean("\\\\server\\x"), Err(UnsafeName::Absolute));
        assert_eq!(clean("C:\\x"), Err(UnsafeName::Drive));
        assert_eq!(clean("a\0b"), Err(UnsafeName::Nul));
    }

    #[test]
    fn hidden_names() {
        assert!(is_hidden("__MACOSX/._meta.xml"));
        assert!(is_hidden("a/.hidden/b.txt"));
        assert!(!is_hidden("a/b.txt"));
    }
}
