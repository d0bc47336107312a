//! Phone numbers, normalised, so that two spellings of one number are equal.
//!
//! A shop in Japan is given Japanese numbers, and now and then one with its country code. What makes the first valid is
//! little: the numbering plan of the Ministry of Internal Affairs (電気通信番号計画) knows numbers of nine digits
//! after the 0, and of ten where they begin with 020, 050, 060, 070, 080 or 090. Of the others the country code is taken at
//! its word. A library that knows the plans of all countries would make a function a quarter larger; a test holds
//! this against one.

use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization as _;

/// Digits of a number with its country code: E.164 allows 15, and no country's numbers are shorter than these.
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// The longest text that is read, in bytes: a number with room for how people write it.
const TEXT_BYTES_MAX: usize = 120;
/// Japan's country code.
const JAPAN: &str = "81";
/// What is dialled in Japan before the country code of another country.
const ABROAD: &str = "010";
/// What people write between digits; widths are folded before.
const BETWEEN: &str = " -.()/‐‑‒–—―−ー~・";

/// A phone number in E.164: `+81312345678`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// The text is no phone number. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a phone number must be a Japanese one, like 03-1234-5678, or begin with its country code, like +81 3 1234 5678"
)]
pub struct InvalidPhone;

impl PhoneNumber {
    /// Reads a number; one without a country code is taken as Japanese.
    ///
    /// # Errors
    /// [`InvalidPhone`] where no such number can exist.
    pub fn parse(text: &str) -> Result<Self, InvalidPhone> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(InvalidPhone);
        }
        let folded: String = text.nfkc().collect();
        // `+81 (0)3 …`: the 0 is for those who dial within the country.
        let written = folded.trim().replacen("(0)", "", usize::from(folded.contains('+')));
        let (has_code, rest) = written.strip_prefix('+').map_or((false, &*written), |rest| (true, rest));
        if !rest.chars().all(|c| c.is_ascii_digit() || BETWEEN.contains(c)) {
            return Err(InvalidPhone);
        }
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        let international = match (has_code, digits.strip_prefix(ABROAD), digits.strip_prefix('0')) {
            (true, ..) => match digits.strip_prefix(JAPAN) {
                Some(national) => format!("{JAPAN}{}", national.strip_prefix('0').unwrap_or(national)),
                None => digits,
            },
            (false, Some(abroad), _) => abroad.to_owned(),
            (false, None, Some(national)) => format!("{JAPAN}{national}"),
            (false, None, None) => return Err(InvalidPhone),
        };
        let is_possible = match international.strip_prefix(JAPAN) {
            Some(national) => is_japanese(national),
            None => DIGITS.contains(&international.len()) && !international.starts_with('0'),
        };
        if is_possible { Ok(Self(format!("+{international}"))) } else { Err(InvalidPhone) }
    }

    /// The number as E.164.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a Japanese number, without its first 0, can exist.
fn is_japanese(national: &str) -> bool {
    let mut first = national.bytes();
    match (first.next(), first.next(), national.len()) {
        (Some(b'2' | b'5'..=b'9'), Some(b'0'), 10) => true,
        // 06 is Osaka: its numbers may go on with a 0, and are shorter than those of 060.
        (Some(b'5' | b'7'..=b'9'), Some(b'0'), _) | (Some(b'0'), ..) => false,
        (_, _, digits) => digits == 9,
    }
}

impl fmt::Debug for PhoneNumber {
    /// Hides the number: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(…)")
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = InvalidPhone;
    /// Takes a number as [`Self::as_str`] gave it: what was a number once is not judged again.
    fn try_from(text: String) -> Result<Self, InvalidPhone> {
        let is_number = |digits: &str| digits.len() <= *DIGITS.end() && digits.bytes().all(|b| b.is_ascii_digit());
        if text.strip_prefix('+').is_some_and(is_number) { Ok(Self(text)) } else { Err(InvalidPhone) }
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_number_are_one_number() {
        for spelling in
            ["03-1234-5678", "０３−１２３４−５６７８", "+81 3 1234 5678", "+81 (0)3-1234-5678", "(03)1234.5678"]
        {
            assert_eq!(PhoneNumber::parse(spelling).unwrap().as_str(), "+81312345678", "{spelling}");
        }
        for (spelling, number) in [
            ("090-1234-5678", "+819012345678"),
            ("0120-123-456", "+81120123456"),
            ("010 1 415 555 2671", "+14155552671"),
            ("+886 2 2720 8889", "+886227208889"),
            ("+44 (0)20 7946 0958", "+442079460958"),
        ] {
            assert_eq!(PhoneNumber::parse(spelling).unwrap().as_str(), number, "{spelling}");
        }
    }

    #[test]
    fn what_cannot_be_dialled_is_no_number() {
        let all = ["", "0", "abc", "123", "+999 1", "+", "0000000000", "03-1234-567", "090-1234-567", "1234567890"];
        let zeros = "0".repeat(1_000_000);
        for bad in [format!("+81{zeros}"), zeros] {
            assert_eq!(PhoneNumber::parse(&bad), Err(InvalidPhone), "{} bytes", bad.len());
        }
        for bad in all.into_iter().chain(["03-1234-5678 内線 5", "+81", "+81 0 0", "+1234567890123456", "03++1234"]) {
            assert_eq!(PhoneNumber::parse(bad), Err(InvalidPhone), "{bad}");
        }
    }

    /// What libphonenumber's data says of a number: its E.164 where it exists.
    fn by_library(text: &str) -> Option<String> {
        let number = phonenumber::parse(Some(phonenumber::country::JP), text).ok()?;
        phonenumber::is_valid(&number).then(|| number.format().mode(phonenumber::Mode::E164).to_string())
    }

    proptest! {
        #[test]
        fn every_number_that_people_in_japan_have_is_read_as_the_library_reads_it(
            text in "0(3[2-9]|6[2-9]|45|52|75|92|11)[0-9]{7}|0[5-9]0[1-9][0-9]{7}"
        ) {
            if let Some(number) = by_library(&text) {
                prop_assert_eq!(PhoneNumber::parse(&text).map(String::from), Ok(number));
            }
        }

        #[test]
        fn and_so_is_every_number_with_its_country_code(
            text in "\\+(1[2-9][0-9]{9}|44[1-9][0-9]{9}|49[1-9][0-9]{7,10}|82[1-9][0-9]{7,9}|86[1-9][0-9]{9,10}|886[1-9][0-9]{8})"
        ) {
            if let Some(number) = by_library(&text) {
                prop_assert_eq!(PhoneNumber::parse(&text).map(String::from), Ok(number));
            }
        }

        #[test]
        fn a_number_that_was_read_reads_as_itself(text in "\\PC{0,20}|[0-9+ ()-]{5,18}") {
            if let Ok(number) = PhoneNumber::parse(&text) {
                prop_assert_eq!(PhoneNumber::parse(number.as_str()), Ok(number.clone()));
            }
        }
    }
}
