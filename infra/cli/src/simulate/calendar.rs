//! The year as a picture: a square for each day, darker the more mails went out on it, in a row for each month.

use super::tally::Tally;
use crate::words::weekday;
use chrono::{Datelike, NaiveDate, Weekday};
use std::fmt::{self, Write};
use wasurena_domain::shop::Shop;

const CELL: usize = 22;
const LEFT: usize = 96;
const TOP: usize = 74;
const RIGHT: usize = 96;
/// The frames of days: of the week, of its end; and what is added for a day on which the shop is quiet.
const WEEKDAY: &str = "#c8c8c4";
const WEEKEND: &str = "#b05a5a";
const QUIET: &str = r#" stroke-width="2" stroke-dasharray="3 2""#;
/// From a day without mails to the busiest, each more than the one before.
const SHADES: [&str; 6] = ["#f4f4f0", "#d8e6f3", "#a9cbe6", "#6ea6d1", "#3679b0", "#174a7c"];

/// A calendar of the mails of each day, as an SVG that stands by itself.
pub(crate) fn svg(tally: &Tally, shop: &Shop) -> Result<String, fmt::Error> {
    let max = tally.per_day.iter().copied().max().unwrap_or(0);
    let row_of = |day: NaiveDate| {
        let months = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
        usize::try_from(months(day) - months(tally.first_day)).unwrap_or(0)
    };
    let rows = row_of(tally.day(tally.per_day.len() - 1)) + 1;
    let (width, height) = (LEFT + 31 * CELL + RIGHT, TOP + rows * CELL + 76);
    let mut out = String::new();
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" font-family="'Hiragino Sans','Noto Sans JP','Yu Gothic',sans-serif" font-size="11">"#
    )?;
    let title = format!("{}のお便り {} 通、お客様 {} 人", escaped(&shop.name), tally.mails, tally.customers);
    writeln!(out, r##"<title>{title}</title><rect width="100%" height="100%" fill="#ffffff"/>"##)?;
    writeln!(out, r##"<text x="{LEFT}" y="30" font-size="16" fill="#222222">{title}</text>"##)?;
    for day in 1..=31 {
        let x = LEFT + (day - 1) * CELL + CELL / 2;
        writeln!(out, r##"<text x="{x}" y="{}" text-anchor="middle" fill="#666666">{day}</text>"##, TOP - 8)?;
    }
    let mut sums = vec![0; rows];
    for (place, mails) in tally.per_day.iter().enumerate() {
        let day = tally.day(place);
        sums[row_of(day)] += mails;
        cell(&mut out, (day, shop.is_quiet(day)), TOP + row_of(day) * CELL, *mails, max)?;
    }
    let mut first = tally.first_day;
    for (row, sum) in sums.into_iter().enumerate() {
        let y = TOP + row * CELL + CELL * 2 / 3;
        let label = format!("{}年{}月", first.year(), first.month());
        writeln!(out, r##"<text x="{}" y="{y}" text-anchor="end" fill="#222222">{label}</text>"##, LEFT - 8)?;
        writeln!(out, r##"<text x="{}" y="{y}" fill="#222222">{sum} 通</text>"##, LEFT + 31 * CELL + 8)?;
        first = first.with_day(1).and_then(|day| day.checked_add_months(chrono::Months::new(1))).unwrap_or(first);
    }
    legend(&mut out, TOP + rows * CELL + 16, max)?;
    legend_of_frames(&mut out, TOP + rows * CELL + 42)?;
    writeln!(out, "</svg>")?;
    Ok(out)
}

fn cell(out: &mut String, (day, is_quiet): (NaiveDate, bool), y: usize, mails: u64, max: u64) -> fmt::Result {
    let x = LEFT + usize::try_from(day.day0()).unwrap_or(0) * CELL;
    // Weekends and quiet days are told by their frames, so that the picture can be read without colours, too.
    let frame = if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) { WEEKEND } else { WEEKDAY };
    let (dashes, name) = if is_quiet { (QUIET, "、お休みの日") } else { ("", "") };
    let side = CELL - 3;
    writeln!(
        out,
        r#"<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="3" fill="{}" stroke="{frame}"{dashes}><title>{}月{}日({}) {mails} 通{name}</title></rect>"#,
        SHADES[shade(mails, max)],
        day.month(),
        day.day(),
        weekday(day.weekday())
    )
}

/// What the colours mean.
fn legend(out: &mut String, y: usize, max: u64) -> fmt::Result {
    let mut from = 0;
    for (place, colour) in SHADES.into_iter().enumerate() {
        // Where there are fewer mails than colours, some stand for nothing.
        let Some(to) = (from..=max).rev().find(|mails| shade(*mails, max) == place) else { continue };
        let label = if from == to { format!("{from} 通") } else { format!("{from}〜{to} 通") };
        let (x, side) = (LEFT + place * 112, CELL - 6);
        writeln!(
            out,
            r##"<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="3" fill="{colour}" stroke="{WEEKDAY}"/>"##
        )?;
        writeln!(out, r##"<text x="{}" y="{}" fill="#222222">{label}</text>"##, x + CELL, y + 12)?;
        from = to + 1;
    }
    Ok(())
}

/// What the frames mean.
fn legend_of_frames(out: &mut String, y: usize) -> fmt::Result {
    let side = CELL - 6;
    let frames = [(WEEKEND, "", "土日"), (WEEKDAY, QUIET, "お休みの日(祝日など。ほかの日があれば、お送りしません)")];
    for (place, (frame, dashes, label)) in frames.into_iter().enumerate() {
        let x = LEFT + place * 112;
        writeln!(
            out,
            r##"<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="3" fill="#ffffff" stroke="{frame}"{dashes}/>"##
        )?;
        writeln!(out, r##"<text x="{}" y="{}" fill="#222222">{label}</text>"##, x + CELL, y + 12)?;
    }
    Ok(())
}

/// Which colour: none for no mail, else by fifths of the busiest day.
fn shade(mails: u64, max: u64) -> usize {
    let darkest = SHADES.len() - 1;
    let fifth = (mails * 5).div_ceil(max.max(1));
    usize::try_from(fifth).unwrap_or(darkest).min(darkest)
}

/// A text as it may stand in markup.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
