//! TAXREF numbers (CD_NOM, CD_REF) as people write them.

/// What an identifier of a taxon or of a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxrefId {
    /// A CD_NOM (or CD_REF, which is one).
    CdNom(i32),
    /// A taxon that a regional platform made up, with a negative number: never in TAXREF.
    Local,
    /// An identifier of something else.
    Foreign,
}

/// The addresses after which a CD_NOM stands; compared in lower case, without the scheme.
const ADDRESSES: &[&str] = &[
    "inpn.mnhn.fr/espece/cd_nom/",
    "inpn.mnhn.fr/isb/espece/cd_nom/",
    "inpn.mnhn.fr/espece/cd_ref/",
    "taxref.mnhn.fr/lod/taxon/",
    "taxref.mnhn.fr/lod/name/",
    "taxref.mnhn.fr/api/taxa/",
    "taxref.mnhn.fr/taxref-web/taxa/",
];

/// The prefixes that announce a CD_NOM, in lower case and without what separates them from the number.
const PREFIXES: &[&str] = &["cd_nom", "cdnom", "cd nom", "cd_ref", "cdref", "cd ref", "taxref", "inpn", "mnhn"];

/// Reads an identifier: `4319`, `cd_nom:4319`, `https://inpn.mnhn.fr/espece/cd_nom/4319/tab/fiche`,
/// `http://taxref.mnhn.fr/lod/taxon/4319/18.0`, `urn:lsid:taxref.mnhn.fr:name:4319`.
pub fn taxref_id(text: &str) -> TaxrefId {
    let text = text.trim();
    // Padded numbers are the row numbers of a list, never the SINP's.
    if text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return TaxrefId::Foreign;
    }
    if let Some(number) = whole_number(text) {
        return number;
    }
    let lower = text.to_ascii_lowercase();
    let address = lower.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    for known in ADDRESSES {
        if let Some(rest) = address.strip_prefix(known) {
            let digits = rest.split(['/', '?', '#', '.', ';']).next().unwrap_or("");
            return whole_number(digits).unwrap_or(TaxrefId::Foreign);
        }
    }
    if let Some(rest) = lower.strip_prefix("urn:lsid:") {
        // Other authorities number their names too: a WoRMS number taken for a CD_NOM would be a wrong taxon.
        let ours = rest.contains("taxref") || rest.contains("mnhn.fr") || rest.contains("inpn");
        let number = rest.rsplit(':').find_map(whole_number);
        return match number {
            Some(number) if ours => number,
            _ => TaxrefId::Foreign,
        };
    }
    for prefix in PREFIXES {
        if let Some(rest) = lower.strip_prefix(prefix) {
            let rest = rest.trim_start_matches(|c: char| matches!(c, ':' | '=' | '_' | '/' | '#') || c.is_whitespace());
            // `taxref:cd_nom:4319`, `taxref v18:4319`, `taxref18:4319`.
            let rest = rest.rsplit([':', '=', ' ']).next().unwrap_or(rest);
            if let Some(number) = whole_number(rest) {
                return number;
            }
        }
    }
    TaxrefId::Foreign
}

/// A whole number; spreadsheets write `4319.0`.
fn whole_number(text: &str) -> Option<TaxrefId> {
    let text = text.trim();
    let text = text.strip_suffix(".0").or_else(|| text.strip_suffix(",0")).unwrap_or(text);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match digits.parse::<i32>() {
        Ok(0) | Err(_) => Some(TaxrefId::Foreign),
        Ok(_) if negative => Some(TaxrefId::Local),
        Ok(number) => Some(TaxrefId::CdNom(number)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_of_a_number_is_read() {
        for text in [
            "4319",
            " 4319 ",
            "4319.0",
            "cd_nom:4319",
            "CD_NOM 4319",
            "cdnom=4319",
            "cd_ref:4319",
            "TAXREF:4319",
            "taxref v18:4319",
            "INPN:cd_nom:4319",
            "https://inpn.mnhn.fr/espece/cd_nom/4319",
            "http://inpn.mnhn.fr/espece/cd_nom/4319/tab/fiche",
            "https://inpn.mnhn.fr/espece/cd_nom/4319?lg=en",
            "inpn.mnhn.fr/espece/cd_nom/4319",
            "http://taxref.mnhn.fr/lod/taxon/4319",
            "http://taxref.mnhn.fr/lod/name/4319",
            "http://taxref.mnhn.fr/lod/taxon/4319/18.0",
            "https://taxref.mnhn.fr/api/taxa/4319",
            "urn:lsid:taxref.mnhn.fr:name:4319",
        ] {
            assert_eq!(taxref_id(text), TaxrefId::CdNom(4319), "{text}");
        }
    }

    #[test]
    fn what_is_not_taxref_is_not_taken_for_it() {
        for text in [
            "urn:lsid:marinespecies.org:taxname:126436",
            "gbif:2480946",
            "https://www.gbif.org/species/2480946",
            "TAX-4319",
            "0",
            "99999999999",
            "",
            "-",
            "43 19",
            "https://inpn.mnhn.fr/espece/cd_nom/",
        ] {
            assert_eq!(taxref_id(text), TaxrefId::Foreign, "{text}");
        }
        assert_eq!(taxref_id("-12"), TaxrefId::Local);
        assert_eq!(taxref_id("cd_nom:-12"), TaxrefId::Local);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in any::<String>()) {
            let _ = taxref_id(&text);
        }
    }
}
