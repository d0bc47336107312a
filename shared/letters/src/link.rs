//! Signed tokens for links in mails.
//!
//! A mail is read after years, so its tokens never expire and keys are only ever added: the current one signs, old
//! ones go on checking. A token says whose link it is and what it is for; the shop is not in it but in what is
//! signed, so a token of one shop is worth nothing at another. Only what confirms something is short-lived, and carries
//! its end.
//!
//! ```text
//! base64url( version | key id | purpose | customer id | HMAC-SHA256 )                      unpadded, 82 characters
//! base64url( version | key id | purpose | follow-up id | HMAC-SHA256, its first half )     83
//! base64url( version | key id | purpose | end | customer id | HMAC-SHA256 )                93
//! ```
//!
//! The link of an answer to a survey stands in a mail as often as there are answers, and in its plain text for all to see: so it is
//! kept short by half a signature, which is 128 bits (RFC 2104 §5), as is whatever else names a message. Which answer was tapped stands behind the token and is not
//! signed: whoever has the link may choose any of them anyway.

mod places;
mod purpose;

pub use places::{Places, card_file, card_page};
pub use purpose::{Confirms, Link};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use purpose::{MAC_BYTES, Purpose};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::fmt;
use wasurena_domain::ids::ShopId;

/// The form of a token; another one gets another number.
const VERSION: u8 = 1;
/// Bytes before the customer id: version, key id, purpose.
const HEAD_BYTES: usize = 3;
/// Longest token, in characters.
pub const TOKEN_MAX: usize = 120;
/// Shortest key, in bytes: as long as its signature.
pub const KEY_BYTES_MIN: usize = 32;
/// What the keys are used for, so that no other use of them makes a token.
const CONTEXT: &[u8] = b"wasurena link";

/// Why keys are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeys {
    /// A key that can be guessed.
    #[error("link key {id} has {bytes} bytes; use {KEY_BYTES_MIN} random bytes or more")]
    TooShort {
        /// The key's id.
        id: u8,
        /// Its length.
        bytes: usize,
    },
    /// Two keys with one id.
    #[error("link key {id} is there twice; give each new key an id of its own")]
    Twice {
        /// The id.
        id: u8,
    },
}

/// Why a token is not accepted. Never holds the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLink {
    /// Longer than any token.
    #[error("the link's token is longer than {TOKEN_MAX} characters")]
    TooLong,
    /// Not base64url.
    #[error("the link's token is not base64url")]
    Encoding,
    /// Too short to hold anything signed.
    #[error("the link's token was cut off")]
    CutOff,
    /// A form that this release does not know.
    #[error("the link's token has a form that is not known")]
    Version,
    /// A key that this deployment does not have.
    #[error("the link's token was signed with a key that is not there; keep old link keys")]
    UnknownKey,
    /// A signature that is not ours, or not for this shop.
    #[error("the link's token was not signed here for this shop")]
    Signature,
    /// Signed here, for something that this release does not know.
    #[error("the link's token is for something that is not known")]
    Purpose,
    /// Signed here, and still nobody's.
    #[error("the link's token names neither a customer nor a message")]
    Subject,
}

/// The keys that links are signed with.
pub struct LinkKeys {
    current: u8,
    keys: BTreeMap<u8, SecretSlice<u8>>,
}

impl fmt::Debug for LinkKeys {
    /// Hides the keys: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkKeys(current {}, {} in all)", self.current, self.keys.len())
    }
}

impl LinkKeys {
    /// Keys by their ids: `current` signs and checks, `old` ones only check.
    ///
    /// # Errors
    /// [`InvalidKeys`] where one is too short, or two have the same id.
    pub fn new(
        current: (u8, SecretSlice<u8>),
        old: impl IntoIterator<Item = (u8, SecretSlice<u8>)>,
    ) -> Result<Self, InvalidKeys> {
        let signing = current.0;
        let mut keys = BTreeMap::new();
        for (id, key) in std::iter::once(current).chain(old) {
            let bytes = key.expose_secret().len();
            if bytes < KEY_BYTES_MIN {
                return Err(InvalidKeys::TooShort { id, bytes });
            }
            if keys.insert(id, key).is_some() {
                return Err(InvalidKeys::Twice { id });
            }
        }
        Ok(Self { current: signing, keys })
    }

    /// Signs a link: the last part of its address. The same link always gets the same token.
    #[must_use]
    pub fn sign(&self, shop: &ShopId, link: &Link) -> String {
        let (purpose, id) = link.parts();
        let mut token = vec![VERSION, self.current, purpose.byte()];
        token.extend_from_slice(id.as_bytes());
        if let Some(mac) = self.mac(self.current, shop, &token) {
            token.extend(mac.finalize().into_bytes().into_iter().take(Purpose::mac_bytes(purpose.byte())));
        }
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Reads a link of a shop. The signature is compared in constant time, and before anything it covers is
    /// believed.
    ///
    /// # Errors
    /// [`InvalidLink`] says which check failed; to whoever followed the link all of them are the same.
    pub fn open(&self, shop: &ShopId, token: &str) -> Result<Link, InvalidLink> {
        if token.len() > TOKEN_MAX {
            return Err(InvalidLink::TooLong);
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| InvalidLink::Encoding)?;
        let mac_bytes = bytes.get(HEAD_BYTES - 1).map_or(MAC_BYTES, |purpose| Purpose::mac_bytes(*purpose));
        let signed = bytes.len().checked_sub(mac_bytes).filter(|signed| *signed >= HEAD_BYTES);
        let (signed, mac) = bytes.split_at(signed.ok_or(InvalidLink::CutOff)?);
        let &[version, key, purpose, ref id @ ..] = signed else { return Err(InvalidLink::CutOff) };
        if version != VERSION {
            return Err(InvalidLink::Version);
        }
        let expected = self.mac(key, shop, signed).ok_or(InvalidLink::UnknownKey)?;
        // As long as the purpose says, which is signed too: nobody can have less of it compared.
        expected.verify_truncated_left(mac).map_err(|_| InvalidLink::Signature)?;
        let purpose = Purpose::from_byte(purpose).ok_or(InvalidLink::Purpose)?;
        let id = std::str::from_utf8(id).ok();
        id.and_then(|id| Link::of(purpose, id)).ok_or(InvalidLink::Subject)
    }

    /// The signature over the shop and the token's signed part, each with its length before it. `None` where
    /// there is no such key.
    fn mac(&self, key: u8, shop: &ShopId, signed: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.keys.get(&key)?.expose_secret()).ok()?;
        for part in [CONTEXT, shop.as_str().as_bytes(), signed] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Some(mac)
    }
}
