//! Small changes to an input: of bytes, of pieces that files are made of, and of values where it is JSON.

use crate::corpus::Corpus;
use crate::json;
use fastrand::Rng;

/// No input is longer.
const BYTES_MAX: usize = 16 * 1024;
/// Changes to one input.
const CHANGES_MAX: usize = 3;

/// Pieces that mean something to one reader or another.
const PIECES: [&str; 44] = [
    "",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    "[[",
    ":",
    ",",
    ";",
    "=",
    "&",
    "#",
    "null",
    "true",
    "-1",
    "0",
    "1e309",
    "-0.0",
    "99999999999999999999",
    "0.1",
    "\r\n",
    "\n\n",
    "\t",
    " ",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "が",
    "が",
    "🏺",
    "{{",
    "}}",
    "{% if",
    "%}",
    "<mj-text>",
    "-->",
    "v1,",
    "v1=",
    "t=0,",
    "../",
];

/// An input that differs from the file in a few places. Most changes to JSON leave it JSON: what is none is refused
/// before anybody looks at it.
pub(crate) fn mutated(file: &[u8], corpus: &Corpus, random: &mut Rng) -> Vec<u8> {
    let mut bytes = file.to_vec();
    let is_json = random.u8(..4) > 0 && json::mutate(&mut bytes, random);
    if !is_json || random.u8(..16) == 0 {
        for _ in 0..random.usize(1..=CHANGES_MAX) {
            change(&mut bytes, corpus, random);
        }
    }
    bytes.truncate(BYTES_MAX);
    bytes
}

/// A text with a piece put into it, taken out or doubled.
pub(crate) fn near(text: &str, random: &mut Rng) -> String {
    let letters: Vec<char> = text.chars().collect();
    let at = random.usize(..=letters.len());
    let end = (at + random.usize(..6)).min(letters.len());
    let piece = random.choice(PIECES).unwrap_or_default();
    let part = |part: &[char]| part.iter().collect::<String>();
    let (before, within, after) = (part(&letters[..at]), part(&letters[at..end]), part(&letters[end..]));
    match random.u8(..4) {
        0 => format!("{before}{piece}{after}"),
        1 => format!("{before}{piece}{within}{after}"),
        2 => format!("{before}{after}"),
        _ => format!("{before}{}{after}", within.repeat(random.usize(1..30))),
    }
}

fn change(bytes: &mut Vec<u8>, corpus: &Corpus, random: &mut Rng) {
    let at = random.usize(..=bytes.len());
    let end = (at + random.usize(..24)).min(bytes.len());
    match random.u8(..8) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.u8(..8),
        1 if at < bytes.len() => bytes[at] = random.u8(..),
        2 => drop(bytes.drain(at..end)),
        3 => drop(bytes.splice(at..end, random.choice(PIECES).unwrap_or_default().bytes())),
        4 => drop(bytes.splice(at..at, random.choice(PIECES).unwrap_or_default().bytes())),
        5 => {
            let again = bytes[at..end].repeat(random.usize(1..40));
            bytes.splice(at..at, again);
        }
        6 => bytes.truncate(at),
        _ => {
            let (_, other) = corpus.any(random);
            let from = random.usize(..=other.len());
            let to = (from + random.usize(..64)).min(other.len());
            bytes.splice(at..end, other[from..to].iter().copied());
        }
    }
}
