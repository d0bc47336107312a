//! The number that counts (R35): how many of those who bought once come back. The trade calls it F2転換率.
//!
//! Counted are customers whose first purchase is known and long enough ago: whoever bought last week has not failed to
//! come back. Small numbers are said to be small: each share has the interval in which the true one lies in 19 of 20 cases.

use crate::customer::Customer;
use crate::follow_up::FollowUp;
use crate::money::Currency;
use crate::shop::Shop;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// After so many days it is asked whether somebody has come back.
pub const WITHIN_DAYS: [u32; 3] = [90, 180, 365];
/// A share of fewer customers than this says nothing yet: even at thirty its interval may span a third of everybody.
pub const ENOUGH: u64 = 30;
/// The quantile of the normal distribution that leaves out one case in twenty, half on each side.
const Z: f64 = 1.959_963_985;

/// How many of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Those who could have come back.
    pub of: u64,
    /// Those who have.
    pub came: u64,
}

impl Share {
    /// The share, from 0 to 1; `None` where there is nobody.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| count(self.came) / count(self.of))
    }

    /// Whether it says anything yet.
    #[must_use]
    pub fn is_enough(self) -> bool {
        self.of >= ENOUGH
    }

    /// Where the true share lies in 19 of 20 cases: Wilson's score interval (E. B. Wilson, Probable Inference, the Law of
    /// Succession, and Statistical Inference, JASA 22, 1927), which holds for small numbers too. `None` where there is
    /// nobody.
    #[must_use]
    pub fn interval(self) -> Option<(f64, f64)> {
        let (share, n) = (self.value()?, count(self.of));
        let square = Z * Z;
        let middle = share + square / (2.0 * n);
        let half = Z * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
        let scale = 1.0 + square / n;
        Some((((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0)))
    }

    fn ask(&mut self, came: bool) {
        self.of += 1;
        self.came += u64::from(came);
    }
}

/// Customers are far fewer than the 2^53 up to which this is exact.
#[expect(clippy::cast_precision_loss, reason = "customers are counted in thousands")]
fn count(n: u64) -> f64 {
    n as f64
}

/// What a shop's customers have done, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Everybody who has bought.
    pub customers: u64,
    /// Those whose first purchase nobody knows: they bought before the shop began, and its history is not all there.
    pub unknown: u64,
    /// Of those who first bought at least so many days ago, how many bought a second time within that time.
    pub second: BTreeMap<u32, Share>,
    /// Of those who bought a second time at least so many days ago, how many bought a third time within that time.
    pub third: BTreeMap<u32, Share>,
    /// Everybody who has bought twice.
    pub came_back: u64,
    /// What the known purchases came to, in minor units; of whoever has bought more than twelve times, the last twelve.
    pub spent: BTreeMap<Currency, i64>,
    /// Messages that have left.
    pub sent: u64,
}

impl Numbers {
    /// Counts one customer, with all their follow-ups.
    pub fn add(&mut self, shop: &Shop, customer: &Customer, follow_ups: &[FollowUp], today: NaiveDate) {
        self.sent += follow_ups.iter().map(|f| u64::from(f.state.has_left())).sum::<u64>();
        let occasions = customer.occasions(shop);
        if customer.occasion_count(shop) == 0 {
            return;
        }
        self.customers += 1;
        for total in customer.purchases.iter().filter(|p| customer.why_no_purchase(p).is_none()).filter_map(|p| p.total)
        {
            *self.spent.entry(total.currency).or_default() += total.amount_minor;
        }
        let is_known = customer.earlier_occasions == 0 && occasions.first().is_some_and(|o| !o.is_history());
        if !is_known && !shop.history_complete {
            self.unknown += 1;
            return;
        }
        self.came_back += u64::from(customer.occasion_count(shop) > 1);
        let day_of = |nth: u32| match nth {
            1 => customer.first_bought_on(shop),
            // What the summary has forgotten came before the first that it holds.
            n if n <= customer.earlier_occasions => occasions.first().map(|o| o.day),
            n => occasions.iter().find(|o| o.nth == n).map(|o| o.day),
        };
        for within in WITHIN_DAYS {
            ask(self.second.entry(within).or_default(), day_of(1), day_of(2), within, today);
            ask(self.third.entry(within).or_default(), day_of(2), day_of(3), within, today);
        }
    }
}

/// Asks whether one purchase was followed by the next within so many days, where they are over.
fn ask(share: &mut Share, from: Option<NaiveDate>, next: Option<NaiveDate>, within: u32, today: NaiveDate) {
    let within = i64::from(within);
    let Some(from) = from.filter(|from| (today - *from).num_days() >= within) else { return };
    share.ask(next.is_some_and(|next| (next - from).num_days() <= within));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_wilsons() {
        // Values of the formula, computed apart.
        for (came, of, low, high) in [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (30, 100, 0.2189, 0.3958)] {
            let (found_low, found_high) = Share { of, came }.interval().unwrap();
            assert!((found_low - low).abs() < 1e-4 && (found_high - high).abs() < 1e-4, "{found_low} {found_high}");
        }
        assert_eq!(Share::default().interval(), None);
    }
}
