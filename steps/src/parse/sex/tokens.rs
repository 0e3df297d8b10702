//! A text about sexes cut into words, numbers and marks.

use crate::parse::vocabulary;

#[derive(Debug)]
pub(super) enum Kind {
    /// Letters, folded and in capitals.
    Word(String),
    Number(u64),
    /// `?`
    Doubt,
    /// `=`
    Equals,
}

#[derive(Debug)]
pub(super) struct Token {
    pub kind: Kind,
    /// Number of brackets around it.
    pub depth: usize,
    /// Written in capitals.
    pub is_capital: bool,
}

impl Token {
    /// The letters, of a word.
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The number, of a number.
    pub fn number(&self) -> Option<u64> {
        match self.kind {
            Kind::Number(number) => Some(number),
            _ => None,
        }
    }
}

/// More tokens than this are not read: such a text is a remark.
const TOKENS: usize = 48;

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut depth = 0_usize;
    let folded = vocabulary::fold(text);
    let mut characters = folded.chars().peekable();
    while let Some(character) = characters.next() {
        if tokens.len() >= TOKENS {
            break;
        }
        let mut is_capital = !character.is_lowercase();
        let kind = if vocabulary::is_letter(character) {
            let mut word: String = character.to_uppercase().collect();
            while let Some(letter) = characters.next_if(|letter| vocabulary::is_letter(*letter)) {
                is_capital &= !letter.is_lowercase();
                word.extend(letter.to_uppercase());
            }
            // The plural in `male(s)` is no word.
            if word == "S" && depth > 0 {
                continue;
            }
            Kind::Word(word)
        } else if let Some(digit) = character.to_digit(10) {
            let mut number = u64::from(digit);
            while let Some(digit) = characters.peek().and_then(|digit| digit.to_digit(10)) {
                number = number.saturating_mul(10).saturating_add(u64::from(digit));
                characters.next();
            }
            Kind::Number(number)
        } else {
            match character {
                '?' => Kind::Doubt,
                '=' => Kind::Equals,
                '(' | '[' | '{' => {
                    depth += 1;
                    continue;
                }
                ')' | ']' | '}' => {
                    depth = depth.saturating_sub(1);
                    continue;
                }
                _ => continue,
            }
        };
        // `MMMF`, `FF` and `mf` list individuals; `mm` is a unit of length.
        match kind {
            Kind::Word(word) if is_list(&word, is_capital) => {
                tokens.extend(word.chars().map(|letter| Token {
                    kind: Kind::Word(letter.to_string()),
                    depth,
                    is_capital,
                }));
            }
            kind => tokens.push(Token { kind, depth, is_capital }),
        }
    }
    tokens
}

fn is_list(word: &str, is_capital: bool) -> bool {
    (2..=6).contains(&word.len())
        && word.bytes().all(|letter| matches!(letter, b'M' | b'F'))
        && (is_capital || (word.contains('M') && word.contains('F')))
}
