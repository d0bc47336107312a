//! What the post says of a mail that it has accepted, and when.

use chrono::{DateTime, Duration, Utc};
use fastrand::Rng;
use wasurena_local::aws::EventKind;

/// Something the post says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    /// What.
    pub(crate) kind: EventKind,
    /// Of a bounce, whether it is for good.
    pub(crate) is_permanent: bool,
    /// When.
    pub(crate) at: DateTime<Utc>,
}

/// The words about one mail: that it was accepted, and mostly what became of it. Words overtake each other.
pub(crate) fn words(dice: &mut Rng, accepted: DateTime<Utc>) -> Vec<Word> {
    let soon = |dice: &mut Rng| accepted + Duration::milliseconds(dice.i64(10..90_000));
    let word = |kind, at| Word { kind, is_permanent: true, at };
    let sent = soon(dice);
    let mut words = Vec::new();
    // It says nothing that changes anything: one in three is enough.
    if dice.u32(0..3) == 0 {
        words.push(word(EventKind::Send, sent));
    }
    let at = soon(dice);
    match dice.u32(0..100) {
        0..=2 => words.push(word(EventKind::Bounce, at)),
        3..=8 => words.push(Word { is_permanent: false, ..word(EventKind::Bounce, at) }),
        9..=11 => {
            let later = at + Duration::minutes(dice.i64(0..3 * 24 * 60));
            words.extend([word(EventKind::Delivery, at), word(EventKind::Complaint, later)]);
        }
        12 => words.push(word(EventKind::Reject, at)),
        // Nobody hears of it again.
        13..=15 | 60.. => {}
        20..=22 => {
            words.extend([word(EventKind::AutoReply, at), word(EventKind::Delivery, soon(dice))]);
        }
        16..=19 => {
            let later = at + Duration::minutes(dice.i64(1..20 * 60));
            words.extend([word(EventKind::DeliveryDelay, at), word(EventKind::Delivery, later)]);
        }
        _ => words.push(word(EventKind::Delivery, at)),
    }
    words
}
