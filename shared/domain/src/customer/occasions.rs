//! Occasions: orders within a week of each other are one, and what was undone is none.

use super::{Bought, Customer};
use crate::calendar::day_of;
use crate::shop::Shop;
use chrono::NaiveDate;

/// One occasion: orders within the shop's `occasion_days` of the first of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion<'a> {
    /// The first occasion is 1.
    pub nth: u32,
    /// The civil day on which it began.
    pub day: NaiveDate,
    /// Its purchases, oldest first; at least one.
    pub purchases: Vec<&'a Bought>,
}

impl Occasion<'_> {
    /// Whether it is history: counted, never thanked.
    #[must_use]
    pub fn is_history(&self) -> bool {
        self.purchases.iter().all(|p| p.history)
    }
}

impl Customer {
    /// The occasions on which they bought, oldest first; what was cancelled or refunded is none.
    #[must_use]
    pub fn occasions(&self, shop: &Shop) -> Vec<Occasion<'_>> {
        let mut occasions: Vec<Occasion<'_>> = Vec::new();
        for bought in self.purchases.iter().filter(|p| !p.undone) {
            let day = day_of(bought.began_at, shop.zone);
            match occasions.last_mut() {
                Some(last) if (day - last.day).num_days() <= i64::from(shop.occasion_days) => {
                    last.purchases.push(bought);
                }
                _ => {
                    let nth = occasions.last().map_or(self.earlier_occasions, |o| o.nth) + 1;
                    occasions.push(Occasion { nth, day, purchases: vec![bought] });
                }
            }
        }
        occasions
    }

    /// How often they have bought.
    #[must_use]
    pub fn occasion_count(&self, shop: &Shop) -> u32 {
        self.occasions(shop).last().map_or(self.earlier_occasions, |o| o.nth)
    }
}
