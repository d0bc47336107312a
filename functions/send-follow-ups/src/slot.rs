//! One slot: everything due in it, at the account's pace, and what to do when the post stops.

use crate::outcome::{Outcome, deal_with, give_back};
use crate::pace::Pace;
use crate::waiting::put_off;
use crate::{SendFollowUps, SendingError};
use chrono::{DateTime, Duration, Utc};
use wasurena_cloud::alarms::Alarm;
use wasurena_cloud::bookshelf::OpenBook;
use wasurena_cloud::diary::{Claim, DiaryError, Due, DueItem};
use wasurena_cloud::reputation;
use wasurena_cloud::telemetry::Metric;
use wasurena_domain::calendar::day_of;
use wasurena_domain::follow_up::{FollowUp, Reason, lease};
use wasurena_domain::task::{Task, TaskKind};
use wasurena_letters::link::LinkKeys;

/// The shortest wait before a slot that could not go on is tried again.
const BACK_OFF_MINUTES_MIN: i64 = 2;
/// The longest wait before a slot that could not go on is tried again.
const BACK_OFF_MINUTES_MAX: i64 = 60;

/// What came of a slot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SlotReport {
    /// Mails that SES accepted.
    pub sent: u32,
    /// Follow-ups that a person has on their list now.
    pub handed_over: u32,
    /// Follow-ups that were decided against, or whose sending is refused or unknown.
    pub not_sent: u32,
    /// Follow-ups that got another slot.
    pub moved: u32,
    /// Why the rest of the slot waits for another alarm.
    pub stopped: Option<Stopped>,
}

/// Why a sender leaves a slot before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The alarm rang before its slot.
    Early,
    /// The owner's stop switch is on.
    Switch,
    /// The invocation's time is over.
    Time,
    /// SES cannot be reached, or leaves us in doubt.
    Post,
    /// SES throttles: more was sent at once than the account may.
    Rate,
    /// The diary cannot be read.
    Diary,
    /// SES does not let the account send.
    Account,
}

impl Stopped {
    /// The reason by its name in logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Early => "early",
            Self::Switch => "switch",
            Self::Time => "time",
            Self::Post => "post",
            Self::Rate => "rate",
            Self::Diary => "diary",
            Self::Account => "account",
        }
    }
}

/// Works through a slot. Whatever stops it, the rest stays planned in its slot and another alarm is set,
/// except for the stop switch: then the keeper brings the rest back.
pub(crate) async fn work_through(
    sender: &SendFollowUps,
    alarm: &Alarm,
    stop_at: DateTime<Utc>,
) -> Result<SlotReport, SendingError> {
    let Alarm { shop, shard, slot, .. } = alarm;
    let report = SlotReport::default();
    if sender.clock.now() < slot.start() {
        sender.alarms.again(alarm, slot.start(), sender.clock.now()).await?;
        return Ok(SlotReport { stopped: Some(Stopped::Early), ..report });
    }
    let open = sender.bookshelf.open(shop).await?;
    if open.stopped {
        return Ok(SlotReport { stopped: Some(Stopped::Switch), ..report });
    }
    let due = sender.diary.due_in_slot(shop, *shard, *slot).await?;
    if due.is_empty() {
        return Ok(report);
    }
    // Before anything is held back: whether that is still needed.
    if open.is_at_risk {
        reputation::judge(&sender.diary, &open.book.shop, sender.clock.now()).await?;
    }
    let links = sender.keyring.keys().await?.links()?;
    let Ok(rate) = sender.post.rate().await else {
        return stop(sender, alarm, report, Stopped::Post).await;
    };
    let mut pace = Pace::begin(sender, rate, due.len()).await;
    let worked = Box::pin(work_off(sender, alarm, stop_at, due, &links, &open, &mut pace)).await;
    if let Ok(SlotReport { sent: mails @ 1.., .. }) = worked
        && let Err(error) = sender.diary.count_mails(shop, None, mails, sender.clock.now()).await
    {
        tracing::warn!(%shop, %error, "reputation.not_counted");
    }
    let throttled = worked.as_ref().is_ok_and(|report| report.stopped == Some(Stopped::Rate));
    pace.end(throttled).await;
    worked
}

/// Works off what is due, one after the other.
async fn work_off(
    sender: &SendFollowUps,
    alarm: &Alarm,
    stop_at: DateTime<Utc>,
    due: Vec<Due>,
    links: &LinkKeys,
    open: &OpenBook,
    pace: &mut Pace<'_>,
) -> Result<SlotReport, SendingError> {
    let Alarm { shop, slot, .. } = alarm;
    let mut report = SlotReport::default();
    for Due { item, .. } in due {
        let DueItem::FollowUp(customer, id) = item else { continue };
        let now = sender.clock.now();
        if now + lease() > stop_at {
            return stop(sender, alarm, report, Stopped::Time).await;
        }
        if put_off(sender, open, &id, *slot).await? {
            report.moved += 1;
            continue;
        }
        let claim = Claim { attempt: sender.chance.name(), until: now + lease() };
        let claimed = match sender.diary.claim(shop, &customer, &id, *slot, &claim).await {
            Ok(Some(claimed)) => claimed,
            Ok(None) => continue,
            // It would be the same again, and must not hold up the rest: the keeper leaves it to a person.
            Err(error @ DiaryError::Unreadable { .. }) => {
                tracing::error!(%shop, follow_up = %id, %error, metric = Metric::SlotsFailed.name(), "follow_up.unreadable");
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        match deal_with(sender, shop, &claimed, links).await? {
            Outcome::Sent => {
                report.sent += 1;
                pace.keep().await;
            }
            // It costs SES nothing, so it keeps no pace.
            Outcome::HandedOver => report.handed_over += 1,
            Outcome::NotSent => report.not_sent += 1,
            Outcome::Moved => report.moved += 1,
            // One in doubt is enough: whatever ails SES would put the rest of the slot in doubt as well.
            Outcome::InDoubt => {
                report.not_sent += 1;
                return stop(sender, alarm, report, Stopped::Post).await;
            }
            Outcome::GivenBack(reason) => return stop_with(sender, alarm, &claimed, report, reason).await,
        }
    }
    Ok(report)
}

/// Stops a slot with a follow-up that must be given back. The slot's next alarm is set before that, so that
/// giving it back does not set an alarm of its own.
async fn stop_with(
    sender: &SendFollowUps,
    alarm: &Alarm,
    claimed: &FollowUp,
    report: SlotReport,
    reason: Stopped,
) -> Result<SlotReport, SendingError> {
    let stopped = stop(sender, alarm, report, reason).await;
    give_back(sender, &alarm.shop, claimed).await?;
    stopped
}

/// Sets the next alarm of a slot that is not done, later each time, and says why.
async fn stop(
    sender: &SendFollowUps,
    alarm: &Alarm,
    report: SlotReport,
    reason: Stopped,
) -> Result<SlotReport, SendingError> {
    let now = sender.clock.now();
    let minutes = match reason {
        Stopped::Switch => return Ok(SlotReport { stopped: Some(reason), ..report }),
        Stopped::Early | Stopped::Time => BACK_OFF_MINUTES_MIN,
        // Something went out: the trouble is not lasting.
        Stopped::Post | Stopped::Rate | Stopped::Diary if report.sent > 0 => BACK_OFF_MINUTES_MIN,
        Stopped::Post | Stopped::Rate | Stopped::Diary => {
            (BACK_OFF_MINUTES_MIN << alarm.n.min(5)).min(BACK_OFF_MINUTES_MAX)
        }
        Stopped::Account => BACK_OFF_MINUTES_MAX,
    };
    if reason == Stopped::Account {
        tell_owner(sender, alarm, now).await?;
    }
    sender.alarms.again(alarm, now + Duration::minutes(minutes), now).await?;
    Ok(SlotReport { stopped: Some(reason), ..report })
}

/// One line for a person: nothing goes out until somebody has looked at the account.
async fn tell_owner(sender: &SendFollowUps, alarm: &Alarm, now: DateTime<Utc>) -> Result<(), SendingError> {
    let zone = sender.bookshelf.last_known(&alarm.shop).await?.shop.zone;
    let today = day_of(now, zone);
    let task = Task {
        kind: TaskKind::SendingStopped,
        customer: None,
        about: today.to_string(),
        due: today,
        why: Reason::AccountCannotSend,
    };
    Ok(sender.diary.add_task(&alarm.shop, &task).await?)
}
