//! Rows of extensions, and the lists that steps make of them.
//!
//! An extension comes as one list a record, with a struct of texts for each of its rows. A step about an extension reads
//! it through [`Rows`], which finds the column of a term once for a batch, and writes a list of structs with [`Structs`].
//!
//! Column names are the simple names of the terms. Where two terms of one file share a simple name, the one of the more
//! general vocabulary has it and the other bears its prefix (`type` is `dcterms:type` and `dc_type` is `dc:type`); a term
//! that is alone has its simple name whatever its vocabulary.

#[cfg(test)]
pub(crate) mod given;
mod rows;
mod structs;

pub use rows::{Cells, Rows, clean};
pub use structs::{Structs, Value, list_type};
