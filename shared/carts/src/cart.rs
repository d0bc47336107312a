//! What every cart can do, and the table of them. To add one: a file, its `mod`, a row in [`CARTS`].

use crate::read::Unreadable;
use crate::shopify::Shopify;
use crate::standard::Standard;
use crate::stripe::Stripe;
use crate::verified::{Headers, Rejected, Secrets, Verified};
use crate::woocommerce::WooCommerce;
use chrono::{DateTime, Utc};
use std::fmt;
use wasurena_domain::ids::{CartId, OrderId, PurchaseKey};
use wasurena_domain::privacy::Subject;
use wasurena_domain::purchase::Report;

/// Every cart, in the order in which the docs name them.
static CARTS: [&dyn Cart; 4] = [&Shopify, &WooCommerce, &Stripe, &Standard];

/// Something that tells about purchases.
pub trait Cart: Sync {
    /// Its name in webhook URLs and in purchase keys; never changes.
    fn id(&self) -> &'static str;

    /// Whether the shop's cart sent these bytes.
    ///
    /// # Errors
    /// [`Rejected`] names the cause. Whatever it is: answer 401 and read no further.
    fn verify<'a>(
        &self,
        headers: &dyn Headers,
        body: &'a [u8],
        secrets: &Secrets,
        now: DateTime<Utc>,
    ) -> Result<Verified<'a>, Rejected>;

    /// Whether this is the unsigned greeting that the cart sends once when a webhook is set up, and that wants
    /// nothing but 200. Answer so only where nothing else is done with it: anybody can send one.
    fn is_ping(&self, _headers: &dyn Headers, _body: &[u8]) -> bool {
        false
    }

    /// What the bytes say.
    ///
    /// # Errors
    /// [`Unreadable`] where they are no message of this cart: answer 400.
    fn parse(&self, headers: &dyn Headers, body: Verified<'_>, cx: &ParseContext) -> Result<Webhook, Unreadable>;
}

/// What parsing needs to know apart from the message.
#[derive(Debug, Clone, Copy)]
pub struct ParseContext {
    /// The time of arrival.
    pub now: DateTime<Utc>,
}

/// What a webhook says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Webhook {
    /// Something about a purchase.
    Purchase(Box<Report>),
    /// Somebody's data is to be erased.
    Erase(Box<Subject>),
    /// Somebody asks which data the shop has of them.
    Disclose(Box<Subject>),
    /// Everything that came from this cart is to be erased.
    EraseCart,
    /// Nothing that concerns us. Answer 200 all the same: a cart that gets errors switches its webhook off.
    Ignored(IgnoredReason),
}

/// Why a webhook was acknowledged and left alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IgnoredReason {
    /// Somebody tries the shop out.
    #[error("it is marked as a test")]
    TestOrder,
    /// Something that looks like an order and is none: a basket still open, a card that is only stored.
    #[error("it is no order but {0}")]
    NotAnOrder(&'static str),
    /// A message about a purchase that says nothing of what is kept.
    #[error("nothing of it is kept: {0}")]
    NothingToKeep(&'static str),
    /// A topic that the cart has and that is left alone.
    #[error("nothing is done with the topic {0}")]
    UnusedTopic(&'static str),
    /// A topic that nobody here has heard of.
    #[error("the topic {0} is unknown")]
    UnknownTopic(Topic),
}

/// A topic as the sender wrote it, made safe for a log line: at most 64 letters, digits and `/._-`,
/// anything else replaced by `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic(String);

impl Topic {
    const MAX: usize = 64;

    pub(crate) fn new(text: &str) -> Self {
        let safe = |c: char| if c.is_ascii_alphanumeric() || "/._-".contains(c) { c } else { '?' };
        Self(text.chars().map(safe).take(Self::MAX).collect())
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Every cart.
pub fn all() -> impl Iterator<Item = &'static dyn Cart> {
    CARTS.iter().copied()
}

/// The cart that a webhook URL names.
#[must_use]
pub fn find(cart: &str) -> Option<&'static dyn Cart> {
    all().find(|c| c.id() == cart)
}

/// The key of the purchase that `cart` calls `order`.
#[expect(clippy::expect_used, reason = "carts' ids are constants of this crate, and a test reads each one")]
pub(crate) fn purchase_key(cart: &impl Cart, order: OrderId) -> PurchaseKey {
    PurchaseKey { cart: CartId::parse(cart.id()).expect("the id of a cart is a cart id"), order }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cart_is_found_by_an_id_of_its_own() {
        for cart in all() {
            assert_eq!(find(cart.id()).unwrap().id(), cart.id());
            assert_eq!(CartId::parse(cart.id()).unwrap().as_str(), cart.id());
            assert_eq!(all().filter(|other| other.id() == cart.id()).count(), 1, "{}", cart.id());
        }
        assert!(find("Shopify").is_none() && find("").is_none() && find("base").is_none());
    }

    #[test]
    fn a_topic_in_a_log_line_is_short_and_plain() {
        assert_eq!(Topic::new("orders/edited").to_string(), "orders/edited");
        assert_eq!(Topic::new("a b\nhanako@example.jp").to_string(), "a?b?hanako?example.jp");
        assert_eq!(Topic::new(&"x".repeat(1000)).to_string().len(), 64);
    }
}
