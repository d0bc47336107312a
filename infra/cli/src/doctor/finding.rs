//! What the doctor says: what is well, what is not, and what to do about it.

use std::io::Write;

/// How serious it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// As it should be.
    Well,
    /// Could not be found out.
    Unknown,
    /// It will do harm in time.
    Watch,
    /// Mails do not go out, or do not arrive.
    Ill,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) level: Level,
    /// What was looked at.
    pub(crate) about: &'static str,
    /// How it is.
    pub(crate) says: String,
    /// What to do; empty where nothing is to be done.
    pub(crate) mend: String,
}

impl Finding {
    pub(crate) fn well(about: &'static str, says: impl Into<String>) -> Self {
        Self { level: Level::Well, about, says: says.into(), mend: String::new() }
    }

    pub(crate) fn of(level: Level, about: &'static str, says: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { level, about, says: says.into(), mend: mend.into() }
    }

    /// Well where `is_well`, else this.
    pub(crate) fn unless(is_well: bool, well: Self, otherwise: Self) -> Self {
        if is_well { well } else { otherwise }
    }

    /// Writes it as a line, with what to do below.
    pub(crate) fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        let Self { level, about, says, mend } = self;
        let mark = match level {
            Level::Well => "ok",
            Level::Unknown => "?",
            Level::Watch => "!",
            Level::Ill => "!!",
        };
        writeln!(out, "{mark:>2}  {about:<14} {says}")?;
        if mend.is_empty() { Ok(()) } else { writeln!(out, "{:18} → {mend}", "") }
    }
}
