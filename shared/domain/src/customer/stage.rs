//! The stage of the relationship (R34), from the occasions that count and from time. It is derived wherever it is
//! asked for and stored nowhere, so it is never out of date.

use super::Customer;
use crate::calendar::{day_of, days_after};
use crate::shop::{Shop, Stages};
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

/// The stages that a customer goes through if they buy nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// The stage that they have come to by buying.
    pub reached: Stage,
    /// The day from which they are dormant: counted from the last purchase that counts. `None` where none is known
    /// by its day.
    pub dormant_from: Option<NaiveDate>,
}

impl Course {
    /// The stage on a civil day.
    #[must_use]
    pub fn on(self, day: NaiveDate) -> Stage {
        if self.dormant_from.is_some_and(|from| from <= day) { Stage::Dormant } else { self.reached }
    }
}

impl Stages {
    /// The stage to which somebody comes by buying on so many occasions.
    #[must_use]
    pub fn reached_by(&self, occasions: u32) -> Stage {
        match occasions {
            0 => Stage::Prospect,
            1 => Stage::First,
            n if n >= self.loyal_from => Stage::Loyal,
            n if n >= self.regular_from => Stage::Regular,
            _ => Stage::Repeat,
        }
    }
}

impl Customer {
    /// The stage of the relationship at a moment.
    #[must_use]
    pub fn stage(&self, shop: &Shop, now: DateTime<Utc>) -> Stage {
        self.course(shop).on(day_of(now, shop.zone))
    }

    /// The stages that they go through if they buy nothing more.
    #[must_use]
    pub fn course(&self, shop: &Shop) -> Course {
        let limits = &shop.stages;
        let occasions = self.occasions(shop);
        let reached = limits.reached_by(occasions.last().map_or(self.earlier_occasions, |occasion| occasion.nth));
        let last = occasions.iter().flat_map(|occasion| &occasion.purchases).map(|p| p.began_at).max();
        let dormant_from = last.map(|last| days_after(day_of(last, shop.zone), limits.dormant_after_days));
        Course { reached, dormant_from }
    }
}
