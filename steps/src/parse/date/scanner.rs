//! A cursor over the bytes of a text.

/// The bytes that are left to read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner<'a>(pub &'a [u8]);

impl<'a> Scanner<'a> {
    /// The next byte.
    pub fn peek(self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The byte at a distance.
    pub fn peek_at(self, distance: usize) -> Option<u8> {
        self.0.get(distance).copied()
    }

    /// Whether nothing is left.
    pub fn is_at_end(self) -> bool {
        self.0.is_empty()
    }

    /// Steps over a number of bytes.
    pub fn skip(&mut self, count: usize) {
        self.0 = self.0.get(count..).unwrap_or_default();
    }

    /// Steps over one of the given bytes, if it is the next.
    pub fn take(&mut self, any_of: &[u8]) -> Option<u8> {
        let next = self.peek().filter(|next| any_of.contains(next))?;
        self.skip(1);
        Some(next)
    }

    /// Steps over spaces.
    pub fn skip_spaces(&mut self) {
        while self.take(b" ").is_some() {}
    }

    /// Steps over a run of 1 to 18 digits; its value and length.
    pub fn digits(&mut self) -> Option<(u64, usize)> {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=18).contains(&length) {
            return None;
        }
        let value = self.0.iter().take(length).fold(0, |value, byte| value * 10 + u64::from(byte - b'0'));
        self.skip(length);
        Some((value, length))
    }
}

impl Scanner<'_> {
    /// Steps over exactly two digits.
    pub fn two_digits(&mut self) -> Option<i8> {
        let (Some(tens), Some(units)) = (self.peek(), self.peek_at(1)) else { return None };
        if !tens.is_ascii_digit() || !units.is_ascii_digit() {
            return None;
        }
        self.skip(2);
        i8::try_from((tens - b'0') * 10 + (units - b'0')).ok()
    }
}
