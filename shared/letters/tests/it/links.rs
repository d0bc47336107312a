//! Tokens in mails: ours for ever, and nobody else's ever.

use crate::shop;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use secrecy::SecretSlice;
use std::collections::BTreeSet;
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId, StepId};
use wasurena_letters::link::{Confirms, InvalidKeys, InvalidLink, Link, LinkKeys, Places, TOKEN_MAX};

fn key(byte: u8) -> SecretSlice<u8> {
    vec![byte; 32].into()
}

fn keys() -> LinkKeys {
    LinkKeys::new((1, key(7)), []).unwrap()
}

fn customer() -> CustomerId {
    CustomerId::derive(b"key", &shop(), "hanako@example.jp")
}

fn token() -> String {
    keys().sign(&shop(), &Link::Stop(customer()))
}

#[test]
fn a_link_comes_back() {
    assert_eq!(keys().open(&shop(), &token()), Ok(Link::Stop(customer())));
    assert_eq!(token(), token(), "the same link has the same token");
    assert!(token().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{}", token());
    let longest = keys().sign(&shop(), &Link::Stop(CustomerId::parse(&"z".repeat(32)).unwrap()));
    assert!(longest.len() <= TOKEN_MAX, "{}", longest.len());
    assert!(keys().open(&shop(), &longest).is_ok());
}

#[test]
fn the_form_of_a_token_stays() {
    // Mails with this token are in inboxes: a change here breaks them.
    let customer = CustomerId::parse("abc").unwrap();
    insta::assert_snapshot!(keys().sign(&shop(), &Link::Stop(customer)), @"AQEBYWJjkFbzexFaXJUwDukG933Fg0qvb_6E3xbWGxuwcCzZn2M");
}

fn asked() -> FollowUpId {
    FollowUpId::derive(&customer(), &StepId::parse("arrival").unwrap(), "purchase:a")
}

#[test]
fn the_link_of_an_answer_is_no_longer_than_that_of_a_stop() {
    let answer = keys().sign(&shop(), &Link::Answer(asked()));
    assert_eq!(keys().open(&shop(), &answer), Ok(Link::Answer(asked())));
    assert_eq!((answer.len(), token().len()), (83, 82));
    let longest = FollowUpId::parse(&format!("{}_{}", "z".repeat(32), "a".repeat(16))).unwrap();
    assert!(keys().sign(&shop(), &Link::Answer(longest)).len() <= TOKEN_MAX);
    assert_eq!(keys().open(&ShopId::parse("momiji").unwrap(), &answer), Err(InvalidLink::Signature));
}

#[test]
fn every_link_comes_back_with_all_that_it_says_and_leads_to_its_own_page() {
    let until = "2026-12-03T03:00:00Z".parse().unwrap();
    let confirm = |what| Link::Confirm { what, customer: customer(), until };
    let links = [
        Link::Wishes(customer()),
        Link::Wrong(asked()),
        Link::View(asked()),
        Link::Data(customer()),
        confirm(Confirms::Change),
        confirm(Confirms::Export),
        confirm(Confirms::Erasing),
    ];
    let keys = keys();
    let shop = shop();
    let places = Places::new("https://pages.example.jp", &shop, &keys);
    let urls: BTreeSet<String> = links.iter().map(|link| places.url(link)).collect();
    assert_eq!(urls.len(), links.len());
    for (link, page) in links.iter().zip(["p", "w", "v", "d", "k", "k", "k"]) {
        let token = keys.sign(&shop, link);
        assert_eq!(keys.open(&shop, &token).as_ref(), Ok(link));
        assert_eq!(places.url(link), format!("https://pages.example.jp/c/{shop}/{page}/{token}"));
        assert!(token.len() <= 93, "{token}");
        assert_eq!(keys.open(&ShopId::parse("momiji").unwrap(), &token), Err(InvalidLink::Signature));
    }
    assert_eq!(places.card_page(), format!("https://pages.example.jp/c/{shop}/card"));
    assert_eq!(places.card_file(), format!("https://pages.example.jp/c/{shop}/card.vcf"));
}

#[test]
fn a_link_for_one_thing_is_no_link_for_another() {
    let answer = URL_SAFE_NO_PAD.decode(keys().sign(&shop(), &Link::Answer(asked()))).unwrap();
    let stop = URL_SAFE_NO_PAD.decode(token()).unwrap();
    for (bytes, purpose) in [(answer, 1), (stop.clone(), 2), (stop[..stop.len() - 16].to_vec(), 2)] {
        let changed: Vec<u8> = bytes.iter().enumerate().map(|(at, b)| if at == 2 { purpose } else { *b }).collect();
        assert_eq!(keys().open(&shop(), &URL_SAFE_NO_PAD.encode(changed)), Err(InvalidLink::Signature));
    }
}

#[test]
fn old_keys_go_on_checking() {
    let old = token();
    let rotated = LinkKeys::new((2, key(8)), [(1, key(7))]).unwrap();
    assert!(rotated.open(&shop(), &old).is_ok());
    let new = rotated.sign(&shop(), &Link::Stop(customer()));
    assert_ne!(new, old);
    assert_eq!(keys().open(&shop(), &new), Err(InvalidLink::UnknownKey));
    let forgetful = LinkKeys::new((1, key(9)), []).unwrap();
    assert_eq!(forgetful.open(&shop(), &old), Err(InvalidLink::Signature));
}

#[test]
fn what_is_no_token_is_refused_by_name() {
    let bytes = URL_SAFE_NO_PAD.decode(token()).unwrap();
    let with = |at: usize, byte: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        URL_SAFE_NO_PAD.encode(bytes)
    };
    let cut = URL_SAFE_NO_PAD.encode(&bytes[..34]);
    for (token, why) in [
        (String::new(), InvalidLink::CutOff),
        (cut, InvalidLink::CutOff),
        ("あ".to_owned(), InvalidLink::Encoding),
        (format!("{}=", token()), InvalidLink::Encoding),
        ("A".repeat(TOKEN_MAX + 1), InvalidLink::TooLong),
        (with(0, 2), InvalidLink::Version),
        (with(1, 2), InvalidLink::UnknownKey),
        (with(2, 2), InvalidLink::Signature),
        (with(3, b'!'), InvalidLink::Signature),
    ] {
        assert_eq!(keys().open(&shop(), &token), Err(why), "{token}");
    }
    let other = ShopId::parse("momiji").unwrap();
    assert_eq!(keys().open(&other, &token()), Err(InvalidLink::Signature));
}

#[test]
fn keys_are_long_and_have_their_ids() {
    let short = LinkKeys::new((1, vec![1; 31].into()), []);
    assert_eq!(short.err(), Some(InvalidKeys::TooShort { id: 1, bytes: 31 }));
    let twice = LinkKeys::new((1, key(1)), [(1, key(2))]);
    assert_eq!(twice.err(), Some(InvalidKeys::Twice { id: 1 }));
    assert_eq!(format!("{:?}", keys()), "LinkKeys(current 1, 1 in all)");
}

proptest! {
    #[test]
    fn any_changed_byte_is_refused(at in 0usize..61, flip in 1u8..) {
        let mut bytes = URL_SAFE_NO_PAD.decode(token()).unwrap();
        prop_assert_eq!(bytes.len(), 61);
        bytes[at] ^= flip;
        prop_assert!(keys().open(&shop(), &URL_SAFE_NO_PAD.encode(bytes)).is_err());
    }

    #[test]
    fn any_changed_character_is_refused(at in 0usize..82, c in "[A-Za-z0-9_-]") {
        let token = token();
        let changed = format!("{}{c}{}", &token[..at], &token[at + 1..]);
        prop_assert_eq!(keys().open(&shop(), &changed).is_ok(), changed == token);
    }

    #[test]
    fn any_text_is_answered(text in ".*") {
        prop_assert!(keys().open(&shop(), &text).is_err());
    }
}
