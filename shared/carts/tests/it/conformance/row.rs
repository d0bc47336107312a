//! What the suite needs to know of a cart: how it signs, and how it says each thing that a cart may say.

use crate::support::{NOW, SECRET, secrets, time};
use chrono::{DateTime, Utc};
use serde_json::Value;
use wasurena_carts::{ParseContext, Unreadable, Webhook, find};
use wasurena_domain::purchase::{Moments, Order, Purchase, Report};

/// Something that a cart may say. Of the sample order, unless said otherwise: 見本 花子 buys for 8270 yen on 3 April
/// 2026 at 10:24:31 in Tokyo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Said {
    /// It is placed and not paid.
    Unpaid,
    /// It is paid, on 4 April.
    Paid,
    /// The buyer's name is 見本 華子 now, and the product's 灰釉の飯碗.
    Updated,
    /// It was handed over.
    Shipped,
    /// It arrived.
    Arrived,
    /// A part of the money went back, 1900 yen where the cart says how much.
    PartlyRefunded,
    /// All of the money went back.
    Refunded,
    /// It was called off.
    Cancelled,
    /// Paid, with consent.
    ConsentGiven,
    /// Paid, consent refused.
    ConsentDenied,
    /// Paid, nobody asked.
    ConsentUnsaid,
    /// Paid, for somebody else.
    Gift,
    /// A subscription went on.
    Renewal,
    /// It replaces what was broken.
    Exchange,
    /// Money on a card.
    GiftCard,
    /// Bought by a company.
    Company,
    /// Bought on a marketplace.
    Marketplace,
    /// A file, not a thing.
    Digital,
    /// Made after the order.
    MadeToOrder,
    /// To arrive on 20 April 2026.
    Promised,
    /// The payment is `pi_3SAMPLE00000000000000001`.
    Payment,
    /// Paid, without any personal data.
    Nobody,
    /// Paid, 82.70 dollars.
    Dollars,
    /// Paid, known by the id 9007199254740993 or one that holds these digits.
    LongId,
    /// Somebody tries the shop out.
    Test,
    /// It looks like an order and is none.
    NoOrder,
    /// A topic that is left alone.
    UnusedTopic,
    /// A topic that nobody has heard of.
    UnknownTopic,
    /// The buyer's data is to be erased.
    Erase,
    /// The buyer asks for their data.
    Disclose,
    /// The shop has left.
    EraseCart,
}

impl Said {
    /// Everything, in the order of the table in docs/carts.md, and what it is called there.
    pub(crate) const ALL: [(Self, &'static str); 31] = [
        (Self::Unpaid, "placed, not paid"),
        (Self::Paid, "paid"),
        (Self::Updated, "changed"),
        (Self::Shipped, "shipped"),
        (Self::Arrived, "arrived"),
        (Self::PartlyRefunded, "refunded in part"),
        (Self::Refunded, "refunded"),
        (Self::Cancelled, "cancelled"),
        (Self::ConsentGiven, "consent given"),
        (Self::ConsentDenied, "consent refused"),
        (Self::ConsentUnsaid, "consent not asked for"),
        (Self::Gift, "gift"),
        (Self::Renewal, "renewal"),
        (Self::Exchange, "exchange"),
        (Self::GiftCard, "gift card"),
        (Self::Company, "company"),
        (Self::Marketplace, "marketplace"),
        (Self::Digital, "digital"),
        (Self::MadeToOrder, "made to order"),
        (Self::Promised, "day of arrival"),
        (Self::Payment, "payment's id"),
        (Self::Nobody, "buyer unknown"),
        (Self::Dollars, "other currencies"),
        (Self::LongId, "long ids"),
        (Self::Test, "test order"),
        (Self::NoOrder, "no order"),
        (Self::UnusedTopic, "unused topic"),
        (Self::UnknownTopic, "unknown topic"),
        (Self::Erase, "erase a customer"),
        (Self::Disclose, "disclose a customer's data"),
        (Self::EraseCart, "erase all of the cart"),
    ];

    /// The life of one order, in the order in which it is lived.
    pub(crate) const LIFE: [Self; 8] = [
        Self::Unpaid,
        Self::Paid,
        Self::Updated,
        Self::Shipped,
        Self::Arrived,
        Self::PartlyRefunded,
        Self::Refunded,
        Self::Cancelled,
    ];
}

/// A body and the topic it is sent under; carts whose topic stands in the body leave that blank.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) topic: &'static str,
    pub(crate) body: Value,
}

/// Headers by their names.
pub(crate) type Pairs = Vec<(&'static str, String)>;

/// One cart.
pub(crate) struct Row {
    /// Its id.
    pub(crate) cart: &'static str,
    /// The headers with which it sends a body: secret, topic, body, time of sending.
    pub(crate) headers: fn(&str, &str, &[u8], DateTime<Utc>) -> Pairs,
    /// The headers without which nothing is accepted, the one with the signature last.
    pub(crate) signed_by: &'static [&'static str],
    /// What the header with the signature cannot hold.
    pub(crate) malformed: &'static str,
    /// Whether the time of sending is signed.
    pub(crate) signs_time: bool,
    /// The header with the topic, where the body does not tell.
    pub(crate) topic: Option<&'static str>,
    /// The key of the sample order.
    pub(crate) key: &'static str,
    /// The id of the sample order's first product, 粉引の飯碗.
    pub(crate) product: &'static str,
    /// How it says each thing; `None` where it has no way to.
    pub(crate) says: fn(Said) -> Option<Message>,
}

impl Row {
    /// What the cart makes of a body sent by the sample shop.
    pub(crate) fn send(&self, topic: &str, body: &[u8]) -> Result<Webhook, Unreadable> {
        let headers = (self.headers)(SECRET, topic, body, time(NOW));
        let cart = find(self.cart).unwrap();
        let verified = cart.verify(&headers, body, &secrets(SECRET, None), time(NOW)).unwrap();
        cart.parse(&headers, verified, &ParseContext { now: time(NOW) })
    }

    pub(crate) fn read(&self, message: &Message) -> Result<Webhook, Unreadable> {
        self.send(message.topic, message.body.to_string().as_bytes())
    }

    /// The body of `said`, as it is sent.
    pub(crate) fn bytes(&self, said: Said) -> Vec<u8> {
        (self.says)(said).unwrap().body.to_string().into_bytes()
    }

    /// What the cart says, where it can.
    #[track_caller]
    pub(crate) fn webhook(&self, said: Said) -> Option<Webhook> {
        let message = (self.says)(said)?;
        Some(self.read(&message).unwrap_or_else(|e| panic!("{} {said:?}: {e}", self.cart)))
    }

    /// The report in it, where the cart can say so.
    #[track_caller]
    pub(crate) fn report(&self, said: Said) -> Option<Report> {
        match self.webhook(said)? {
            Webhook::Purchase(report) => Some(*report),
            other => panic!("{} {said:?}: {other:?}", self.cart),
        }
    }

    /// The order in it, where the cart can say so.
    #[track_caller]
    pub(crate) fn order(&self, said: Said) -> Option<Order> {
        Some(self.report(said)?.order.unwrap_or_else(|| panic!("{} {said:?}: no order", self.cart)))
    }

    /// The moments in it; none where the cart cannot say so.
    #[track_caller]
    pub(crate) fn moments(&self, said: Said) -> Moments {
        self.report(said).map(|report| report.moments).unwrap_or_default()
    }

    /// The facts that these make, in this order.
    #[track_caller]
    pub(crate) fn facts(&self, said: &[Said]) -> Purchase {
        joined(said.iter().filter_map(|said| self.report(*said)))
    }
}

/// The facts that reports make.
pub(crate) fn joined(reports: impl IntoIterator<Item = Report>) -> Purchase {
    let mut reports = reports.into_iter();
    let first = Purchase::from_report(reports.next().unwrap());
    reports.fold(first, Purchase::join)
}
