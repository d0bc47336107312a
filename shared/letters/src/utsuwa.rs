//! The default programme, as data: 「うつわ さくら」, a small pottery shop.

use crate::files::Files;
use chrono::NaiveDate;

/// The line of `shop.toml` that an installation sets.
const START_DATE: &str = "start_date = 2026-01-01";

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        [$(($path, include_str!(concat!("../programmes/utsuwa/", $path)))),*]
    };
}

/// The files, by their paths. A test holds this list against the folder.
const FILES: [(&str, &str); 37] = files![
    "frame.mjml",
    "frame.txt",
    "greeting.txt",
    "letters/anniversary-thanks.txt",
    "letters/anniversary-touch.txt",
    "letters/arrival.txt",
    "letters/birthday-plate.txt",
    "letters/birthday-soon.txt",
    "letters/care-fingertips.txt",
    "letters/care-stacking.txt",
    "letters/care-stains.txt",
    "letters/greeting-ask-us.txt",
    "letters/greeting-how-are-you.txt",
    "letters/greeting-todays-table.txt",
    "letters/making.txt",
    "letters/news-kiln-opening.txt",
    "letters/news-presents.txt",
    "letters/news-side-by-side.txt",
    "letters/news-small-plates.txt",
    "letters/present-carriage.txt",
    "letters/present-wrapping.txt",
    "letters/story-clay.txt",
    "letters/story-crooked-plate.txt",
    "letters/story-kiln-night.txt",
    "letters/summer-evening.txt",
    "letters/summer-noodles.txt",
    "letters/thanks-again.txt",
    "letters/thanks-first.txt",
    "letters/thanks-second.txt",
    "letters/usage.txt",
    "letters/voices-lunch-alone.txt",
    "letters/voices-mended.txt",
    "letters/voices-other-uses.txt",
    "letters/winter-daylight.txt",
    "letters/winter-steam.txt",
    "programme.toml",
    "shop.toml",
];

/// The programme of a pottery shop, 「うつわ さくら」, that follows up orders from `start` on.
#[must_use]
pub fn utsuwa(start: NaiveDate) -> Files {
    let files = FILES.map(|(path, text)| {
        let text = match path {
            "shop.toml" => text.replacen(START_DATE, &format!("start_date = {start}"), 1),
            _ => text.to_owned(),
        };
        (path.to_owned(), text)
    });
    Files::embedded(files)
}
