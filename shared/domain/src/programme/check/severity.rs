//! How much a finding weighs: a problem keeps a programme from being published, a warning is the owner's to judge.

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A rule is broken, or the programme cannot be carried out as it stands: it is not published.
    Problem,
    /// The programme may be published as it stands. It should be looked at all the same.
    Warning,
}
