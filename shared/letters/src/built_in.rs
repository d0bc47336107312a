//! The built-in programmes, as data: one for each trade, each in Japanese and in English.
//!
//! A folder below `programmes/` is one, and needs no frames of its own: the frames are the same for every trade, one pair for
//! each language, and stand below `frames/`.

use crate::files::Files;
use crate::language::language_of;
use crate::programme_file::PROGRAMME_FILE;
use crate::shop_file::SHOP_FILE;
use chrono::NaiveDate;

/// A folder by its name: its files by their paths, and their texts.
type Folder = (&'static str, &'static [(&'static str, &'static str)]);

include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

/// The programme that a shop gets that chooses none.
const DEFAULT: &str = "utsuwa";
/// The line of `shop.toml` that an installation sets.
const START_DATE: &str = "start_date = 2026-01-01";
/// The line of `shop.toml` with which a new shop begins.
const APPRENTICESHIP: &str = "apprenticeship = true";

/// The programme of a pottery shop, 「うつわ さくら」, that follows up orders from `start` on. The shop has its
/// apprenticeship behind it: what is planned goes out. The file itself, which a new shop begins with, has it on.
#[must_use]
pub fn utsuwa(start: NaiveDate) -> Files {
    let files = built_in(DEFAULT, start).unwrap_or_else(|| Files::embedded([]));
    let text = |path: &str, text: &str| match path {
        SHOP_FILE => text.replacen(APPRENTICESHIP, "apprenticeship = false", 1),
        _ => text.to_owned(),
    };
    Files::embedded(files.iter().map(|(path, source)| (path.to_owned(), text(path, source))))
}

/// The names of the built-in programmes, in their order.
pub fn built_in_names() -> impl Iterator<Item = &'static str> {
    PROGRAMMES.iter().map(|(name, _)| *name)
}

/// What a built-in programme is for: the first line of its `programme.toml`.
#[must_use]
pub fn built_in_purpose(name: &str) -> Option<&'static str> {
    let (_, source) = folder(name)?.iter().find(|(path, _)| *path == PROGRAMME_FILE)?;
    source.lines().next().map(|line| line.trim_start_matches('#').trim())
}

/// A built-in programme with its frames, that follows up orders from `start` on. `None` where there is none of that name.
#[must_use]
pub fn built_in(name: &str, start: NaiveDate) -> Option<Files> {
    let own = folder(name)?.iter().map(|(path, text)| {
        let text = match *path {
            SHOP_FILE => text.replacen(START_DATE, &format!("start_date = {start}"), 1),
            _ => (*text).to_owned(),
        };
        ((*path).to_owned(), text)
    });
    let mut files: Vec<(String, String)> = own.collect();
    let missing = missing_frames(&files);
    files.extend(missing);
    Some(Files::embedded(files))
}

/// The frames that a programme does not have of its own, in its language.
#[must_use]
pub fn missing_frames(files: &[(String, String)]) -> Vec<(String, String)> {
    let text = |path: &str| files.iter().find(|(other, _)| other == path).map(|(_, text)| text.as_str());
    let Some(programme) = text(PROGRAMME_FILE) else { return Vec::new() };
    let language = language_of(programme).code();
    let frames = FRAMES.iter().find(|(name, _)| *name == language).map_or(&[][..], |(_, frames)| frames);
    let missing = frames.iter().filter(|(path, _)| text(path).is_none());
    missing.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn folder(name: &str) -> Option<&'static [(&'static str, &'static str)]> {
    PROGRAMMES.iter().find(|(other, _)| *other == name).map(|(_, files)| *files)
}
