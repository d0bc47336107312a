//! Names in mail headers. SES takes mailboxes as they stand in a header, so a name that is not ASCII is
//! written as encoded words (RFC 2047). One that is ASCII is written as it is, in quotes where it needs them: filters mistrust
//! what is encoded and need not be.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wasurena_domain::contact::EmailAddress;

/// Bytes of text in one encoded word: with its frame it stays below the 75 characters of RFC 2047, 2.
const WORD_BYTES_MAX: usize = 42;
/// Longest name in quotes, in bytes: a longer one becomes words between which a line may end.
const QUOTED_BYTES_MAX: usize = 64;

/// `name <address>`, ready for a header.
#[must_use]
pub fn mailbox(name: &str, address: &EmailAddress) -> String {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ');
    let is_quotable = name.chars().all(|c| c.is_ascii_graphic() || c == ' ') && name.len() <= QUOTED_BYTES_MAX;
    let name = match (is_plain, is_quotable) {
        (true, _) => name.to_owned(),
        (false, true) => format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")),
        (false, false) => encoded_words(name),
    };
    format!("{name} <{}>", address.for_header())
}

fn encoded_words(text: &str) -> String {
    let mut words: Vec<String> = vec![String::new()];
    for c in text.chars() {
        match words.last_mut() {
            Some(word) if word.len() + c.len_utf8() <= WORD_BYTES_MAX => word.push(c),
            _ => words.push(c.to_string()),
        }
    }
    let encoded: Vec<String> = words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word))).collect();
    encoded.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_names_become_encoded_words() {
        let address = EmailAddress::parse("otayori@example.jp").unwrap();
        let from = mailbox("うつわ さくら(店主 佐藤)", &address);
        assert_eq!(from, "=?UTF-8?B?44GG44Gk44KPIOOBleOBj+OCiSjlupfkuLsg5L2Q6JekKQ==?= <otayori@example.jp>");
        assert_eq!(mailbox("Utsuwa Sakura", &address), "Utsuwa Sakura <otayori@example.jp>");
        assert_eq!(mailbox("Sakura (Sato)", &address), "\"Sakura (Sato)\" <otayori@example.jp>");
        assert_eq!(mailbox("\"S\" \\ Co.", &address), "\"\\\"S\\\" \\\\ Co.\" <otayori@example.jp>");
    }

    #[test]
    fn long_names_are_cut_between_characters_not_within() {
        let address = EmailAddress::parse("a@example.jp").unwrap();
        let from = mailbox(&"櫻".repeat(60), &address);
        for word in from.split(' ').filter(|word| word.starts_with("=?")) {
            assert!(word.len() <= 75, "{word}");
            let inner = word.trim_start_matches("=?UTF-8?B?").trim_end_matches("?=");
            assert!(String::from_utf8(STANDARD.decode(inner).unwrap()).is_ok());
        }
    }

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        let address = EmailAddress::parse("a@example.jp").unwrap();
        let from = mailbox("A\r\nBcc: b@example.jp \"<x>", &address);
        assert!(!from.contains('\r') && !from.contains('\n') && !from.contains("Bcc"), "{from}");
    }
}
