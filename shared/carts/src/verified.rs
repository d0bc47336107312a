//! Who sent this: secrets, signatures, and the one type that says "this body was signed".
//!
//! [`Verified`] has a private field and one constructor, which compares the signature itself. A cart
//! that forgets to check cannot be written: without the check there is nothing to parse.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};
use sha2::Sha256;
use std::fmt;
use subtle::{Choice, ConstantTimeEq as _};
use wasurena_domain::mistake::{Mistake, made};

/// The standard alphabet; written with padding, read with or without it.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Signatures compared of one request; senders that rotate their keys send two.
const SIGNATURES_MAX: usize = 8;

/// How far a signed time of sending may be from ours, both ways.
const TOLERANCE_S: u32 = 300;

/// The headers of a request, by their names in lower case.
///
/// A trait, so that this crate knows no HTTP library: whoever serves the request wraps its header map.
pub trait Headers {
    /// The value of the header `name`, which is in lower case; `None` where it is missing or no text.
    fn get(&self, name: &str) -> Option<&str>;
}

impl<N: AsRef<str>, V: AsRef<str>> Headers for Vec<(N, V)> {
    fn get(&self, name: &str) -> Option<&str> {
        lookup(self, name)
    }
}

impl<N: AsRef<str>, V: AsRef<str>, const COUNT: usize> Headers for [(N, V); COUNT] {
    fn get(&self, name: &str) -> Option<&str> {
        lookup(self, name)
    }
}

fn lookup<'h, N: AsRef<str>, V: AsRef<str>>(pairs: &'h [(N, V)], name: &str) -> Option<&'h str> {
    pairs.iter().find(|(n, _)| n.as_ref().eq_ignore_ascii_case(name)).map(|(_, value)| value.as_ref())
}

/// The value of a header that must be there.
pub(crate) fn required<'h>(headers: &'h dyn Headers, name: &'static str) -> Result<&'h str, Rejected> {
    headers.get(name).ok_or(Rejected::MissingHeader(name))
}

/// A time of sending, in unix seconds, from the header `name`.
pub(crate) fn sent_at(text: &str, name: &'static str, expected: &'static str) -> Result<DateTime<Utc>, Rejected> {
    let time = text.parse().ok().and_then(|unix_s| DateTime::from_timestamp(unix_s, 0));
    time.ok_or(Rejected::MalformedHeader(name, expected))
}

/// Whether a signed time of sending is near enough to ours.
pub(crate) fn check_age(sent_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Rejected> {
    let (age, tolerance) = (now - sent_at, TimeDelta::seconds(TOLERANCE_S.into()));
    if age > tolerance {
        Err(Rejected::Stale { tolerance_s: TOLERANCE_S })
    } else if -age > tolerance {
        Err(Rejected::FromTheFuture { tolerance_s: TOLERANCE_S })
    } else {
        Ok(())
    }
}

/// What a shop and its cart both know: one secret, or two while it is being changed.
#[derive(Clone)]
pub struct Secrets {
    current: SecretString,
    previous: Option<SecretString>,
}

/// Why a text is no secret. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecret {
    /// Nothing: anybody could sign with it.
    #[error("a webhook secret must not be empty; copy it from the cart's webhook settings")]
    Empty,
    /// A Standard Webhooks secret that is not base64.
    #[error(
        "a Standard Webhooks secret must be base64, with or without whsec_ before it; copy it whole from the sender"
    )]
    NotBase64,
}

impl Secrets {
    /// The secret in force and, while carts still sign with it, the one before.
    ///
    /// # Errors
    /// [`InvalidSecret::Empty`] where either is empty or blank.
    pub fn new(current: SecretString, previous: Option<SecretString>) -> Result<Self, InvalidSecret> {
        let secrets = Self { current, previous };
        if secrets.newest_first().any(str::is_empty) { Err(InvalidSecret::Empty) } else { Ok(secrets) }
    }

    /// The secrets as keys, for carts that take the secret's text itself for the key.
    pub(crate) fn plain_keys(&self) -> Vec<Key> {
        self.newest_first().map(|secret| Key::new(secret.as_bytes().to_vec())).collect()
    }

    /// The secrets as text, newest first, without the line break that a copied secret may end in.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.current).chain(&self.previous).map(|secret| secret.expose_secret().trim())
    }
}

impl fmt::Debug for Secrets {
    /// Hides the secrets: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", if self.previous.is_some() { "2" } else { "1" })
    }
}

/// Why a request was not accepted. Answered with 401; holds nothing of the request but header names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// A header that every signed request has is missing.
    #[error("the header {0} is missing; was the request sent by the cart's webhook?")]
    MissingHeader(&'static str),
    /// A header is there and cannot be read.
    #[error("the header {0} is malformed; it must be {1}")]
    MalformedHeader(&'static str, &'static str),
    /// No signature of a version that is known here.
    #[error("the header {0} has no signature of a known version; it must hold at least one {1}")]
    UnknownSignatureVersion(&'static str, &'static str),
    /// Signed with another secret, or changed on the way.
    #[error("the signature does not match; check that the shop's secret is the one that the cart signs with")]
    BadSignature,
    /// Signed correctly, too long ago: delivered very late, or sent a second time by somebody who recorded it.
    #[error("the signature is older than {tolerance_s} s; the sender must sign anew whenever it tries again")]
    Stale {
        /// How old a signature may be.
        tolerance_s: u32,
    },
    /// Signed correctly, at a time that has not come yet.
    #[error("the signature's time is more than {tolerance_s} s ahead; check the sender's clock")]
    FromTheFuture {
        /// How far ahead a signature may be.
        tolerance_s: u32,
    },
    /// None of the shop's secrets matches, and one cannot be used at all.
    #[error("a secret stored for the shop cannot be used: {0}")]
    UnusableSecret(InvalidSecret),
}

/// A body that its cart signed. Only a cart's `verify` makes one.
pub struct Verified<'a> {
    body: &'a [u8],
}

impl<'a> Verified<'a> {
    /// The body, if one of `signatures` is the HMAC-SHA256 of `prefix` and `body` with one of `keys`.
    /// Every key is tried with every signature, in constant time and without stopping early.
    pub(crate) fn by_hmac_sha256(
        keys: &[Key],
        signatures: &[Vec<u8>],
        prefix: &[u8],
        body: &'a [u8],
    ) -> Result<Self, Rejected> {
        let mut matches = Choice::from(0);
        for key in keys {
            let expected = hmac_sha256(key, &[prefix, body]);
            for signature in signatures.iter().take(SIGNATURES_MAX) {
                matches |= expected.ct_eq(signature.as_slice());
            }
        }
        if bool::from(matches) || made(Mistake::SignatureIgnored) {
            Ok(Self { body })
        } else {
            Err(Rejected::BadSignature)
        }
    }

    /// The body, if the header `name` holds the base64 of its HMAC-SHA256 with one of `keys`.
    pub(crate) fn by_base64_header(
        headers: &dyn Headers,
        name: &'static str,
        keys: &[Key],
        body: &'a [u8],
    ) -> Result<Self, Rejected> {
        let signature =
            BASE64.decode(required(headers, name)?).map_err(|_| Rejected::MalformedHeader(name, "base64"))?;
        Self::by_hmac_sha256(keys, &[signature], b"", body)
    }

    /// The bytes that were signed.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.body
    }
}

impl fmt::Debug for Verified<'_> {
    /// Hides the body: it is full of personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verified({} bytes)", self.body.len())
    }
}

/// A key's bytes, wiped when dropped.
pub(crate) type Key = Zeroizing<Vec<u8>>;

/// The HMAC-SHA256 of `parts`, one after another.
#[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, 2)")]
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
