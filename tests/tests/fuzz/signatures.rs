//! Headers with signatures, as anybody may send them: only the true one passes.
//!
//! In the corpus `SIGNATURE` stands for what the cart would sign, and `TIME` for the time at which it would.

use crate::carts::{Headers, SECRETS, now, signed, split};
use crate::engine::{Input, fuzz};
use wasurena_carts::{Rejected, find};

const CARTS: [(&str, &str); 4] = [
    ("shopify", "x-shopify-hmac-sha256"),
    ("woocommerce", "x-wc-webhook-signature"),
    ("stripe", "stripe-signature"),
    ("standard", "webhook-signature"),
];

fn verify(cart: &str, headers: &Headers, body: &[u8]) -> Result<(), Rejected> {
    find(cart).unwrap().verify(headers, body, &SECRETS, now()).map(|verified| assert_eq!(verified.body(), body))
}

/// The signature alone, without what stands around it.
fn bare(header: &str) -> &str {
    header.rsplit("v1=").next().and_then(|text| text.rsplit("v1,").next()).unwrap_or(header).trim_end_matches('=')
}

fn read(input: &Input<'_>) {
    let (headers, body) = split(input.bytes);
    for (cart, name) in CARTS {
        let honest = signed(cart, body);
        let (_, signature) = honest.iter().find(|(header, _)| header == name).unwrap();
        let fill =
            |value: &str| value.replace("SIGNATURE", bare(signature)).replace("TIME", &now().timestamp().to_string());
        let claimed: Headers = headers.iter().map(|(header, value)| (header.clone(), fill(value))).collect();
        if verify(cart, &claimed, body).is_ok() {
            let (_, value) = claimed.iter().find(|(header, _)| header == name).unwrap();
            let holds = value.to_lowercase().contains(&bare(signature).to_lowercase());
            assert!(holds, "{cart} takes for signed what is not");
        }
        tampered(cart, &honest, body);
    }
}

/// What was signed, with one bit of the body turned, cut off, or longer.
fn tampered(cart: &str, honest: &Headers, body: &[u8]) {
    verify(cart, honest, body).expect("the honest one passes");
    let mut other = body.to_vec();
    if let Some(byte) = other.get_mut(body.len() / 2) {
        *byte ^= 1;
        assert_eq!(verify(cart, honest, &other), Err(Rejected::BadSignature), "{cart}: a bit of the body turned");
        assert_eq!(verify(cart, honest, &body[..body.len() - 1]), Err(Rejected::BadSignature), "{cart}: cut off");
    }
    assert_eq!(verify(cart, honest, &[body, b" "].concat()), Err(Rejected::BadSignature), "{cart}: longer");
    for place in 0..honest.len() {
        let mut forged = honest.clone();
        let value = forged[place].1.clone();
        let Some(digit) = value.find(|c: char| c.is_ascii_digit()) else { continue };
        let other = if value.as_bytes()[digit] == b'1' { "2" } else { "1" };
        forged[place].1.replace_range(digit..=digit, other);
        assert!(verify(cart, &forged, body).is_err(), "{cart}: {} with another digit", forged[place].0);
    }
}

#[test]
fn signatures() {
    fuzz("signatures", 2_000, read);
}
