//! How fast a sender goes. SES allows the account so many mails a second, and all senders that are at work share that.
//!
//! How many there are is counted in the diary, for nothing else limits them in a new account, where no concurrency
//! can be reserved. A sender with a handful of mails is through before it would matter, and is not worth the writes.

use crate::SendFollowUps;
use std::time::Duration;
use wasurena_cloud::diary::DiaryError;
use wasurena_domain::calendar::Slot;

/// Slots with fewer mails than this are not counted.
const COUNTED_FROM: usize = 5;
/// After how many mails it is asked again how many senders there are.
const ASKED_EVERY: u32 = 20;

/// The longest pause: well below a claim's lease, which is what a sender has left when it stops.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// The pace of one sender in one slot.
pub(crate) struct Pace<'a> {
    sender: &'a SendFollowUps,
    /// The quarter hour in which it began, by its end.
    slot: Slot,
    /// Mails a second that SES allows the account.
    rate: f64,
    /// Senders at work, this one too; `None` where they are not counted.
    senders: Option<u32>,
    sent: u32,
}

impl<'a> Pace<'a> {
    /// Begins a slot in which this much is due. Where it cannot be counted, it goes on as if it were alone: SES
    /// itself throttles, and what it throttles is not lost.
    pub(crate) async fn begin(sender: &'a SendFollowUps, rate: f64, due: usize) -> Self {
        // Not the slot that is worked off: one that is late shares the rate with whoever sends now.
        let slot = Slot::at_or_after(sender.clock.now());
        let senders = if due < COUNTED_FROM { None } else { told(slot, sender.diary.join_senders(slot).await) };
        Self { sender, slot, rate, senders, sent: 0 }
    }

    /// Waits after a mail, for as long as this sender's part of the rate asks.
    pub(crate) async fn keep(&mut self) {
        self.sent += 1;
        if let Some(senders) = self.senders
            && self.sent.is_multiple_of(ASKED_EVERY)
        {
            let now = told(self.slot, self.sender.diary.senders(self.slot).await);
            self.senders = Some(now.unwrap_or(senders));
        }
        let senders = f64::from(self.senders.unwrap_or(1));
        self.sender.clock.sleep(Duration::from_secs_f64(senders / self.rate).min(PAUSE_MAX)).await;
    }

    /// Ends the slot.
    pub(crate) async fn end(self) {
        if self.senders.is_some() {
            told(self.slot, self.sender.diary.leave_senders(self.slot).await);
        }
    }
}

/// What was counted; where it could not be, that is said.
fn told<T>(slot: Slot, counted: Result<T, DiaryError>) -> Option<T> {
    counted.inspect_err(|error| tracing::warn!(%slot, %error, "senders.not_counted")).ok()
}
