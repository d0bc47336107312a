//! Where the sun stands, by Meeus, Astronomical Algorithms (2nd edition, 1998): chapter 25, "higher accuracy".
//!
//! The earth's heliocentric longitude comes from the planetary theory VSOP87 (Bretagnon and Francou, Astronomy and
//! Astrophysics 202, 1988), as Meeus shortened it in his appendix III. The same numbers stand in table A4.2 of Reda and
//! Andreas, Solar Position Algorithm (NREL/TP-560-34302, 2008). Nutation is his chapter 22, good to 0.5″. The sun moves by
//! 1″ in 24 seconds; against JPL's DE421 all of it together is right to a minute from 2026 to 2040 (as a test shows).

use chrono::{DateTime, Utc};
use std::f64::consts::{PI, TAU};

/// 2000-01-01 12:00, the epoch J2000.0 from which days are counted, as a Unix time.
const EPOCH_SECONDS: i64 = 946_728_000;
const DAY_SECONDS: f64 = 86_400.0;
/// The mean length of the year of the seasons, in days.
const YEAR_DAYS: f64 = 365.242_2;
/// The day, counted from the epoch, on which the sun reached the first term of the year 2000, nearly.
const FIRST_TERM_DAY: f64 = 5.0;
/// 小寒, the first term of a calendar year.
const FIRST_TERM_DEGREES: f64 = 285.0;
const TERM_DEGREES: f64 = 15.0;
/// Each step towards the moment leaves less than a twentieth of the distance: this many leave milliseconds of two days.
const STEPS: usize = 6;

/// The moment of the `n`th solar term of a calendar year, counted from 0.
pub(super) fn nth_term(year: i32, n: u8) -> DateTime<Utc> {
    let degrees = FIRST_TERM_DEGREES + TERM_DEGREES * f64::from(n);
    let years = f64::from(year) - 2000.0 + f64::from(n) / 24.0;
    let mut day = FIRST_TERM_DAY + years * YEAR_DAYS;
    for _ in 0..STEPS {
        let ahead = (degrees.to_radians() - apparent_longitude(day) + PI).rem_euclid(TAU) - PI;
        day += ahead / TAU * YEAR_DAYS;
    }
    let seconds = (day * DAY_SECONDS - delta_t_seconds(2000.0 + day / YEAR_DAYS)).round();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounded; beyond 64 bits it saturates, and there is no such day"
    )]
    let seconds = EPOCH_SECONDS.saturating_add(seconds as i64);
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// By how many seconds uniform time (TT), in which the theory counts, is ahead of the time that follows the earth's
/// turning: Espenak and Meeus, Five Millennium Canon of Solar Eclipses (NASA/TP-2006-214141), the pieces from 2005 on.
///
/// Measured, it was 69 s in 2026, when this gives 75 s: since then the earth turns faster than was foreseen in 2006.
fn delta_t_seconds(year: f64) -> f64 {
    if year < 2050.0 {
        let t = year - 2000.0;
        62.92 + 0.322_17 * t + 0.005_589 * t * t
    } else {
        let centuries = (year - 1820.0) / 100.0;
        -20.0 + 32.0 * centuries * centuries - 0.5628 * (2150.0 - year).max(0.0)
    }
}

/// The sun's apparent geocentric longitude, in radians, on the equinox of date.
fn apparent_longitude(day: f64) -> f64 {
    let millennia = day / 365_250.0;
    let heliocentric = sum(&L0, millennia) + millennia * (sum(&L1, millennia) + millennia * sum(&L2, millennia));
    let to_fk5 = arcseconds(-0.090_33);
    let aberration = arcseconds(-20.489_8) / sum(&R0, millennia);
    heliocentric + PI + to_fk5 + nutation(millennia * 10.0) + aberration
}

/// The nutation in longitude, in radians: the four largest terms (Meeus, chapter 22).
fn nutation(centuries: f64) -> f64 {
    let node = (125.044_52 - 1_934.136_261 * centuries).to_radians();
    let sun = (280.4665 + 36_000.769_8 * centuries).to_radians();
    let moon = (218.3165 + 481_267.881_3 * centuries).to_radians();
    let terms = -17.20 * node.sin() - 1.32 * (2.0 * sun).sin() - 0.23 * (2.0 * moon).sin() + 0.21 * (2.0 * node).sin();
    arcseconds(terms)
}

fn arcseconds(angle: f64) -> f64 {
    (angle / 3600.0).to_radians()
}

/// The amplitude in units of 10⁻⁸, the phase in radians, the frequency in radians per thousand years.
type Term = (f64, f64, f64);

fn sum(terms: &[Term], millennia: f64) -> f64 {
    terms.iter().map(|(amplitude, phase, frequency)| amplitude * (phase + frequency * millennia).cos()).sum::<f64>()
        / 1e8
}

/// The distance to the sun, in astronomical units: enough of it for the aberration.
#[rustfmt::skip]
const R0: [Term; 3] = [
    (100_013_989.0, 0.0, 0.0),
    (1_670_700.0, 3.098_463_5, 6_283.075_85),
    (13_956.0, 3.055_25, 12_566.151_7),
];

/// What the longitude is at the epoch: all 64 terms of the appendix.
#[rustfmt::skip]
const L0: [Term; 64] = [
    (175_347_046.0, 0.0, 0.0),
    (3_341_656.0, 4.669_256_8, 6_283.075_85),
    (34_894.0, 4.626_1, 12_566.151_7),
    (3_497.0, 2.744_1, 5_753.384_9),
    (3_418.0, 2.828_9, 3.523_1),
    (3_136.0, 3.627_7, 77_713.771_5),
    (2_676.0, 4.418_1, 7_860.419_4),
    (2_343.0, 6.135_2, 3_930.209_7),
    (1_324.0, 0.742_5, 11_506.769_8),
    (1_273.0, 2.037_1, 529.691),
    (1_199.0, 1.109_6, 1_577.343_5),
    (990.0, 5.233, 5_884.927),
    (902.0, 2.045, 26.298),
    (857.0, 3.508, 398.149),
    (780.0, 1.179, 5_223.694),
    (753.0, 2.533, 5_507.553),
    (505.0, 4.583, 18_849.228),
    (492.0, 4.205, 775.523),
    (357.0, 2.92, 0.067),
    (317.0, 5.849, 11_790.629),
    (284.0, 1.899, 796.298),
    (271.0, 0.315, 10_977.079),
    (243.0, 0.345, 5_486.778),
    (206.0, 4.806, 2_544.314),
    (205.0, 1.869, 5_573.143),
    (202.0, 2.458, 6_069.777),
    (156.0, 0.833, 213.299),
    (132.0, 3.411, 2_942.463),
    (126.0, 1.083, 20.775),
    (115.0, 0.645, 0.98),
    (103.0, 0.636, 4_694.003),
    (102.0, 0.976, 15_720.839),
    (102.0, 4.267, 7.114),
    (99.0, 6.21, 2_146.17),
    (98.0, 0.68, 155.42),
    (86.0, 5.98, 161_000.69),
    (85.0, 1.3, 6_275.96),
    (85.0, 3.67, 71_430.7),
    (80.0, 1.81, 17_260.15),
    (79.0, 3.04, 12_036.46),
    (75.0, 1.76, 5_088.63),
    (74.0, 3.5, 3_154.69),
    (74.0, 4.68, 801.82),
    (70.0, 0.83, 9_437.76),
    (62.0, 3.98, 8_827.39),
    (61.0, 1.82, 7_084.9),
    (57.0, 2.78, 6_286.6),
    (56.0, 4.39, 14_143.5),
    (56.0, 3.47, 6_279.55),
    (52.0, 0.19, 12_139.55),
    (52.0, 1.33, 1_748.02),
    (51.0, 0.28, 5_856.48),
    (49.0, 0.49, 1_194.45),
    (41.0, 5.37, 8_429.24),
    (41.0, 2.4, 19_651.05),
    (39.0, 6.17, 10_447.39),
    (37.0, 6.04, 10_213.29),
    (37.0, 2.57, 1_059.38),
    (36.0, 1.71, 2_352.87),
    (36.0, 1.78, 6_812.77),
    (33.0, 0.59, 17_789.85),
    (30.0, 0.44, 83_996.85),
    (30.0, 2.74, 1_349.87),
    (25.0, 3.16, 4_690.48),
];

/// What it gains in a thousand years: the terms above 10⁻⁶. Those left out are less than 0.2″ in all before 2100.
#[rustfmt::skip]
const L1: [Term; 6] = [
    (628_331_966_747.0, 0.0, 0.0),
    (206_059.0, 2.678_235, 6_283.075_85),
    (4_303.0, 2.635_1, 12_566.151_7),
    (425.0, 1.59, 3.523),
    (119.0, 5.796, 26.298),
    (109.0, 2.966, 1_577.344),
];

/// What it gains in a thousand years squared: the terms above 10⁻⁵. Those left out are less than 0.01″ in all before 2100.
#[rustfmt::skip]
const L2: [Term; 2] = [
    (52_919.0, 0.0, 0.0),
    (8_720.0, 1.072_1, 6_283.075_8),
];
