//! Delimited rows of any bytes.
#![no_main]

mod archive;

use archive::read_files;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // The first byte chooses the form, the rest is the core and the extension.
    let Some((form, rows)) = data.split_first() else { return };
    let quote = ["", "&quot;", "&apos;"][usize::from(form % 3)];
    let delimiter = ["\\t", ",", ";", "|"][usize::from(form / 3 % 4)];
    let encoding = ["UTF-8", "ISO-8859-1", "UTF-16"][usize::from(form / 12 % 3)];
    let table = |tag: &str, row_type: &str, id: &str| {
        format!(
            "<{tag} encoding=\"{encoding}\" fieldsTerminatedBy=\"{delimiter}\" fieldsEnclosedBy=\"{quote}\" \
             rowType=\"{row_type}\"><files><location>{tag}.txt</location></files><{id} index=\"0\"/>\
             <field index=\"1\" term=\"dwc:locality\" default=\"x\"/></{tag}>"
        )
    };
    let meta = format!(
        "<archive>{}{}</archive>",
        table("core", "dwc:Event", "id"),
        table("extension", "dwc:Occurrence", "coreid")
    );
    let (core, extension) = rows.split_at(rows.len() / 2);
    read_files(&[("meta.xml", meta.as_bytes()), ("core.txt", core), ("extension.txt", extension)]);
});
