//! Who gets in: the vectors that others publish, every rejection by its name, two secrets at once.

use crate::support::{EXAMPLE, SECRET, secrets, time};
use chrono::{DateTime, Utc};
use wasurena_carts::{InvalidSecret, Rejected, Secrets, find, sign};

const STALE: Rejected = Rejected::Stale { tolerance_s: 300 };
const AHEAD: Rejected = Rejected::FromTheFuture { tolerance_s: 300 };
const NO_V1: Rejected = Rejected::UnknownSignatureVersion("webhook-signature", "v1,<base64>");

type Pairs<'a> = Vec<(&'a str, &'a str)>;

#[track_caller]
fn check(
    cart: &str,
    secrets: &Secrets,
    headers: &Pairs<'_>,
    body: &str,
    now: DateTime<Utc>,
    expected: Option<Rejected>,
) {
    let verified = find(cart).unwrap().verify(headers, body.as_bytes(), secrets, now);
    assert_eq!(verified.as_ref().err().copied(), expected, "{headers:?}");
    assert_eq!(verified.ok().map(|v| v.body()), expected.is_none().then_some(body.as_bytes()));
}

/// From bold-commerce/go-shopify (MIT), `oauth_test.go` and `goshopify_test.go`.
mod go_shopify {
    pub(super) const SECRET: &str = "hush";
    pub(super) const BODY: &str = "\"my secret message\"";
    pub(super) const SIGNATURE: &str = "hMTq0K2x7oyOjoBwGYeTj5oxfnaVYXzbanUG9aajpKI=";
}

/// From standard-webhooks/standard-webhooks (Apache-2.0), `libraries/python/tests/test_webhooks.py`.
mod reference {
    pub(super) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    pub(super) const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    pub(super) const TIMESTAMP: i64 = 1_614_265_330;
    pub(super) const BODY: &str = "{\"test\": 2432232314}";
    pub(super) const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    pub(super) const WRONG: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=";
    pub(super) const SEVERAL: &str = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= \
        v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
}

fn at(unix_s: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(unix_s, 0).unwrap()
}

#[test]
fn shopify_signatures() {
    use go_shopify::{BODY, SECRET, SIGNATURE};
    let check = |secret: &str, headers: Pairs<'_>, body, expected| {
        check("shopify", &secrets(secret, None), &headers, body, at(0), expected);
    };
    let name = "x-shopify-hmac-sha256";
    let malformed = Rejected::MalformedHeader(name, "base64");
    check(SECRET, vec![(name, SIGNATURE)], BODY, None);
    check(SECRET, vec![("X-Shopify-Hmac-Sha256", SIGNATURE)], BODY, None);
    check(SECRET, vec![], BODY, Some(Rejected::MissingHeader(name)));
    check(SECRET, vec![(name, "hMTq0K2x7oyO*")], BODY, Some(malformed));
    check(SECRET, vec![(name, "")], BODY, Some(Rejected::BadSignature));
    check(SECRET, vec![(name, "hMTq0K2x7oyO")], BODY, Some(Rejected::BadSignature));
    check("hush\n", vec![(name, SIGNATURE)], BODY, None);
    check("Hush", vec![(name, SIGNATURE)], BODY, Some(Rejected::BadSignature));
    check(SECRET, vec![(name, SIGNATURE)], "\"my secret message\" ", Some(Rejected::BadSignature));
    assert_eq!(sign::shopify(SECRET, BODY.as_bytes()), (name, SIGNATURE.to_owned()));
}

#[test]
fn standard_signatures() {
    use reference::{BODY, ID, SEVERAL, SIGNATURE, TIMESTAMP, WRONG};
    let timestamp = TIMESTAMP.to_string();
    let check = |id: Option<&str>, timestamp: Option<&str>, signature: Option<&str>, expected| {
        let given = [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signature)];
        let headers: Pairs<'_> = given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        check("standard", &secrets(reference::SECRET, None), &headers, BODY, at(TIMESTAMP), expected);
    };
    let (id, when) = (Some(ID), Some(timestamp.as_str()));
    check(id, when, Some(SIGNATURE), None);
    check(id, when, Some(SEVERAL), None);
    check(id, when, Some(WRONG), Some(Rejected::BadSignature));
    check(Some("msg_other"), when, Some(SIGNATURE), Some(Rejected::BadSignature));
    check(id, Some("1614265331"), Some(SIGNATURE), Some(Rejected::BadSignature));
    check(None, when, Some(SIGNATURE), Some(Rejected::MissingHeader("webhook-id")));
    check(id, None, Some(SIGNATURE), Some(Rejected::MissingHeader("webhook-timestamp")));
    check(id, when, None, Some(Rejected::MissingHeader("webhook-signature")));
    for bad in ["", "soon", "1614265330.5", "2021-02-25T15:02:10Z", "9223372036854775807", "99999999999999999999"] {
        let malformed = Rejected::MalformedHeader("webhook-timestamp", "a time in unix seconds");
        check(id, Some(bad), Some(SIGNATURE), Some(malformed));
    }
    for unknown in ["", "v1", "v1=abc", "v2,abc", "v1a,abc v3,abc", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="] {
        check(id, when, Some(unknown), Some(NO_V1));
    }
    check(id, when, Some("v1,*"), Some(Rejected::MalformedHeader("webhook-signature", "v1,<base64>")));
    check(id, when, Some(&format!("v1,* {SIGNATURE}")), None);
    check(id, when, Some("v1,"), Some(Rejected::BadSignature));
    check(id, when, Some(&format!("{}{SIGNATURE}", "v1,AAAA ".repeat(7))), None);
    check(id, when, Some(&format!("{}{SIGNATURE}", "v1,AAAA ".repeat(8))), Some(Rejected::BadSignature));
}

/// Made with OpenSSL, for carts that publish no vector: the text of the secret is the key.
#[test]
fn signatures_with_the_secrets_text_as_key() {
    const BODY: &str = "{\"id\": 1042}";
    let (woocommerce, stripe) = ("x-wc-webhook-signature", "stripe-signature");
    let base64 = "RViSWxRiLFhUR6oolfAUfNtn5XtEAz3/yJ1ncNVx5nQ=";
    let header = "t=1775179473,v1=9a68678442814d1fd40e692d934ce31c2a25e24d0a674ad1877628085159cc82";
    let secrets = secrets(SECRET, None);
    check("woocommerce", &secrets, &vec![(woocommerce, base64)], BODY, at(0), None);
    check("stripe", &secrets, &vec![(stripe, header)], BODY, at(1_775_179_473), None);
    assert_eq!(sign::woocommerce(SECRET, BODY.as_bytes()), (woocommerce, base64.to_owned()));
    assert_eq!(sign::stripe(SECRET, at(1_775_179_473), BODY.as_bytes()), (stripe, header.to_owned()));
}

#[test]
fn a_signature_holds_for_five_minutes_both_ways() {
    let sent_at = time("2026-04-03T01:30:00Z");
    let headers = sign::standard(SECRET, "msg_1", sent_at, EXAMPLE.as_bytes()).unwrap();
    let pairs = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for (now, expected) in [
        ("2026-04-03T01:30:00Z", None),
        ("2026-04-03T01:35:00Z", None),
        ("2026-04-03T01:35:00.001Z", Some(STALE)),
        ("2026-04-04T01:30:00Z", Some(STALE)),
        ("2026-04-03T01:25:00Z", None),
        ("2026-04-03T01:24:59.999Z", Some(AHEAD)),
    ] {
        check("standard", &secrets(SECRET, None), &pairs, EXAMPLE, time(now), expected);
    }
    let forged = vec![("webhook-id", "msg_1"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,AAAA")];
    check("standard", &secrets(SECRET, None), &forged, EXAMPLE, sent_at, Some(Rejected::BadSignature));
}

#[test]
fn while_a_secret_changes_both_hold() {
    let now = time("2026-04-03T01:30:00Z");
    let (old, new, other) = (SECRET, reference::SECRET, "whsec_b3RoZXI=");
    for cart in ["shopify", "standard"] {
        for (signed_with, known, expected) in [
            (new, secrets(new, Some(old)), None),
            (old, secrets(new, Some(old)), None),
            (old, secrets(new, None), Some(Rejected::BadSignature)),
            (other, secrets(new, Some(old)), Some(Rejected::BadSignature)),
        ] {
            let headers = match cart {
                "shopify" => vec![sign::shopify(signed_with, EXAMPLE.as_bytes())],
                _ => sign::standard(signed_with, "msg_1", now, EXAMPLE.as_bytes()).unwrap().to_vec(),
            };
            let pairs = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            check(cart, &known, &pairs, EXAMPLE, now, expected);
        }
    }
}

#[test]
fn a_standard_secret_may_be_written_in_several_ways() {
    let now = time("2026-04-03T01:30:00Z");
    let headers = sign::standard(SECRET, "msg_1", now, EXAMPLE.as_bytes()).unwrap();
    let pairs: Pairs<'_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let bare = SECRET.trim_start_matches("whsec_");
    for spelling in [SECRET, bare, bare.trim_end_matches('='), SECRET.trim_end_matches('='), &format!(" {SECRET}\n")] {
        check("standard", &secrets(spelling, None), &pairs, EXAMPLE, now, None);
    }
    for (unusable, why) in
        [("whsec_", InvalidSecret::Empty), ("whsec_***", InvalidSecret::NotBase64), ("秘密", InvalidSecret::NotBase64)]
    {
        let expected = Some(Rejected::UnusableSecret(why));
        check("standard", &secrets(unusable, None), &pairs, EXAMPLE, now, expected);
        check("standard", &secrets(unusable, Some(SECRET)), &pairs, EXAMPLE, now, None);
        check("standard", &secrets(reference::SECRET, Some(unusable)), &pairs, EXAMPLE, now, expected);
        assert_eq!(sign::standard(unusable, "msg_1", now, b"{}").unwrap_err(), why);
    }
}

#[test]
fn no_secret_is_no_secret() {
    assert_eq!(Secrets::new("".into(), None).unwrap_err(), InvalidSecret::Empty);
    assert_eq!(Secrets::new(SECRET.into(), Some(" \n".into())).unwrap_err(), InvalidSecret::Empty);
}

#[test]
fn debug_output_shows_neither_secret_nor_body() {
    let (name, value) = sign::shopify(SECRET, EXAMPLE.as_bytes());
    let known = secrets(SECRET, Some("older-secret"));
    let verified = find("shopify").unwrap().verify(&[(name, value)], EXAMPLE.as_bytes(), &known, at(0)).unwrap();
    assert_eq!(format!("{known:?} {verified:?}"), format!("Secrets(2) Verified({} bytes)", EXAMPLE.len()));
}
