//! What is wrong in a programme's files, said so that its owner can mend it.

use std::fmt;
use wasurena_domain::programme::{Rule, Severity};

/// Something in a programme's files that keeps it from being published, or that its owner should look at.
///
/// Shown as `letters/usage.txt:3: R12: what. Mend: how.`, or `letters/usage.txt:3: warning: R12: …` where it may be
/// published all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether it keeps the programme from being published.
    pub severity: Severity,
    /// The file, by its path inside the programme's folder.
    pub file: String,
    /// The line, from 1; `None` where the file itself is missing.
    pub line: Option<usize>,
    /// The rule it breaks.
    pub rule: Rule,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

impl Problem {
    /// A problem of the files' own form.
    pub(crate) fn form(file: &str, line: usize, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::breaks(Rule::Form, file, line, what, mend)
    }

    /// A broken rule.
    pub(crate) fn breaks(
        rule: Rule,
        file: &str,
        line: usize,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        let severity = Severity::Problem;
        Self { severity, file: file.to_owned(), line: Some(line), rule, what: what.into(), mend: mend.into() }
    }

    /// The same with another weight.
    pub(crate) fn weighing(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// Whether the programme may be published all the same.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.severity == Severity::Warning
    }

    /// A file that must be there and is not.
    pub(crate) fn missing(file: &str, mend: impl Into<String>) -> Self {
        Self { line: None, ..Self::form(file, 1, "no such file", mend) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        let mark = if self.is_warning() { "warning: " } else { "" };
        write!(f, ": {mark}{}: {}. Mend: {}.", self.rule, self.what, self.mend)
    }
}

/// The line, from 1, in which the byte at `offset` stands.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    let before = &text.as_bytes()[..offset.min(text.len())];
    1 + before.iter().filter(|b| **b == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_reads_like_a_compiler_message() {
        let problem = Problem::breaks(Rule::R12, "letters/thanks.txt", 3, "it sells", "only thank");
        assert_eq!(problem.to_string(), "letters/thanks.txt:3: R12: it sells. Mend: only thank.");
        let warning = problem.weighing(Severity::Warning);
        assert_eq!(warning.to_string(), "letters/thanks.txt:3: warning: R12: it sells. Mend: only thank.");
        let missing = Problem::missing("frame.txt", "add it");
        assert_eq!(missing.to_string(), "frame.txt: form: no such file. Mend: add it.");
    }

    #[test]
    fn lines_count_from_one() {
        for (offset, line) in [(0, 1), (1, 1), (2, 2), (3, 3), (99, 3)] {
            assert_eq!(line_at("a\n\nb", offset), line, "{offset}");
        }
    }
}
