//! The shop's contact card (R20): a page for whoever is handed the link, and a vCard that telephones read. Neither holds
//! anything of a customer, so the link needs no token and may be handed on.

use crate::page::{contact, page};
use crate::voice::Voice;
use maud::{Markup, html};
use wasurena_domain::shop::Shop;

/// Longest line, in bytes (RFC 2426, 2.6).
const LINE_MAX: usize = 75;

/// The page.
pub(crate) fn show(voice: Voice<'_>, file: &str) -> Markup {
    let Shop { name, url, legal, staff, .. } = voice.shop;
    let content = html! {
        p { (staff.role) " " (staff.name) }
        p { (legal.address) }
        a class="button" href=(file) { (voice.say("連絡先に加える", "Add to your contacts")) }
        p class="links" { a href=(url) { (voice.say("お店のページを見る", "Visit the shop")) } }
        (contact(voice))
    };
    page(voice.language, name, name, &content)
}

/// The card in version 3.0, which is what telephones read.
pub(crate) fn file(shop: &Shop) -> String {
    let legal = &shop.legal;
    let mut lines = vec![
        "BEGIN:VCARD".to_owned(),
        "VERSION:3.0".to_owned(),
        format!("FN:{}", escaped(&shop.name)),
        format!("N:{};;;;", escaped(&shop.name)),
        format!("ORG:{}", escaped(&shop.name)),
        "X-ABShowAs:COMPANY".to_owned(),
        format!("TEL;TYPE=WORK,VOICE:{}", escaped(&legal.phone)),
        format!("EMAIL;TYPE=INTERNET,WORK:{}", escaped(legal.email.as_str())),
    ];
    // Who has the sender in the address book finds the shop's mails in the inbox.
    if shop.sender.address != legal.email {
        lines.push(format!("EMAIL;TYPE=INTERNET:{}", escaped(shop.sender.address.as_str())));
    }
    lines.push(format!("ADR;TYPE=WORK:;;{};;;;", escaped(&legal.address)));
    lines.push(format!("URL:{}", escaped(&shop.url)));
    lines.push("END:VCARD".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A line with its end, folded where it is too long: between characters, never within one.
fn folded(line: &str) -> String {
    let (mut text, mut bytes) = (String::with_capacity(line.len() + 2), 0);
    for c in line.chars() {
        if bytes + c.len_utf8() > LINE_MAX {
            text.push_str("\r\n ");
            bytes = 1;
        }
        text.push(c);
        bytes += c.len_utf8();
    }
    text + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters() {
        let line = format!("FN:{}", "櫻".repeat(60));
        let text = folded(&line);
        assert!(text.split("\r\n").all(|part| part.len() <= LINE_MAX), "{text}");
        assert_eq!(text.replace("\r\n ", "").trim_end(), line);
    }

    #[test]
    fn a_value_cannot_begin_a_line_of_its_own() {
        assert_eq!(escaped("a;b,c\\d\r\nTEL:1\u{0}"), "a\\;b\\,c\\\\d\\nTEL:1");
    }
}
