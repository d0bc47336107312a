//! A shop's settings: who it is, who signs, when it writes.

mod quiet;

pub use quiet::Quiet;

use crate::almanac::{Region, holiday_on};
use crate::catalogue::Catalogue;
use crate::contact::EmailAddress;
use crate::customer::Bought;
use crate::ids::ShopId;
use crate::money::Money;
use crate::purchase::Delivery;
use chrono::{Datelike, Duration, NaiveDate, NaiveTime, Timelike, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest run of days of rest: a shop that rests longer is called from on the day itself.
const DECENT_WITHIN_DAYS: usize = 60;

/// A shop as its `shop.toml` describes it. A value of this type is complete: a shop that lacks what the
/// law asks of every advertising mail (特定電子メール法 4条) cannot be read into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shop {
    /// Its name in this deployment.
    pub id: ShopId,
    /// What its customers call it: 「うつわ さくら」.
    pub name: String,
    /// The page where one can look at it and buy.
    pub url: String,
    /// Who stands behind it, and how to complain.
    pub legal: Legal,
    /// Whom mails come from and go back to.
    pub sender: Sender,
    /// Who signs.
    pub staff: Staff,
    /// The zone its days are counted in.
    pub zone: Tz,
    /// The first day whose orders are followed up; what is older is history.
    pub start_date: NaiveDate,
    /// Whether all purchases before the start date are known. Where they are not, nobody is greeted by count.
    pub history_complete: bool,
    /// Whether the first mails of each step wait until somebody has approved them (見習い期間).
    pub apprenticeship: bool,
    /// The hours in which mails may go out.
    pub hours: Hours,
    /// Into how many shards its slots are divided. It only grows.
    pub shards: u32,
    /// Orders within this many days are one occasion.
    pub occasion_days: u32,
    /// What counts as what, in figures.
    pub thresholds: Thresholds,
    /// At which stage of the relationship somebody is, in figures.
    #[serde(default, skip_serializing_if = "Stages::are_usual")]
    pub stages: Stages,
    /// Days on which nothing is sent where there is another day for it.
    pub holidays: BTreeSet<NaiveDate>,
    /// The kinds of days of which the same holds.
    #[serde(default = "Quiet::usual")]
    pub quiet: BTreeSet<Quiet>,
    /// Whose customs its greetings follow.
    #[serde(default)]
    pub region: Region,
    /// The shop's own addresses: what is ordered from them is no purchase.
    pub own_addresses: Vec<OwnAddress>,
    /// Addresses of pages beside the shop's own that its letters may lead to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<String>,
    /// What the shop sells, as far as it told.
    pub products: Catalogue,
}

/// What counts as what, in figures that a shop may set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// An order first seen more than this many civil days after it began is history: counted, never thanked.
    pub history_days: u32,
    /// What arrives more than this many days after its order arrives late: its usage is explained then.
    pub late_days: u32,
    /// A parcel of which nobody says that it arrived counts as arrived this many days after it was handed over.
    pub carriage_days: u32,
    /// Whether what a company buys is held until the owner has decided.
    pub hold_companies: bool,
    /// Orders of this much or more are held until the owner has decided; `None` for no limit.
    pub hold_from: Option<Money>,
    /// A product's cheerful messages pause from so many unhappy answers on, until somebody has looked (R31); 0 for never.
    #[serde(default = "Thresholds::first_unhappy")]
    pub pause_after_unhappy: u32,
}

impl Thresholds {
    fn first_unhappy() -> u32 {
        1
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            history_days: 21,
            late_days: 14,
            carriage_days: 3,
            hold_companies: true,
            hold_from: None,
            pause_after_unhappy: Self::first_unhappy(),
        }
    }
}

/// From when on a customer is at which stage (R34), in figures that a shop may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stages {
    /// Whoever has bought on so many occasions is regular. More than two: whoever has come back once is `repeat`.
    pub regular_from: u32,
    /// Whoever has bought on so many occasions is loyal. More than `regular_from`.
    pub loyal_from: u32,
    /// Whoever has bought nothing for so many days is dormant.
    pub dormant_after_days: u32,
}

impl Default for Stages {
    fn default() -> Self {
        Self { regular_from: 3, loyal_from: 6, dormant_after_days: 365 }
    }
}

impl Stages {
    fn are_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// An address, or all addresses of a domain, that belong to the shop itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnAddress {
    /// One address.
    Address(EmailAddress),
    /// All addresses of a domain, given without `@` in lower case: `sakura.example.jp`.
    Domain(String),
}

impl OwnAddress {
    /// Whether this address is the shop's.
    #[must_use]
    pub fn covers(&self, address: &EmailAddress) -> bool {
        match self {
            Self::Address(own) => own == address,
            Self::Domain(domain) => address.as_str().rsplit('@').next() == Some(domain),
        }
    }
}

impl Shop {
    /// How a purchase reaches the customer: as its cart says, else as the product file does.
    #[must_use]
    pub fn delivery_of(&self, bought: &Bought) -> Delivery {
        let of_product = || {
            let known = self.products.find(bought.product.as_deref(), bought.product_name.as_deref());
            known.map_or(Delivery::Goods, |product| product.delivery)
        };
        if bought.delivery.is_goods() { of_product() } else { bought.delivery }
    }

    /// After how many days people usually buy again what was bought, as the product file says.
    #[must_use]
    pub fn reorder_days_of(&self, bought: &Bought) -> Option<u32> {
        self.products.reorder_days(bought.product.as_deref(), bought.product_name.as_deref())
    }

    /// The first day from `day` on on which people may be called or visited: neither a Sunday, nor a holiday of the shop or,
    /// in Japan, by law.
    #[must_use]
    pub fn decent_day_from(&self, day: NaiveDate) -> NaiveDate {
        let by_law = |day| self.zone == chrono_tz::Asia::Tokyo && holiday_on(day).is_some();
        let rests = |day: &NaiveDate| day.weekday() == Weekday::Sun || self.holidays.contains(day) || by_law(*day);
        let mut days = std::iter::successors(Some(day), NaiveDate::succ_opt).take(DECENT_WITHIN_DAYS);
        days.find(|day| !rests(day)).unwrap_or(day)
    }

    /// Whether an address is the shop's own.
    #[must_use]
    pub fn is_own(&self, address: &EmailAddress) -> bool {
        self.own_addresses.iter().any(|own| own.covers(address))
    }
}

/// What every advertising mail must show: 特定電子メール法 4条, 同施行規則 9条.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Legal {
    /// The real name of the sender, not only the shop's: 「佐藤 花子」.
    pub operator: String,
    /// The postal address.
    pub address: String,
    /// The phone number for questions and complaints, as people write it.
    pub phone: String,
    /// When somebody answers it: 「10〜17時、水曜休」.
    pub phone_hours: String,
    /// The mail address for questions and complaints.
    pub email: EmailAddress,
}

/// Whom mails come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// The address mails come from: an identity that SES has verified.
    pub address: EmailAddress,
    /// The name beside it (R17): 「うつわ さくら(店主 佐藤)」.
    pub name: String,
    /// Where replies go: an inbox that a person reads (R19).
    pub reply_to: EmailAddress,
}

/// Who signs a letter (R16).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// 「佐藤 花子」
    pub name: String,
    /// 「店主」
    pub role: String,
    /// Where their picture is: a square one, on https. Somebody's face is remembered longer than their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// The hours of a day in which mails may go out, by the shop's wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The first moment.
    pub from: NaiveTime,
    /// The last moment.
    pub to: NaiveTime,
}

impl Hours {
    /// Whether a mail may go out at this time.
    #[must_use]
    pub fn contains(self, time: NaiveTime) -> bool {
        self.from <= time && time <= self.to
    }

    /// The time within the hours that is nearest to this one: a quarter hour, where the hours hold one.
    #[must_use]
    pub fn nearest(self, time: NaiveTime) -> NaiveTime {
        let minutes_past = i64::from(self.to.minute() % 15);
        if time < self.from {
            self.from
        } else if time > self.to {
            let quarter = self.to.with_second(0).unwrap_or(self.to) - Duration::minutes(minutes_past);
            quarter.max(self.from)
        } else {
            time
        }
    }
}
