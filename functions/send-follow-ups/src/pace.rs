//! How fast a sender goes. SES allows the account so many mails a second, and all senders that are at work share that.
//!
//! Who is at work stands in the diary, for nothing else limits them in a new account, where no concurrency can be
//! reserved. A sender with a handful of mails is through before it would matter, and is not worth the writes.

use crate::SendFollowUps;
use chrono::{DateTime, Utc};
use std::time::Duration;
use wasurena_cloud::diary::DiaryError;
use wasurena_domain::calendar::Slot;

/// Slots with fewer mails than this put no name down.
const COUNTED_FROM: usize = 5;
/// After which time it is asked again how many senders there are: so long are two too fast when one joins the other.
const ASKED_AFTER: chrono::Duration = chrono::Duration::seconds(1);

/// The longest pause: well below a claim's lease, which is what a sender has left when it stops.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// The pace of one sender in one slot.
pub(crate) struct Pace<'a> {
    sender: &'a SendFollowUps,
    /// Its name among those at work.
    name: String,
    /// The quarter hour in which it began, by its end.
    quarter: Slot,
    /// Mails a second that SES allows the account.
    rate: f64,
    /// Senders at work, this one too, and when that was asked; `None` where it has put no name down.
    senders: Option<(u32, DateTime<Utc>)>,
}

impl<'a> Pace<'a> {
    /// Begins a slot in which this much is due. Where its name cannot be put down, it goes on as if it were alone: SES
    /// itself throttles, and what it throttles is not lost.
    pub(crate) async fn begin(sender: &'a SendFollowUps, rate: f64, due: usize) -> Self {
        // Not the slot that is worked off: one that is late shares the rate with whoever sends now.
        let now = sender.clock.now();
        let mut pace =
            Self { sender, name: sender.chance.name(), quarter: Slot::at_or_after(now), rate, senders: None };
        if due >= COUNTED_FROM {
            pace.join(now).await;
        }
        pace
    }

    async fn join(&mut self, now: DateTime<Utc>) {
        let joined = told(self.quarter, self.sender.diary.join_senders(self.quarter, &self.name).await);
        self.senders = joined.map(|senders| (senders, now));
    }

    /// Waits after a mail, for as long as this sender's part of the rate asks.
    pub(crate) async fn keep(&mut self) {
        let now = self.sender.clock.now();
        if let Some((senders, asked_at)) = self.senders
            && now - asked_at >= ASKED_AFTER
        {
            let quarter = Slot::at_or_after(now);
            let known = told(quarter, self.sender.diary.senders(quarter).await);
            self.senders = Some((known.unwrap_or(senders).max(1), now));
        }
        let senders = f64::from(self.senders.map_or(1, |(senders, _)| senders));
        self.sender.clock.sleep(Duration::from_secs_f64(senders / self.rate).min(PAUSE_MAX)).await;
    }

    /// Ends the slot. A sender that SES has throttled leaves its name, and puts it down where it had not: so all are
    /// slower for the next quarter hour or two, itself too when its next alarm rings.
    pub(crate) async fn end(mut self, throttled: bool) {
        match (throttled, self.senders) {
            (true, None) => self.join(self.sender.clock.now()).await,
            (false, Some(_)) => {
                told(self.quarter, self.sender.diary.leave_senders(self.quarter, &self.name).await);
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
}

/// What was counted; where it could not be, that is said.
fn told<T>(quarter: Slot, counted: Result<T, DiaryError>) -> Option<T> {
    counted.inspect_err(|error| tracing::warn!(%quarter, %error, "senders.not_counted")).ok()
}
