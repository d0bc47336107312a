//! The twenty-four solar terms (二十四節気): the days on which the sun's apparent longitude is a multiple of 15°.
//!
//! They move by a day from year to year, and decide when a greeting of the season may come and when the equinox
//! holidays are. The National Astronomical Observatory of Japan defines them by the moment (定気法), in Japan's time.

use super::sun;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::sync::OnceLock;

/// A solar term, named by what its characters say; in the order of the calendar year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SolarTerm {
    /// 小寒, in early January.
    LesserCold,
    /// 大寒.
    GreaterCold,
    /// 立春, in early February: winter's greetings end.
    SpringBegins,
    /// 雨水.
    RainWater,
    /// 啓蟄.
    InsectsWake,
    /// 春分, a holiday.
    SpringEquinox,
    /// 清明.
    ClearBrightness,
    /// 穀雨.
    GrainRain,
    /// 立夏.
    SummerBegins,
    /// 小満.
    GrainFills,
    /// 芒種, in early June: the rains are near.
    GrainInEar,
    /// 夏至.
    SummerSolstice,
    /// 小暑, in early July.
    LesserHeat,
    /// 大暑: summer's greetings begin.
    GreaterHeat,
    /// 立秋, in early August: what comes now greets the lingering heat.
    AutumnBegins,
    /// 処暑.
    HeatEnds,
    /// 白露.
    WhiteDew,
    /// 秋分, a holiday.
    AutumnEquinox,
    /// 寒露.
    ColdDew,
    /// 霜降.
    FrostFalls,
    /// 立冬.
    WinterBegins,
    /// 小雪.
    LesserSnow,
    /// 大雪.
    GreaterSnow,
    /// 冬至.
    WinterSolstice,
}

/// By how much the time of Japan is ahead of UTC. It has had no summer time since 1951.
const JAPAN: TimeDelta = TimeDelta::hours(9);
/// The years whose days are kept once they have been computed: plans ask for the same few again and again.
const KEPT_FROM_YEAR: i32 = 2020;
const KEPT_YEARS: usize = 64;
static KEPT: [[OnceLock<NaiveDate>; 24]; KEPT_YEARS] = [const { [const { OnceLock::new() }; 24] }; KEPT_YEARS];

impl SolarTerm {
    /// Every term, in the order in which a calendar year has them.
    pub const ALL: [Self; 24] = [
        Self::LesserCold,
        Self::GreaterCold,
        Self::SpringBegins,
        Self::RainWater,
        Self::InsectsWake,
        Self::SpringEquinox,
        Self::ClearBrightness,
        Self::GrainRain,
        Self::SummerBegins,
        Self::GrainFills,
        Self::GrainInEar,
        Self::SummerSolstice,
        Self::LesserHeat,
        Self::GreaterHeat,
        Self::AutumnBegins,
        Self::HeatEnds,
        Self::WhiteDew,
        Self::AutumnEquinox,
        Self::ColdDew,
        Self::FrostFalls,
        Self::WinterBegins,
        Self::LesserSnow,
        Self::GreaterSnow,
        Self::WinterSolstice,
    ];

    /// Its Japanese name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LesserCold => "小寒",
            Self::GreaterCold => "大寒",
            Self::SpringBegins => "立春",
            Self::RainWater => "雨水",
            Self::InsectsWake => "啓蟄",
            Self::SpringEquinox => "春分",
            Self::ClearBrightness => "清明",
            Self::GrainRain => "穀雨",
            Self::SummerBegins => "立夏",
            Self::GrainFills => "小満",
            Self::GrainInEar => "芒種",
            Self::SummerSolstice => "夏至",
            Self::LesserHeat => "小暑",
            Self::GreaterHeat => "大暑",
            Self::AutumnBegins => "立秋",
            Self::HeatEnds => "処暑",
            Self::WhiteDew => "白露",
            Self::AutumnEquinox => "秋分",
            Self::ColdDew => "寒露",
            Self::FrostFalls => "霜降",
            Self::WinterBegins => "立冬",
            Self::LesserSnow => "小雪",
            Self::GreaterSnow => "大雪",
            Self::WinterSolstice => "冬至",
        }
    }

    /// The moment at which the sun reaches it, right to a minute in this century.
    ///
    /// From 2026 to 2040 every term that a holiday or a greeting depends on lies more than five minutes from midnight
    /// in Japan; the nearest is 立冬 of 2031, at 00:05. One that nothing here depends on does not: 雨水 of 2030 comes
    /// seconds before midnight on 18 February, and no method can promise its day before the earth has turned so far.
    #[must_use]
    pub fn moment(self, year: i32) -> DateTime<Utc> {
        sun::nth_term(year, self as u8)
    }

    /// The civil day in Japan on which the sun reaches it. After [`PUBLISHED_TO_YEAR`](super::PUBLISHED_TO_YEAR) it is
    /// a forecast.
    #[must_use]
    pub fn day(self, year: i32) -> NaiveDate {
        let day = || self.moment(year).checked_add_signed(JAPAN).map_or(NaiveDate::MAX, |moment| moment.date_naive());
        let kept = usize::try_from(i64::from(year) - i64::from(KEPT_FROM_YEAR)).ok();
        let kept = kept.and_then(|index| KEPT.get(index)).and_then(|terms| terms.get(self as usize));
        kept.map_or_else(day, |kept| *kept.get_or_init(day))
    }
}
