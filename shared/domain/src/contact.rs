//! Ways to reach a person: mail address, phone number, name.

pub use crate::phone::{InvalidPhone, PhoneNumber};

use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// Longest mail address accepted, in bytes (RFC 5321, 4.5.3.1.3).
const EMAIL_MAX: usize = 254;
/// Longest name kept, in characters; longer ones are cut.
const NAME_MAX: usize = 80;

/// A mail address, normalised: NFKC, trimmed, lower case. Two spellings of one address are equal,
/// so this is what identifies a customer.
///
/// Addresses of old Japanese carriers break RFC 5321 (`a..b@docomo.ne.jp`, `.a@ezweb.ne.jp`); they
/// exist, so they are accepted, and [`EmailAddress::is_risky`] tells them apart.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Why a text is not a mail address. Never holds the text: it may be a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    /// No `@`, or nothing on one side of it.
    #[error("a mail address needs something on both sides of @")]
    Shape,
    /// Longer than 254 bytes.
    #[error("a mail address has at most 254 characters")]
    TooLong,
    /// A character that SES cannot deliver to: it has no SMTPUTF8, so local parts are ASCII.
    #[error("a mail address may hold only printable ASCII without spaces, quotes, commas and brackets")]
    Character,
    /// The part after `@` is no domain name.
    #[error("the part after @ must be a domain name like example.jp")]
    Domain,
}

impl EmailAddress {
    /// The part after `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit('@').next().unwrap_or_default()
    }

    /// Reads and normalises an address.
    ///
    /// # Errors
    /// [`InvalidEmail`] says what is wrong, without repeating the address.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let address: String = text.nfkc().collect::<String>().trim().to_ascii_lowercase();
        if address.len() > EMAIL_MAX {
            return Err(InvalidEmail::TooLong);
        }
        let (local, domain) = address.rsplit_once('@').ok_or(InvalidEmail::Shape)?;
        if local.is_empty() || domain.is_empty() {
            return Err(InvalidEmail::Shape);
        }
        if !local.bytes().all(|b| b.is_ascii_graphic() && !b"\"(),:;<>@[\\]".contains(&b)) {
            return Err(InvalidEmail::Character);
        }
        let label = |l: &str| {
            !l.is_empty()
                && l.len() <= 63
                && !l.starts_with('-')
                && !l.ends_with('-')
                && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if !domain.contains('.') || !domain.split('.').all(label) {
            return Err(InvalidEmail::Domain);
        }
        Ok(Self(address))
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the local part breaks RFC 5321's dot-atom: providers may refuse it unless it is quoted.
    #[must_use]
    pub fn is_risky(&self) -> bool {
        let local = self.0.split('@').next().unwrap_or_default();
        local.starts_with('.') || local.ends_with('.') || local.contains("..")
    }

    /// The address as a mail header needs it: the local part quoted where it is risky, and only then.
    #[must_use]
    pub fn for_header(&self) -> String {
        match self.0.rsplit_once('@') {
            Some((local, domain)) if self.is_risky() => format!("\"{local}\"@{domain}"),
            _ => self.0.clone(),
        }
    }
}

impl fmt::Debug for EmailAddress {
    /// Hides the address: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = InvalidEmail;
    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

/// A person's name as given, without an honorific.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonName(String);

impl PersonName {
    /// Takes a name as given: control characters become spaces, runs of spaces one, 80 characters at most.
    /// `None` where it is no name to address a person by: empty, or holding 様, テスト or a digit
    /// (such a person is addressed as 「お客様」).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let name: String = clean.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(NAME_MAX).collect();
        let folded: String = name.nfkc().collect::<String>().to_lowercase();
        let is_no_name = name.is_empty()
            || folded.contains('様')
            || folded.contains("テスト")
            || folded.split_whitespace().any(|word| word == "test")
            || folded.chars().any(|c| c.is_ascii_digit());
        (!is_no_name).then_some(Self(name))
    }

    /// Joins family and given name in the order of their script: 姓 first for Japanese names, given name
    /// first for names in Latin letters.
    #[must_use]
    pub fn from_parts(family: &str, given: &str) -> Option<Self> {
        let latin = !format!("{family}{given}").chars().any(|c| !c.is_ascii());
        Self::parse(&if latin { format!("{given} {family}") } else { format!("{family} {given}") })
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonName {
    /// Hides the name: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one() {
        let plain = EmailAddress::parse("hanako@example.jp").unwrap();
        for spelling in ["Hanako@Example.JP", " hanako@example.jp\n", "ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ"]
        {
            assert_eq!(EmailAddress::parse(spelling).unwrap(), plain);
        }
    }

    #[test]
    fn carrier_addresses_are_accepted_and_risky() {
        for risky in ["a..b@docomo.ne.jp", ".a@docomo.ne.jp", "a.@ezweb.ne.jp"] {
            let address = EmailAddress::parse(risky).unwrap();
            assert!(address.is_risky(), "{risky}");
            assert!(address.for_header().starts_with('"'));
        }
        let plain = EmailAddress::parse("a.b@example.jp").unwrap();
        assert!(!plain.is_risky());
        assert_eq!(plain.for_header(), "a.b@example.jp");
    }

    #[test]
    fn what_is_no_address_is_refused_by_name() {
        let long = format!("{}@example.jp", "a".repeat(250));
        for (text, why) in [
            ("", InvalidEmail::Shape),
            ("hanako", InvalidEmail::Shape),
            ("@example.jp", InvalidEmail::Shape),
            ("花子@example.jp", InvalidEmail::Character),
            ("a b@example.jp", InvalidEmail::Character),
            ("a@b@example.jp", InvalidEmail::Character),
            ("a@localhost", InvalidEmail::Domain),
            ("a@-x.jp", InvalidEmail::Domain),
            ("a@example..jp", InvalidEmail::Domain),
            (&long, InvalidEmail::TooLong),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn names_that_are_no_names_are_none() {
        for bad in ["", "  ", "山田様", "テスト 太郎", "ﾃｽﾄ", "山田3", "test user"] {
            assert!(PersonName::parse(bad).is_none(), "{bad:?}");
        }
        assert_eq!(PersonName::parse(" 山田\t花子 ").unwrap().as_str(), "山田 花子");
        assert_eq!(PersonName::from_parts("山田", "花子").unwrap().as_str(), "山田 花子");
        assert_eq!(PersonName::from_parts("Norman", "Bob").unwrap().as_str(), "Bob Norman");
    }

    #[test]
    fn debug_output_holds_no_person() {
        let shown = format!(
            "{:?} {:?} {:?}",
            EmailAddress::parse("hanako@example.jp"),
            PhoneNumber::parse("03-1234-5678"),
            PersonName::parse("山田 花子")
        );
        assert!(!shown.contains("hanako") && !shown.contains("5678") && !shown.contains("花子"), "{shown}");
    }
}
