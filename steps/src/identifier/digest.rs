//! Identifiers as GBIF computes them, for those who join our records with GBIF's.

use std::fmt::Write as _;

use sha1_smol::Sha1;

/// The SHA-1 of values one after the other, as 40 hexadecimal digits in lower case.
///
/// GBIF identifies an event so, by `datasetKey` and `eventID` (gbif/pipelines, `HashUtils`). Nothing stands between the
/// values: `a`, `bc` and `ab`, `c` are the same, which does not matter where one of them has a fixed length. It is a name
/// and no protection: SHA-1 does not withstand someone who looks for a collision.
pub fn sha1(values: &[impl AsRef<str>]) -> String {
    let mut digest = Sha1::new();
    values.iter().for_each(|value| digest.update(value.as_ref().as_bytes()));
    let mut text = String::with_capacity(40);
    for byte in digest.digest().bytes() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_values_together() {
        // FIPS 180-1, example A.1.
        assert_eq!(sha1(&["abc"]), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(sha1(&["a", "bc"]), sha1(&["abc"]));
        assert_eq!(sha1(&[""; 0]), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    }
}
