//! Who gets in, whatever the cart.

use super::ROWS;
use super::row::{Pairs, Row, Said};
use crate::support::{NOW, SECRET, secrets, time};
use chrono::TimeDelta;
use wasurena_carts::{Rejected, Secrets, find};

/// Another shop's.
const OTHER: &str = "whsec_YW5vdGhlci1zaG9wcy1zZWNyZXQtZm9yLXRlc3RzISE=";

/// The headers with which the cart sends `body` now.
fn headers(row: &Row, secret: &str, body: &[u8]) -> Pairs {
    (row.headers)(secret, (row.says)(Said::Paid).unwrap().topic, body, time(NOW))
}

fn verify(row: &Row, headers: &Pairs, body: &[u8], secrets: &Secrets, age: TimeDelta) -> Option<Rejected> {
    find(row.cart).unwrap().verify(headers, body, secrets, time(NOW) + age).err()
}

const AT_ONCE: TimeDelta = TimeDelta::zero();

#[test]
fn a_signed_body_gets_in_and_a_changed_one_does_not() {
    for row in &ROWS {
        let body = row.bytes(Said::Paid);
        let signed = headers(row, SECRET, &body);
        assert_eq!(verify(row, &signed, &body, &secrets(SECRET, None), AT_ONCE), None, "{}", row.cart);
        let mut changed = body.clone();
        *changed.last_mut().unwrap() = b' ';
        for bad in [&changed[..], &body[1..], b""] {
            let refused = verify(row, &signed, bad, &secrets(SECRET, None), AT_ONCE);
            assert_eq!(refused, Some(Rejected::BadSignature), "{}", row.cart);
        }
        let refused = verify(row, &signed, &body, &secrets(OTHER, None), AT_ONCE);
        assert_eq!(refused, Some(Rejected::BadSignature), "{}", row.cart);
    }
}

#[test]
fn a_request_without_its_headers_does_not_get_in() {
    for row in &ROWS {
        let body = row.bytes(Said::Paid);
        for missing in row.signed_by {
            let mut rest = headers(row, SECRET, &body);
            rest.retain(|(name, _)| name != missing);
            let refused = verify(row, &rest, &body, &secrets(SECRET, None), AT_ONCE);
            assert_eq!(refused, Some(Rejected::MissingHeader(missing)), "{}", row.cart);
        }
        let signature = row.signed_by.last().unwrap();
        for malformed in [row.malformed, "", " ", "=", ",", "💐"] {
            let mut odd = headers(row, SECRET, &body);
            odd.retain(|(name, _)| name != signature);
            odd.push((signature, malformed.to_owned()));
            let refused = verify(row, &odd, &body, &secrets(SECRET, None), AT_ONCE).unwrap();
            let is_named = matches!(refused, Rejected::MalformedHeader(name, _) if name == *signature);
            assert!(is_named || malformed != row.malformed, "{} {malformed:?}: {refused}", row.cart);
        }
    }
}

#[test]
fn two_secrets_get_in_while_one_takes_the_others_place() {
    for row in &ROWS {
        let body = row.bytes(Said::Paid);
        let both = secrets(SECRET, Some(OTHER));
        for secret in [SECRET, OTHER] {
            assert_eq!(verify(row, &headers(row, secret, &body), &body, &both, AT_ONCE), None, "{}", row.cart);
        }
    }
}

#[test]
fn a_signed_time_must_be_near() {
    const STALE: Rejected = Rejected::Stale { tolerance_s: 300 };
    const AHEAD: Rejected = Rejected::FromTheFuture { tolerance_s: 300 };
    for row in &ROWS {
        let body = row.bytes(Said::Paid);
        let signed = headers(row, SECRET, &body);
        for (age_s, expected) in
            [(300, None), (301, Some(STALE)), (-300, None), (-301, Some(AHEAD)), (31_536_000, Some(STALE))]
        {
            let refused = verify(row, &signed, &body, &secrets(SECRET, None), TimeDelta::seconds(age_s));
            assert_eq!(refused, expected.filter(|_| row.signs_time), "{} {age_s} s", row.cart);
        }
    }
}
