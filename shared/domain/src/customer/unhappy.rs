//! Somebody who says that they are not happy (R29): a case of the purchase, like one that follows from facts.

use super::Customer;
use crate::ids::PurchaseKey;
use chrono::{DateTime, Utc};

impl Customer {
    /// Takes in that the customer is not happy with a purchase. The case is open from then on, until it is settled, whatever the
    /// cart says of the order later. Answers whether that changed anything.
    pub fn take_in_unhappy(&mut self, purchase: &PurchaseKey, at: DateTime<Utc>) -> bool {
        let Some(bought) = self.purchases.iter_mut().find(|b| b.key == *purchase) else { return false };
        if bought.unhappy_at >= Some(at) {
            return false;
        }
        bought.unhappy_at = Some(at);
        bought.case_at = bought.case_at.max(Some(at));
        true
    }

    /// Whether nobody has settled what is wrong with a purchase.
    #[must_use]
    pub fn has_open_case(&self, purchase: &PurchaseKey) -> bool {
        self.bought(purchase).is_some_and(|bought| self.is_unsettled(bought))
    }
}
