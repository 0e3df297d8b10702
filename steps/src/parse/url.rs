//! Addresses on the web.

use std::borrow::Cow;

/// An address with its scheme; `None` when the text is none.
///
/// `http`, `https` and `ftp` are known. A text without a scheme is an address when it begins with a domain
/// (`www.gbif.org/image`); `http://` then stands before it. A bare file name (`logo.png`) is no domain.
pub fn address(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim();
    // Browsers and servers agree on no more than this.
    const LONGEST: usize = 8_000;
    if text.is_empty() || text.len() > LONGEST || text.contains(char::is_whitespace) {
        return None;
    }
    match text.split_once("://") {
        Some((scheme, rest)) => {
            let known = ["http", "https", "ftp"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
            (known && has_host(rest)).then_some(Cow::Borrowed(text))
        }
        None => is_domain(host(text)).then(|| Cow::Owned(format!("http://{text}"))),
    }
}

/// The addresses in a list. Separators are `|`, `;`, `,` and blanks, but only where an address follows: they may stand
/// inside an address too.
pub fn addresses(text: &str) -> Vec<Cow<'_, str>> {
    let mut starts: Vec<usize> = vec![0];
    let bytes = text.as_bytes();
    for (position, _) in
        text.char_indices().filter(|(_, character)| matches!(character, 'h' | 'H' | 'f' | 'F' | 'w' | 'W'))
    {
        let after_separator = position
            .checked_sub(1)
            .and_then(|before| bytes.get(before))
            .is_some_and(|before| matches!(before, b'|' | b';' | b',' | b'#') || before.is_ascii_whitespace());
        if after_separator && text.get(position..).is_some_and(begins_address) {
            starts.push(position);
        }
    }
    starts.push(text.len());
    starts
        .windows(2)
        .filter_map(|ends| {
            let [start, end] = ends else { return None };
            let element = text.get(*start..*end)?.trim();
            // Some publishers write the name of the separator into the data.
            let element = element.trim_end_matches(['|', ';', ',', ' ']);
            let element = element.strip_suffix("#DELIMITER#").unwrap_or(element);
            address(element.trim_end_matches(['|', ';', ',', ' ', '\t']))
        })
        .collect()
}

fn begins_address(text: &str) -> bool {
    ["http://", "https://", "ftp://", "www."]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start)))
}

fn host(text: &str) -> &str {
    text.split(['/', '?', '#']).next().unwrap_or(text)
}

/// Whether a host follows the scheme. Intranet names and numeric addresses are hosts, an ellipsis is none.
fn has_host(rest: &str) -> bool {
    let host = host(rest);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.split_once(':').filter(|_| !host.starts_with('[')).map_or(host, |(host, _)| host);
    host.chars().any(char::is_alphanumeric)
        && !host.starts_with('.')
        && !host.contains("..")
        && !host.contains(['<', '>', '"', '{', '}', '|', '\\', '^', '`'])
}

fn is_domain(host: &str) -> bool {
    let Some((name, top)) = host.rsplit_once('.') else { return false };
    let labels = name.split('.').all(|label| {
        !label.is_empty() && label.len() < 64 && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    });
    let top_level = (2..=10).contains(&top.len()) && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    labels && top_level && super::media::of_extension(top).is_none()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_address() {
        for (text, expected) in [
            ("www.gbif.org/logo.png", Some("http://www.gbif.org/logo.png")),
            (" https://www.gbif.org/logo.png", Some("https://www.gbif.org/logo.png")),
            ("ftp://www.gbif.org/logo.png", Some("ftp://www.gbif.org/logo.png")),
            ("inpn.mnhn.fr/espece/cd_nom/60585", Some("http://inpn.mnhn.fr/espece/cd_nom/60585")),
            ("images/logo.gif", None),
            ("logo.gif", None),
            ("tim.1png", None),
            ("http://...", None),
            ("-", None),
            ("file:///etc/passwd", None),
            ("javascript://alert", None),
            ("", None),
        ] {
            assert_eq!(address(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn lists() {
        assert_eq!(
            addresses("http://gbif.org/logo.png |#DELIMITER#| http://gbif.org/logo2.png"),
            ["http://gbif.org/logo.png", "http://gbif.org/logo2.png"]
        );
        assert_eq!(addresses("http://a.org/1.png;https://a.org/2.png").len(), 2);
        assert_eq!(addresses("http://www.gbif.org/image?id=12&format=gif,jpg").len(), 1);
        assert!(addresses("-").is_empty());
        assert!(addresses(" ").is_empty());
    }

    proptest! {
        #[test]
        fn an_address_stays_as_it_is(text in "\\PC{0,60}|(http://|www\\.|[a-z]{1,4}|[./|;, ]){1,8}") {
            if let Some(once) = address(&text) {
                let twice = address(&once).map(Cow::into_owned);
                prop_assert_eq!(twice.as_deref(), Some(once.as_ref()));
            }
            for one in addresses(&text) {
                prop_assert!(address(&one).is_some());
            }
        }
    }
}
