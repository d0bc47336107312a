//! A personal line from the owner to one customer, in one mail (R21).

use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest line, in characters: with it a follow-up still is an item of less than 1 KB, which is one write unit.
pub const NOTE_MAX: usize = 160;

/// A personal line. It speaks to a person, so its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Note(String);

/// A text is no personal line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNote {
    /// It says nothing.
    #[error("the personal line is empty: write a word, or take the line away")]
    Empty,
    /// It is a letter of its own.
    #[error("the personal line has {0} characters: keep it to {NOTE_MAX}, the letter says the rest")]
    TooLong(usize),
}

impl Note {
    /// Reads a personal line. It is one line: line ends and other control characters become spaces.
    ///
    /// # Errors
    /// [`InvalidNote`] where nothing is left, or more than a line.
    pub fn parse(text: &str) -> Result<Self, InvalidNote> {
        let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let plain = plain.trim();
        match plain.chars().count() {
            0 => Err(InvalidNote::Empty),
            long if long > NOTE_MAX => Err(InvalidNote::TooLong(long)),
            _ => Ok(Self(plain.to_owned())),
        }
    }

    /// The line as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Note({} characters)", self.0.chars().count())
    }
}

impl TryFrom<String> for Note {
    type Error = InvalidNote;
    fn try_from(text: String) -> Result<Self, InvalidNote> {
        Self::parse(&text)
    }
}

impl From<Note> for String {
    fn from(note: Note) -> Self {
        note.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_one_line_of_words() {
        assert_eq!(
            Note::parse(" 先日は\nありがとう\tございました ").unwrap().as_str(),
            "先日は ありがとう ございました"
        );
        assert_eq!(Note::parse(" \n\t"), Err(InvalidNote::Empty));
        assert_eq!(Note::parse(&"あ".repeat(NOTE_MAX)).unwrap().as_str().chars().count(), NOTE_MAX);
        assert_eq!(Note::parse(&"あ".repeat(161)), Err(InvalidNote::TooLong(161)));
        assert_eq!(format!("{:?}", Note::parse("花子さんへ").unwrap()), "Note(5 characters)");
    }
}
