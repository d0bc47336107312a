//! SES, as it is and not as the diary knows it: what it accepted, what became of that, and which of its events
//! have reached the diary. An event may come at any time, as often as it likes, in any order, or never: one that has not come is
//! as good as lost.

use crate::world::Attempt;
use wasurena_domain::delivery::Word;

/// What becomes of a message that SES accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Fate {
    /// It arrives.
    Arrives,
    /// It arrives, and the recipient calls it spam.
    Annoys,
    /// It arrives, and a machine answers that the recipient is away. SES reports that as a soft bounce, which says no more
    /// than that it had the message.
    IsAnsweredByMachine,
    /// Its mailbox cannot take it.
    ComesBack,
    /// Its address does not exist.
    Bounces,
    /// SES itself throws it away.
    IsRejected,
}

impl Fate {
    /// What SES says of it, some time.
    pub(crate) fn words(self) -> &'static [Word] {
        match self {
            Self::Arrives | Self::IsAnsweredByMachine => &[Word::Accepted, Word::Delivered],
            Self::Annoys => &[Word::Accepted, Word::Delivered, Word::Complained],
            Self::ComesBack => &[Word::Accepted, Word::Unavailable],
            Self::Bounces => &[Word::Accepted, Word::Bounced],
            Self::IsRejected => &[Word::Accepted, Word::NotSent],
        }
    }

    /// Whether the recipient has it.
    pub(crate) fn arrives(self) -> bool {
        matches!(self, Self::Arrives | Self::Annoys | Self::IsAnsweredByMachine)
    }
}

/// A message that SES accepted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Sending {
    pub(crate) follow_up: usize,
    pub(crate) attempt: Attempt,
    pub(crate) fate: Fate,
    /// What the diary has been told of it, a bit for each word.
    told: u8,
    /// Whether it was claimed while the diary had not been told of any earlier message that it arrived.
    pub(crate) blind: bool,
    /// Whether it was given up for lost, and nothing had been told of it until then.
    pub(crate) lost_without_trace: bool,
}

impl Sending {
    pub(crate) fn new(follow_up: usize, attempt: Attempt, fate: Fate, blind: bool) -> Self {
        Self { follow_up, attempt, fate, told: 0, blind, lost_without_trace: false }
    }

    /// Whether the diary was told this of it.
    pub(crate) fn is_told(&self, word: Word) -> bool {
        self.told & bit(word) != 0
    }

    /// Whether the diary was told anything of it.
    pub(crate) fn is_known(&self) -> bool {
        self.told != 0
    }

    pub(crate) fn tell(&mut self, word: Word) {
        self.told |= bit(word);
    }
}

fn bit(word: Word) -> u8 {
    1 << Word::ALL.iter().position(|one| *one == word).unwrap()
}
