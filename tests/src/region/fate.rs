//! When a process dies: at which of its requests, before or after the request takes effect.

use std::fmt;
use std::str::FromStr;

/// Which requests of a process are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Every one.
    Any,
    /// Those that send a mail.
    Mails,
}

/// On which side of the request's effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instant {
    /// It does not take effect.
    Before,
    /// It does, and nobody hears of it.
    After,
}

/// The fate of one process, written as the beginning of the path at which AWS answers it: so the process brings it
/// along with each request, and an AWS that was started anew knows it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fate {
    /// The process, by a number of its own.
    pub process: u64,
    /// What is counted.
    pub which: Which,
    /// Which of them it does not survive, from 1.
    pub request: u64,
    /// When, around that one.
    pub instant: Instant,
}

/// A text that is no fate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no fate; one reads /fated/7/any/12/before")]
pub struct NoFate(String);

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let which = match self.which {
            Which::Any => "any",
            Which::Mails => "mails",
        };
        let instant = match self.instant {
            Instant::Before => "before",
            Instant::After => "after",
        };
        write!(f, "/fated/{}/{which}/{}/{instant}", self.process, self.request)
    }
}

impl FromStr for Fate {
    type Err = NoFate;

    fn from_str(text: &str) -> Result<Self, NoFate> {
        match Self::split(text) {
            Some((fate, "")) => Ok(fate),
            _ => Err(NoFate(text.to_owned())),
        }
    }
}

impl Fate {
    /// The fate at the beginning of a path, and the rest of the path.
    pub(crate) fn split(path: &str) -> Option<(Self, &str)> {
        let mut parts = path.strip_prefix("/fated/")?.splitn(4, '/');
        let process = parts.next()?.parse().ok()?;
        let which = match parts.next()? {
            "any" => Which::Any,
            "mails" => Which::Mails,
            _ => return None,
        };
        let request = parts.next()?.parse().ok()?;
        let last = parts.next()?;
        let (instant, rest) = match (last.strip_prefix("before"), last.strip_prefix("after")) {
            (Some(rest), _) => (Instant::Before, rest),
            (None, Some(rest)) => (Instant::After, rest),
            (None, None) => return None,
        };
        Some((Self { process, which, request, instant }, rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fate_is_read_as_it_was_written_and_leaves_the_rest_of_the_path() {
        for which in [Which::Any, Which::Mails] {
            for instant in [Instant::Before, Instant::After] {
                let fate = Fate { process: 7, which, request: 12, instant };
                assert_eq!(fate.to_string().parse(), Ok(fate));
                let path = format!("{fate}/v2/email/account");
                assert_eq!(Fate::split(&path), Some((fate, "/v2/email/account")));
            }
        }
        for no_fate in ["", "/", "/v2/email/account", "/fated/7/all/12/before", "/fated/7/any/12/during", "/fated/7"] {
            assert_eq!(Fate::split(no_fate), None, "{no_fate}");
        }
    }
}
