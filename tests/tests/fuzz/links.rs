//! Tokens in links: only those that were signed here for this shop open anything, and there is one for each link.

use crate::corpus::Corpus;
use crate::engine::{Input, fuzz};
use chrono::DateTime;
use secrecy::SecretSlice;
use std::sync::LazyLock;
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId};
use wasurena_letters::link::{Confirms, Link, LinkKeys};

/// Signs now.
static KEYS: LazyLock<LinkKeys> = LazyLock::new(|| keys((7, b"the key that signs in this test!"), Some(OLD)));
/// Signed some years ago.
static OLD_KEYS: LazyLock<LinkKeys> = LazyLock::new(|| keys(OLD, None));
const OLD: (u8, &[u8; 32]) = (3, b"a key that signed some years ago");

fn keys(current: (u8, &[u8; 32]), old: Option<(u8, &[u8; 32])>) -> LinkKeys {
    let key = |(id, key): (u8, &[u8; 32])| (id, SecretSlice::from(key.to_vec()));
    LinkKeys::new(key(current), old.map(key)).unwrap()
}

fn shop(name: &str) -> ShopId {
    ShopId::parse(name).unwrap()
}

fn read(input: &Input<'_>) {
    let text = String::from_utf8_lossy(input.bytes);
    let token = text.trim_end();
    let Ok(link) = KEYS.open(&shop("sakura"), token) else { return };
    let again = [&KEYS, &OLD_KEYS].map(|keys| keys.sign(&shop("sakura"), &link));
    assert!(again.iter().any(|signed| signed == token), "a token opens that nobody signed");
    assert!(KEYS.open(&shop("botan"), token).is_err(), "a token of another shop opens");
    for place in 0..token.len() {
        let mut other = token.as_bytes().to_vec();
        other[place] = if other[place] == b'A' { b'B' } else { b'A' };
        assert!(KEYS.open(&shop("sakura"), &String::from_utf8_lossy(&other)).is_err(), "with another letter it opens");
    }
}

#[test]
fn links() {
    fuzz("links", 20_000, read);
}

#[test]
fn the_corpus_holds_tokens_that_open() {
    let customer = CustomerId::parse("hanakohanakohanakohanakoha").unwrap();
    let asked = FollowUpId::parse(&format!("{customer}_abcdefghijklmnop")).unwrap();
    let until = DateTime::from_timestamp(1_796_083_200, 0).unwrap();
    let confirm = |what| Link::Confirm { what, customer: customer.clone(), until };
    let links = [
        Link::Stop(customer.clone()),
        Link::Answer(asked.clone()),
        Link::Wishes(customer.clone()),
        Link::Wrong(asked.clone()),
        Link::View(asked),
        Link::Data(customer.clone()),
        confirm(Confirms::Change),
        confirm(Confirms::Export),
        confirm(Confirms::Erasing),
    ];
    let signed = |link: &Link| [&KEYS, &OLD_KEYS].map(|keys| keys.sign(&shop("sakura"), link));
    for token in links.iter().flat_map(signed) {
        let stands = Corpus::of("links").files().any(|(_, bytes)| bytes.trim_ascii_end() == token.as_bytes());
        assert!(stands, "the corpus lacks {token}");
    }
}
