//! Names of things: shops, carts, customers, orders, steps, follow-ups.
//!
//! Every identifier is a string of its own type, so that none can stand where
//! another belongs. All of them are safe in DynamoDB keys, EventBridge schedule
//! names and SES message tags (`[A-Za-z0-9_-]`), except [`OrderId`], which
//! belongs to the cart and may hold anything printable.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Why a string is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be 1 to {max} characters of {alphabet}")]
pub struct InvalidId {
    what: &'static str,
    max: usize,
    alphabet: &'static str,
}

const SLUG: &str = "a-z, 0-9 and -";

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $alphabet:expr, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an identifier.
            ///
            /// # Errors
            /// [`InvalidId`] where it is empty, too long, or holds a character outside its alphabet.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let allowed: fn(char) -> bool = $allowed;
                if text.is_empty() || text.len() > $max || !text.chars().all(allowed) {
                    return Err(InvalidId { what: $what, max: $max, alphabet: $alphabet });
                }
                Ok(Self(text.to_owned()))
            }

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

fn slug(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

id!(
    /// A shop in this deployment, as the operator named it: `sakura`.
    ShopId, "a shop id", 32, SLUG, slug
);
id!(
    /// A cart that reports purchases: `shopify`, `standard`.
    CartId, "a cart id", 24, SLUG, slug
);
id!(
    /// The permanent name of a step, apart from its title: `thanks-first`.
    StepId, "a step id", 40, SLUG, slug
);
id!(
    /// The permanent name of an answer to a survey: `liked`.
    AnswerId, "an answer's id", 24, SLUG, slug
);
id!(
    /// An order as its cart calls it. Always text: numbers of carts exceed 2^53.
    OrderId, "an order id", 120, "printable characters", |c| !c.is_control()
);
id!(
    /// A customer of a shop. Derived with a key, so it tells nothing about the person: see [`CustomerId::derive`].
    CustomerId, "a customer id", 32, "a-z and 0-9", |c| c.is_ascii_lowercase() || c.is_ascii_digit()
);
id!(
    /// A follow-up: its customer, `_`, and a digest of step and occurrence: see [`FollowUpId::derive`].
    FollowUpId, "a follow-up id", 64, "a-z, 0-9 and _", |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
);

/// Lower-case base 32 (RFC 4648's alphabet, no padding) of the first `length` × 5 bits of `bytes`.
fn base32(bytes: &[u8], length: usize) -> impl Iterator<Item = char> {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    (0..length).map(|i| {
        let bit = i * 5;
        let pair = (u16::from(bytes[bit / 8]) << 8) | u16::from(*bytes.get(bit / 8 + 1).unwrap_or(&0));
        char::from(ALPHABET[usize::from((pair >> (11 - bit % 8)) & 31)])
    })
}

impl CustomerId {
    /// The id of the customer who is first known by `identity` (a normalised mail address, or an order
    /// where there is no address). `key` is the deployment's secret: without it nobody can tell from an
    /// id whose it is, nor try addresses against it.
    ///
    /// The digest is SHA-256 over length-prefixed parts, 130 bits of it: enough that two never meet.
    #[must_use]
    pub fn derive(key: &[u8], shop: &ShopId, identity: &str) -> Self {
        Self(base32(&digest(&[key, shop.as_str().as_bytes(), identity.as_bytes()]), 26).collect())
    }
}

impl FollowUpId {
    /// The id of what `step` does for `customer` on `occurrence` (a purchase, a product, a year, once).
    /// Planning twice gives the same id, which is what makes planning twice the same as planning once.
    #[must_use]
    pub fn derive(customer: &CustomerId, step: &StepId, occurrence: &str) -> Self {
        let digest = digest(&[customer.0.as_bytes(), step.0.as_bytes(), occurrence.as_bytes()]);
        let mut id = String::with_capacity(customer.0.len() + 17);
        id.push_str(&customer.0);
        id.push('_');
        id.extend(base32(&digest, 16));
        Self(id)
    }

    /// The customer whom the follow-up is for.
    ///
    /// # Errors
    /// [`InvalidId`] where the text before `_` is no customer id.
    pub fn customer(&self) -> Result<CustomerId, InvalidId> {
        CustomerId::parse(self.0.split('_').next().unwrap_or_default())
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// A purchase: an order of a cart. Unique within its shop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PurchaseKey {
    /// The cart that reported it.
    pub cart: CartId,
    /// The order's id there.
    pub order: OrderId,
}

impl fmt::Display for PurchaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.cart, self.order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_rfc_4648() {
        assert_eq!(base32(b"foobar", 9).collect::<String>(), "mzxw6ytbo");
        assert_eq!(base32(b"fo", 3).collect::<String>(), "mzx");
    }

    #[test]
    fn follow_up_knows_its_customer() {
        let shop = ShopId::parse("sakura").unwrap();
        let customer = CustomerId::derive(b"key", &shop, "hanako@example.jp");
        let id = FollowUpId::derive(&customer, &StepId::parse("usage").unwrap(), "p1");
        assert_eq!(id.customer().unwrap(), customer);
        assert_eq!(customer.as_str().len(), 26);
        assert_ne!(id, FollowUpId::derive(&customer, &StepId::parse("usage").unwrap(), "p2"));
    }

    #[test]
    fn derived_parts_do_not_run_together() {
        let shop = ShopId::parse("a").unwrap();
        let longer = ShopId::parse("ab").unwrap();
        assert_ne!(CustomerId::derive(b"k", &shop, "bc"), CustomerId::derive(b"k", &longer, "c"));
    }

    #[test]
    fn ids_outside_their_alphabet_are_refused() {
        for bad in ["", "Sakura", "sa kura", "a#b", "さくら"] {
            assert!(ShopId::parse(bad).is_err(), "{bad:?}");
        }
        assert!(OrderId::parse("5f/あ-1#2").is_ok());
        assert!(OrderId::parse("a\nb").is_err());
    }
}
