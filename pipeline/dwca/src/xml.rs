//! Small XML documents as trees, for meta.xml and EML.
//!
//! No DTD is read and no entity but the five of XML and the numeric ones is resolved, so nothing expands and nothing is
//! fetched. Depth is bounded; size is bounded by whoever read the bytes. Namespaces are dropped: publishers get them
//! wrong, and no name in the two vocabularies depends on one.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::encoding::decode_document;
use crate::error::ArchiveError;
use crate::limits::Limits;

/// An element.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// Local name, in lower case.
    pub name: String,
    /// 1-based line of the start tag.
    pub line: u64,
    /// Local name in lower case, and value.
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    /// Text of the element, without that of its children.
    pub text: String,
    /// Where in the text of the parent the element stands.
    at: usize,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn children_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Text of the element and of its descendants, in document order.
    pub(crate) fn full_text(&self) -> String {
        let mut out = String::new();
        self.write_text(&mut out);
        out
    }

    fn write_text(&self, out: &mut String) {
        let mut written = 0;
        for child in &self.children {
            out.push_str(self.text.get(written..child.at).unwrap_or_default());
            written = child.at;
            child.write_text(out);
        }
        out.push_str(self.text.get(written..).unwrap_or_default());
    }

    /// First descendant of that name.
    pub(crate) fn find(&self, name: &str) -> Option<&Self> {
        self.children.iter().find_map(|child| if child.name == name { Some(child) } else { child.find(name) })
    }
}

/// A document, and what was odd about it.
#[derive(Debug)]
pub(crate) struct Document {
    pub root: Element,
    /// Where and why reading stopped before the end; always none when strict.
    pub broken: Option<String>,
    /// It was not in the encoding it declares.
    pub wrong_encoding: bool,
    /// It holds a DOCTYPE, which was not read.
    pub has_doctype: bool,
}

/// How to take a document that is not well-formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Any fault is an error, a DOCTYPE too.
    Strict,
    /// What was read up to the fault is returned, and unknown entities stay as they are written.
    Lenient,
}

/// Reads a document within the bounds on XML.
pub(crate) fn parse(bytes: &[u8], file: &str, limits: &Limits, manner: Manner) -> Result<Document, ArchiveError> {
    let (text, wrong_encoding) = decode_document(bytes, declared_encoding(bytes).as_deref());
    let mut parser = Parser { text: &text, file, manner, stack: Vec::new(), has_doctype: false };
    let mut root = None;
    let broken = match parser.run(limits, &mut root) {
        Ok(()) => None,
        Err(Fault::Refused(error)) => return Err(error),
        Err(Fault::Malformed { line, what }) if manner == Manner::Strict => {
            return Err(ArchiveError::descriptor(
                format!("the document is not well-formed XML: {what}"),
                "correct it, or ask the publisher to",
            )
            .in_file(file)
            .at_line(line));
        }
        Err(Fault::Malformed { line, what }) => Some(format!("line {line}: {what}")),
    };
    let has_doctype = parser.has_doctype;
    // What is still open when the document breaks off is kept.
    while let Some(element) = parser.stack.pop() {
        close(element, &mut parser.stack, &mut root);
    }
    match root {
        Some(root) => Ok(Document { root, broken, wrong_encoding, has_doctype }),
        None => Err(ArchiveError::descriptor("the document holds no XML element", "replace it").in_file(file)),
    }
}

/// A tree takes many times the bytes of a document of nothing but small elements, so their number is bounded with its
/// size.
const BYTES_PER_NODE: usize = 32;

enum Fault {
    Refused(ArchiveError),
    Malformed { line: u64, what: String },
}

struct Parser<'a> {
    text: &'a str,
    file: &'a str,
    manner: Manner,
    stack: Vec<Element>,
    has_doctype: bool,
}

impl Parser<'_> {
    fn run(&mut self, limits: &Limits, root: &mut Option<Element>) -> Result<(), Fault> {
        let mut reader = Reader::from_str(self.text);
        reader.config_mut().allow_dangling_amp = self.manner == Manner::Lenient;
        let mut lines = Lines { text: self.text, at: 0, line: 1 };
        let mut nodes = 0;
        loop {
            if nodes > limits.xml_bytes / BYTES_PER_NODE {
                return Err(Fault::Refused(
                    ArchiveError::bound(
                        "the document holds too many elements",
                        limits.xml_bytes / BYTES_PER_NODE,
                        "archive.xml_bytes",
                    )
                    .in_file(self.file),
                ));
            }
            let line = lines.at(reader.buffer_position());
            let malformed = |what: String| Fault::Malformed { line, what };
            match reader.read_event().map_err(|error| malformed(error.to_string()))? {
                Event::Start(tag) => {
                    if self.stack.len() >= limits.xml_depth {
                        return Err(Fault::Refused(
                            ArchiveError::bound("elements are nested too deep", limits.xml_depth, "archive.xml_depth")
                                .in_file(self.file)
                                .at_line(line),
                        ));
                    }
                    let element = self.element(&tag, line)?;
                    nodes += 1 + element.attributes.len();
                    self.stack.push(element);
                }
                Event::Empty(tag) => {
                    let element = self.element(&tag, line)?;
                    nodes += 1 + element.attributes.len();
                    close(element, &mut self.stack, root);
                }
                Event::End(_) => {
                    if let Some(element) = self.stack.pop() {
                        close(element, &mut self.stack, root);
                    }
                }
                Event::Text(text) => self.add_text(&text.xml10_content()),
                Event::CData(text) => self.add_text(&text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let name = reference.into_inner();
                    let text = self.resolve(&name, line)?;
                    self.add_text(&text);
                }
                Event::DocType(_) => {
                    if self.manner == Manner::Strict {
                        return Err(Fault::Refused(
                            ArchiveError::descriptor(
                                "the document holds a DOCTYPE, and none is read",
                                "remove the DOCTYPE and the entities it declares",
                            )
                            .in_file(self.file)
                            .at_line(line),
                        ));
                    }
                    self.has_doctype = true;
                }
                Event::Eof if self.stack.is_empty() => return Ok(()),
                Event::Eof => return Err(malformed("the document ends within an element".into())),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
    }

    fn element(&self, tag: &BytesStart<'_>, line: u64) -> Result<Element, Fault> {
        let mut attributes = Vec::new();
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| Fault::Malformed { line, what: error.to_string() })?;
            let name = local_name(attribute.key.as_ref());
            let value = self.unescape(&attribute.value, line)?;
            attributes.push((name, value));
        }
        Ok(Element { name: local_name(tag.name().as_ref()), line, attributes, ..Element::default() })
    }

    /// Resolves references by hand: the parser's own function knows a fixed policy for unknown ones.
    fn unescape(&self, value: &str, line: u64) -> Result<String, Fault> {
        let mut out = String::with_capacity(value.len());
        let mut rest = value;
        while let Some(at) = rest.find('&') {
            let (before, after) = rest.split_at(at);
            out.push_str(before);
            match after.get(1..).and_then(|after| after.split_once(';')) {
                Some((name, after)) if name.len() <= 32 && !name.contains(['&', ' ']) => {
                    out.push_str(&self.resolve(name, line)?);
                    rest = after;
                }
                _ if self.manner == Manner::Strict => {
                    return Err(Fault::Malformed { line, what: "an \"&\" that starts no entity".into() });
                }
                _ => {
                    out.push('&');
                    rest = after.get(1..).unwrap_or_default();
                }
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    fn resolve(&self, name: &str, line: u64) -> Result<String, Fault> {
        let resolved = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            name => name.strip_prefix('#').and_then(|number| {
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
                    None => number.parse().ok(),
                };
                code.and_then(char::from_u32)
            }),
        };
        match resolved {
            Some(character) => Ok(character.into()),
            None if self.manner == Manner::Lenient => Ok(format!("&{name};")),
            None => Err(Fault::Malformed { line, what: format!("the entity &{name}; is not one of the five of XML") }),
        }
    }

    fn add_text(&mut self, text: &str) {
        if let Some(element) = self.stack.last_mut() {
            element.text.push_str(text);
        }
    }
}

fn close(mut element: Element, stack: &mut [Element], root: &mut Option<Element>) {
    match stack.last_mut() {
        Some(parent) => {
            element.at = parent.text.len();
            parent.children.push(element);
        }
        None => {
            root.get_or_insert(element);
        }
    }
}

fn local_name(name: &str) -> String {
    name.rsplit_once(':').map_or(name, |(_, local)| local).to_lowercase()
}

/// Lines of growing positions, counted once.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn at(&mut self, position: u64) -> u64 {
        let position = usize::try_from(position).unwrap_or(usize::MAX).min(self.text.len());
        let between = self.text.as_bytes().get(self.at..position).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', between).count() as u64;
        self.at = self.at.max(position);
        self.line
    }
}

/// `encoding` of the XML declaration, if the first bytes are ASCII at all.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(bytes.get(..bytes.len().min(200))?);
    let declaration = start.split_once("<?xml")?.1.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.split_once('=')?.1.trim_start();
    let quote = value.chars().next()?;
    value.get(1..)?.split_once(quote).map(|(name, _)| name.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn shallow() -> Limits {
        Limits { xml_depth: 8, ..Limits::default() }
    }

    fn strict(text: &str) -> Result<Document, ArchiveError> {
        parse(text.as_bytes(), "meta.xml", &shallow(), Manner::Strict)
    }

    #[test]
    fn names_lose_case_and_namespace_and_references_are_resolved() {
        let document = strict(
            "\u{feff}<?xml version='1.0'?><x:Archive a:B='&quot;&#9;&amp;'>\n<c>1&lt;2<![CDATA[<3]]></c></x:Archive>",
        )
        .unwrap();
        assert_eq!(document.root.name, "archive");
        assert_eq!(document.root.attribute("b"), Some("\"\t&"));
        let child = document.root.child("c").unwrap();
        assert_eq!((child.text.as_str(), child.line), ("1<2<3", 2));
    }

    #[test]
    fn nothing_expands() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>";
        assert_eq!(strict(bomb).unwrap_err().kind(), ErrorKind::Descriptor);
        let document = parse(bomb.as_bytes(), "eml.xml", &shallow(), Manner::Lenient).unwrap();
        assert_eq!(document.root.text, "&b;");
        assert!(document.has_doctype);
        assert_eq!(strict("<a b='&c;'/>").unwrap_err().kind(), ErrorKind::Descriptor);
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "<a>".repeat(9);
        assert_eq!(strict(&deep).unwrap_err().kind(), ErrorKind::Bound("archive.xml_depth"));
    }

    #[test]
    fn elements_are_bounded() {
        let limits = Limits { xml_bytes: 3200, ..shallow() };
        let many = format!("<a>{}</a>", "<b/>".repeat(200));
        let error = parse(many.as_bytes(), "eml.xml", &limits, Manner::Lenient).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Bound("archive.xml_bytes"));
    }

    #[test]
    fn a_broken_document_is_kept_up_to_the_fault() {
        let document = parse(b"<a><b>x & y</b><c>z</d></a>", "eml.xml", &shallow(), Manner::Lenient).unwrap();
        assert_eq!(document.root.child("b").unwrap().text, "x & y");
        assert!(document.broken.is_some());
        assert!(strict("<a><b></a>").is_err());
        assert!(strict("").is_err());
    }

    #[test]
    fn encodings() {
        let latin = b"<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>for\xeat</a>";
        assert_eq!(parse(latin, "eml.xml", &shallow(), Manner::Lenient).unwrap().root.text, "forêt");
        let wrong = b"<?xml version=\"1.0\" encoding=\"utf-8\"?><a>for\xeat</a>";
        let document = parse(wrong, "eml.xml", &shallow(), Manner::Lenient).unwrap();
        assert_eq!(document.root.text, "forêt");
        assert!(document.wrong_encoding);
        let wide: Vec<u8> = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>forêt</a>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(parse(&wide, "meta.xml", &shallow(), Manner::Strict).unwrap().root.text, "forêt");
    }
}
