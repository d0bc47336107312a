//! The greetings of the seasons, and the days on which each may be in the letter box.
//!
//! Custom counts the day of arrival, not the day of posting: a card that greets the heat of summer and comes after
//! 立秋 is a mistake that the reader sees. Halloween and Christmas are young here and have no such custom: theirs is the week
//! that ends with the day itself. Neither has the rainy season, whose days are counted by the almanac, not by the rain.

use super::{Region, SolarTerm, date, days_before, matsu_no_uchi};
use crate::calendar::days_after;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// A seasonal greeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Greeting {
    /// 年賀状: for the New Year. Not to a house in mourning.
    NewYear,
    /// 寒中見舞い: in the cold. Fits a house in mourning too.
    MidWinter,
    /// 余寒見舞い: in the cold that lingers.
    LateWinter,
    /// 梅雨見舞い: in the rains of June.
    RainySeason,
    /// 暑中見舞い: in the heat.
    MidSummer,
    /// 残暑見舞い: in the heat that lingers.
    LateSummer,
    /// ハロウィン: the last week of October.
    Halloween,
    /// 初冬: the first cold days, from 立冬 to the eve of 小雪.
    FirstCold,
    /// クリスマス: the week up to it.
    Christmas,
}

impl Greeting {
    /// Every greeting, in the order in which a year has them.
    pub const ALL: [Self; 9] = [
        Self::NewYear,
        Self::MidWinter,
        Self::LateWinter,
        Self::RainySeason,
        Self::MidSummer,
        Self::LateSummer,
        Self::Halloween,
        Self::FirstCold,
        Self::Christmas,
    ];

    /// Its Japanese name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NewYear => "年賀状",
            Self::MidWinter => "寒中見舞い",
            Self::LateWinter => "余寒見舞い",
            Self::RainySeason => "梅雨見舞い",
            Self::MidSummer => "暑中見舞い",
            Self::LateSummer => "残暑見舞い",
            Self::Halloween => "ハロウィン",
            Self::FirstCold => "初冬のごあいさつ",
            Self::Christmas => "クリスマス",
        }
    }

    /// Its name in programmes and in the diary.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::NewYear => "new_year",
            Self::MidWinter => "mid_winter",
            Self::LateWinter => "late_winter",
            Self::RainySeason => "rainy_season",
            Self::MidSummer => "mid_summer",
            Self::LateSummer => "late_summer",
            Self::Halloween => "halloween",
            Self::FirstCold => "first_cold",
            Self::Christmas => "christmas",
        }
    }

    /// The days of a year on which it should arrive, as most of Japan keeps them.
    #[must_use]
    pub fn window(self, year: i32) -> RangeInclusive<NaiveDate> {
        self.window_in(year, Region::default())
    }

    /// The days of a year on which it should arrive in a region.
    #[must_use]
    pub fn window_in(self, year: i32, region: Region) -> RangeInclusive<NaiveDate> {
        let term = |term: SolarTerm| term.day(year);
        let eve = |of: SolarTerm| days_before(term(of), 1);
        let pines = matsu_no_uchi(year, region);
        match self {
            Self::NewYear => pines,
            Self::MidWinter => days_after(*pines.end(), 1)..=eve(SolarTerm::SpringBegins),
            Self::LateWinter => term(SolarTerm::SpringBegins)..=days_before(date(year, (3, 1)), 1),
            Self::RainySeason => term(SolarTerm::GrainInEar)..=eve(SolarTerm::LesserHeat),
            Self::MidSummer => term(SolarTerm::GreaterHeat)..=eve(SolarTerm::AutumnBegins),
            Self::LateSummer => term(SolarTerm::AutumnBegins)..=date(year, (8, 31)),
            Self::Halloween => date(year, (10, 25))..=date(year, (10, 31)),
            Self::FirstCold => term(SolarTerm::WinterBegins)..=eve(SolarTerm::LesserSnow),
            Self::Christmas => date(year, (12, 18))..=date(year, (12, 25)),
        }
    }

    /// The first day on which it may come at all: 暑中見舞い are taken from 小暑 on, if the rainy season is over. The
    /// others have no day before their window.
    #[must_use]
    pub fn earliest(self, year: i32, region: Region) -> NaiveDate {
        match self {
            Self::MidSummer => SolarTerm::LesserHeat.day(year),
            _ => *self.window_in(year, region).start(),
        }
    }
}
