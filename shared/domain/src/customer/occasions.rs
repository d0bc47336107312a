//! Occasions: orders within a week of each other are one, what is no purchase or was undone is none, and one sale
//! that two carts report is one.

use super::{Bought, Customer, Ruling};
use crate::calendar::day_of;
use crate::shop::Shop;
use chrono::{Duration, NaiveDate};

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

impl Bought {
    /// Whether two carts report the same sale: a WooCommerce order that was paid by Stripe reaches us from both.
    /// The payment tells for certain; where one of them does not name it, the same amount within a day does,
    /// until a person says otherwise.
    #[must_use]
    pub fn is_same_sale(&self, other: &Self) -> bool {
        if self.key.cart == other.key.cart {
            return false;
        }
        match (&self.payment, &other.payment) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ => {
                let is_near = (self.began_at - other.began_at).abs() <= Duration::days(1);
                let paid = self.total.filter(|total| total.amount_minor > 0);
                is_near
                    && paid.is_some()
                    && self.total == other.total
                    && !self.is_ruled_single()
                    && !other.is_ruled_single()
            }
        }
    }

    /// Whether the owner has said that it is a purchase of its own.
    fn is_ruled_single(&self) -> bool {
        self.ruling == Some(Ruling::FollowUp)
    }

    /// Whether it counts as a purchase, and still stands.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.standing.is_purchase() && !self.undone
    }
}

impl Customer {
    /// The occasions on which they bought, oldest first.
    #[must_use]
    pub fn occasions(&self, shop: &Shop) -> Vec<Occasion<'_>> {
        let mut occasions: Vec<Occasion<'_>> = Vec::new();
        for bought in self.purchases.iter().filter(|p| self.why_no_purchase(p).is_none()) {
            let day = day_of(bought.began_at, shop.zone);
            if let Some(known) = occasions.iter_mut().find(|o| o.purchases.iter().any(|p| p.is_same_sale(bought))) {
                known.purchases.push(bought);
                continue;
            }
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

    /// The day on which they first bought, as far as anybody knows.
    #[must_use]
    pub fn first_bought_on(&self, shop: &Shop) -> Option<NaiveDate> {
        let first = || self.occasions(shop).first().map(|o| o.day);
        if self.earlier_occasions > 0 { self.first_forgotten_on } else { first() }
    }

    /// How many days usually lie between two occasions: the median of the gaps that are known. `None` while there is none.
    #[must_use]
    pub fn usual_gap_days(&self, shop: &Shop) -> Option<u32> {
        let occasions = self.occasions(shop);
        let gaps = occasions.windows(2).map(|pair| (pair[1].day - pair[0].day).num_days());
        let mut gaps: Vec<u32> = gaps.filter_map(|days| u32::try_from(days).ok()).collect();
        gaps.sort_unstable();
        let (below, above) = (gaps.get(gaps.len().checked_sub(1)? / 2)?, gaps.get(gaps.len() / 2)?);
        Some(below.midpoint(*above))
    }

    /// How often they have bought.
    #[must_use]
    pub fn occasion_count(&self, shop: &Shop) -> u32 {
        self.occasions(shop).last().map_or(self.earlier_occasions, |o| o.nth)
    }

    /// The other reports of the same sale. What one cart says of it holds for all: undone, held, left alone, a gift.
    pub(super) fn twins<'a>(&'a self, bought: &'a Bought) -> impl Iterator<Item = &'a Bought> {
        self.purchases.iter().filter(move |other| other.is_same_sale(bought))
    }
}
