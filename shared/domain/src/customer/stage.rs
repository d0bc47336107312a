//! The stage of the relationship (R34), from the occasions that count and from time. It is derived wherever it is
//! asked for and stored nowhere, so it is never out of date.

use super::Customer;
use crate::calendar::{day_of, days_after};
use crate::shop::Shop;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// How far the relationship with a customer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Has not bought yet, or nothing that counts.
    Prospect,
    /// Has bought once.
    First,
    /// Has come back.
    Repeat,
    /// Comes regularly.
    Regular,
    /// Has come for so long that the shop is theirs.
    Loyal,
    /// Has not bought for a long time, however often before.
    Dormant,
}

impl Stage {
    /// All stages, from the first to the last.
    pub const ALL: [Self; 6] = [Self::Prospect, Self::First, Self::Repeat, Self::Regular, Self::Loyal, Self::Dormant];
    /// The stages of whoever buys, each reached from the one before by buying again.
    pub const BUYING: [Self; 4] = [Self::First, Self::Repeat, Self::Regular, Self::Loyal];

    /// The stage by its name in programmes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Prospect => "prospect",
            Self::First => "first",
            Self::Repeat => "repeat",
            Self::Regular => "regular",
            Self::Loyal => "loyal",
            Self::Dormant => "dormant",
        }
    }
}

impl Customer {
    /// The stage of the relationship at a moment.
    #[must_use]
    pub fn stage(&self, shop: &Shop, now: DateTime<Utc>) -> Stage {
        self.stage_on(shop, day_of(now, shop.zone))
    }

    /// The stage on a civil day, if nothing is bought until then.
    #[must_use]
    pub fn stage_on(&self, shop: &Shop, day: NaiveDate) -> Stage {
        let limits = &shop.stages;
        match self.occasion_count(shop) {
            0 => Stage::Prospect,
            _ if self.dormant_from(shop).is_some_and(|from| from <= day) => Stage::Dormant,
            1 => Stage::First,
            n if n >= limits.loyal_from => Stage::Loyal,
            n if n >= limits.regular_from => Stage::Regular,
            _ => Stage::Repeat,
        }
    }

    /// The day from which they are dormant if they buy nothing more: counted from the last purchase that counts.
    /// `None` where none is known by its day.
    #[must_use]
    pub fn dormant_from(&self, shop: &Shop) -> Option<NaiveDate> {
        let counting = self.purchases.iter().filter(|p| self.why_no_purchase(p).is_none());
        let last = counting.map(|p| day_of(p.began_at, shop.zone)).max()?;
        Some(days_after(last, shop.stages.dormant_after_days))
    }
}
