//! What an order counts as. Not everything that a cart calls an order is a purchase.

use crate::money::Money;
use crate::purchase::{Order, OrderKind};
use crate::shop::Shop;
use serde::{Deserialize, Serialize};

/// What an order counts as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A purchase.
    #[default]
    Purchase,
    /// A subscription that went on by itself: nobody decided to buy again.
    Renewal,
    /// An exchange or a replacement.
    Exchange,
    /// Money put on a gift card.
    GiftCard,
    /// There was nothing to pay.
    Free,
    /// Nothing but carriage was paid.
    CarriageOnly,
    /// Wholesale, or it looks so: held until the owner decides.
    Held,
    /// The owner leaves it alone, on purpose (R36).
    LeftAlone,
}

/// What the owner decided about an order that was held, or that counts as something else than they think.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// It is a purchase: follow it up.
    FollowUp,
    /// Leave it alone (R36).
    LeaveAlone,
}

impl Standing {
    /// What an order counts as in a shop, where the owner has ruled nothing else.
    #[must_use]
    pub fn of(order: &Order, ruling: Option<Ruling>, shop: &Shop) -> Self {
        match order.kind {
            _ if ruling == Some(Ruling::FollowUp) => Self::Purchase,
            _ if ruling == Some(Ruling::LeaveAlone) => Self::LeftAlone,
            OrderKind::Renewal => Self::Renewal,
            OrderKind::Exchange => Self::Exchange,
            OrderKind::GiftCard => Self::GiftCard,
            OrderKind::Purchase if order.total.amount_minor <= 0 => Self::Free,
            OrderKind::Purchase if is_carriage_only(order) => Self::CarriageOnly,
            OrderKind::Purchase if is_wholesale(order, shop) => Self::Held,
            OrderKind::Purchase => Self::Purchase,
        }
    }

    /// Whether it counts.
    #[must_use]
    pub fn is_purchase(&self) -> bool {
        *self == Self::Purchase
    }

    /// Whether it waits for the owner.
    #[must_use]
    pub fn is_held(&self) -> bool {
        *self == Self::Held
    }
}

/// Whether all its lines are free. Of an order without lines, or with more lines than are kept, nobody can tell.
fn is_carriage_only(order: &Order) -> bool {
    let all_known = usize::try_from(order.line_count) == Ok(order.lines.len()) && !order.lines.is_empty();
    all_known && order.lines.iter().all(|line| line.unit_amount_minor <= 0)
}

/// Whether a company bought, or more than the shop's threshold was paid.
fn is_wholesale(order: &Order, shop: &Shop) -> bool {
    let thresholds = &shop.thresholds;
    let is_large =
        |from: &Money| order.total.currency == from.currency && order.total.amount_minor >= from.amount_minor;
    (thresholds.hold_companies && order.company) || thresholds.hold_from.as_ref().is_some_and(is_large)
}
