//! One claimed follow-up: look again, decide, render, send, record.

use crate::hand_over::hand_over;
use crate::letter::outgoing;
use crate::slot::Stopped;
use crate::waiting::tell_owner_of_promise;
use crate::{SendFollowUps, SendingError};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;
use wasurena_cloud::bookshelf::OpenBook;
use wasurena_cloud::diary::{CustomerFile, DiaryError};
use wasurena_cloud::post::SendError;
use wasurena_cloud::telemetry::Metric;
use wasurena_domain::calendar::day_of;
use wasurena_domain::channel::Reach;
use wasurena_domain::follow_up::{Event, FollowUp, Reason, State, doubt_wait, transition};
use wasurena_domain::ids::ShopId;
use wasurena_domain::mistake::{Mistake, made};
use wasurena_domain::policy::{Decision, Moment, decide};
use wasurena_letters::link::LinkKeys;
use wasurena_letters::{Letters, Published};

/// Seconds between attempts to record an outcome: together well below a claim's lease.
const RECORD_PAUSES_S: [u64; 4] = [1, 4, 10, 15];

/// What came of a claimed follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// SES accepted it.
    Sent,
    /// A person has it on their list.
    HandedOver,
    /// It is over without having been sent for certain.
    NotSent,
    /// Whether SES accepted it is unknown.
    InDoubt,
    /// It has another slot.
    Moved,
    /// It must be given back, and the slot must stop.
    GivenBack(Stopped),
}

/// Deals with a claimed follow-up up to its outcome, and records it. One that must be given back is not
/// recorded yet: that is for the caller, when the slot's next alarm stands.
pub(crate) async fn deal_with(
    sender: &SendFollowUps,
    shop: &ShopId,
    claimed: &FollowUp,
    links: &LinkKeys,
) -> Result<Outcome, SendingError> {
    let Looked { file, open, letters } = match look_again(sender, shop, claimed).await {
        Ok(Some(looked)) => looked,
        Ok(None) => {
            return record(sender, shop, claimed, Event::Skip, |f| f.reason = Some(Reason::Erased)).await;
        }
        Err(error) => {
            // It would be the same again, and must not hold up the rest of the slot: its lease ends, and
            // the keeper leaves it to a person.
            let unreadable = matches!(error, SendingError::Diary(DiaryError::Unreadable { .. }));
            let metric = unreadable.then_some(Metric::SlotsFailed.name());
            tracing::error!(%shop, follow_up = %claimed.id, %error, metric, "follow_up.not_looked_at");
            return Ok(if unreadable { Outcome::NotSent } else { Outcome::GivenBack(Stopped::Diary) });
        }
    };
    let moment = Moment {
        shop: &open.book.shop,
        stopped: open.stopped,
        approvals: &open.approvals,
        programme: &open.book.programme,
        customer: &file.record.customer,
        follow_ups: &file.follow_ups,
        ledger: &file.ledger,
        paused: &open.paused,
        is_at_risk: open.is_at_risk,
        now: sender.clock.now(),
    };
    match decide(claimed, &moment) {
        Decision::Send => send(sender, claimed, &open.book, &letters, &file, links).await,
        Decision::HandOver => hand_over(sender, &open.book.shop, claimed).await,
        Decision::Skip(reason) => record(sender, shop, claimed, Event::Skip, |f| f.reason = Some(reason)).await,
        Decision::Expire => record(sender, shop, claimed, Event::Expire, |f| f.reason = Some(Reason::WindowOver)).await,
        Decision::Move(slot) => {
            let moved = |f: &mut FollowUp| {
                f.slot = slot;
                f.generation += 1;
            };
            let recorded = record(sender, shop, claimed, Event::Move, moved).await;
            tell_owner_of_promise(sender, claimed, slot, &moment).await;
            recorded
        }
        Decision::Hold => Ok(Outcome::GivenBack(Stopped::Switch)),
    }
}

/// The customer and the shop as they are after the claim.
struct Looked {
    file: CustomerFile,
    open: OpenBook,
    letters: Arc<Letters>,
}

/// Looks at both; `None` where the customer is gone.
async fn look_again(sender: &SendFollowUps, shop: &ShopId, claimed: &FollowUp) -> Result<Option<Looked>, SendingError> {
    let Some(file) = sender.diary.file(shop, &claimed.customer).await? else { return Ok(None) };
    let open = sender.bookshelf.open(shop).await?;
    let letters = sender.bookshelf.letters(shop, open.version).await?;
    Ok(Some(Looked { file, open, letters }))
}

/// Gives a claimed follow-up back: certainly nothing was sent. Where somebody has decided about it meanwhile, there is
/// nothing to give back.
pub(crate) async fn give_back(sender: &SendFollowUps, shop: &ShopId, claimed: &FollowUp) -> Result<(), SendingError> {
    match record(sender, shop, claimed, Event::Release, |_| {}).await {
        Ok(_) | Err(SendingError::Diary(DiaryError::Changed)) => Ok(()),
        Err(error) => Err(error),
    }
}

async fn send(
    sender: &SendFollowUps,
    claimed: &FollowUp,
    book: &Published,
    letters: &Letters,
    file: &CustomerFile,
    links: &LinkKeys,
) -> Result<Outcome, SendingError> {
    let (settings, customer) = (&book.shop, &file.record.customer);
    let shop = &settings.id;
    let day = day_of(sender.clock.now(), settings.zone);
    let asks = Reach { shop: settings, customer, ledger: &file.ledger, day }.lacks_address(&book.programme);
    let Some(mail) = outgoing(sender, claimed, settings, letters, customer, asks, links) else {
        return record(sender, shop, claimed, Event::Skip, |f| f.reason = Some(Reason::CannotRender)).await;
    };
    let follow_up = &claimed.id;
    if made(Mistake::AddressInLog) {
        tracing::info!(%shop, %follow_up, to = mail.to, "follow_up.goes_out");
    }
    if made(Mistake::RecordBeforeSending) {
        accept(sender, shop, claimed, String::new(), sender.clock.now()).await?;
    }
    let answer = sender.post.send(&mail).await;
    if made(Mistake::RecordBeforeSending) {
        return Ok(Outcome::Sent);
    }
    let now = sender.clock.now();
    match answer {
        Ok(message) => {
            tracing::info!(%shop, %follow_up, step = %claimed.step, metric = Metric::FollowUpsSent.name(), "follow_up.sent");
            accept(sender, shop, claimed, message, now).await
        }
        Err(error) => {
            tracing::warn!(%shop, %follow_up, step = %claimed.step, %error, metric = counted(&error), "follow_up.not_sent");
            match error {
                SendError::Throttled => Ok(Outcome::GivenBack(Stopped::Rate)),
                SendError::NotConnected => Ok(Outcome::GivenBack(Stopped::Post)),
                SendError::AccountStopped(_) => Ok(Outcome::GivenBack(Stopped::Account)),
                SendError::Refused(_) => {
                    let refused = |f: &mut FollowUp| f.reason = Some(Reason::RefusedByProvider);
                    let recorded = record(sender, shop, claimed, Event::Refuse, refused).await;
                    unless_settled(sender, shop, claimed, recorded).await
                }
                SendError::Unknown(_) => {
                    let in_doubt = |f: &mut FollowUp| f.until = Some(now + doubt_wait());
                    let recorded = record(sender, shop, claimed, Event::Doubt, in_doubt).await;
                    unless_settled(sender, shop, claimed, recorded).await
                }
            }
        }
    }
}

/// What counts a mail that was not, or perhaps not, sent. A moment in which SES cannot take it is no event of its own.
fn counted(error: &SendError) -> Option<&'static str> {
    match error {
        SendError::Throttled | SendError::NotConnected => None,
        SendError::AccountStopped(_) => Some(Metric::AccountStopped.name()),
        SendError::Refused(_) => Some(Metric::FollowUpsRefused.name()),
        SendError::Unknown(_) => Some(Metric::FollowUpsInDoubt.name()),
    }
}

/// Records that SES accepted a mail. Where the keeper has meanwhile called it doubtful, the answer settles it, at its
/// place in the index; where the post itself has said what came of it, that stands.
async fn accept(
    sender: &SendFollowUps,
    shop: &ShopId,
    claimed: &FollowUp,
    message: String,
    now: DateTime<Utc>,
) -> Result<Outcome, SendingError> {
    let accepted = |f: &mut FollowUp| {
        f.message = Some(message.clone());
        f.sent_at = Some(now);
    };
    let recorded = record(sender, shop, claimed, Event::Accept, accepted).await;
    match unless_settled(sender, shop, claimed, recorded).await {
        Ok(Outcome::InDoubt) => {}
        Err(SendingError::Diary(DiaryError::Changed)) => return Ok(Outcome::Sent),
        other => return other,
    }
    let Some(doubtful) = sender.diary.follow_up(shop, &claimed.id).await? else { return Ok(Outcome::Sent) };
    let settled = |f: &mut FollowUp| {
        accepted(f);
        f.until = doubtful.until;
    };
    match record(sender, shop, &doubtful, Event::Accept, settled).await {
        Err(SendingError::Diary(DiaryError::Changed)) => Ok(Outcome::Sent),
        other => other,
    }
}

/// What was recorded of an attempt; or where its claim was not ours any more, what stands of that attempt: the post
/// may speak before its answer arrives, and knows better.
async fn unless_settled(
    sender: &SendFollowUps,
    shop: &ShopId,
    claimed: &FollowUp,
    recorded: Result<Outcome, SendingError>,
) -> Result<Outcome, SendingError> {
    let Err(SendingError::Diary(DiaryError::Changed)) = recorded else { return recorded };
    let stands = sender.diary.follow_up(shop, &claimed.id).await?.filter(|f| f.attempt == claimed.attempt);
    match stands.map(|f| (f.state, f.soft_bounces > claimed.soft_bounces)) {
        Some((state, _)) if state.has_left() => Ok(Outcome::Sent),
        // It went out, came back, and waits to be tried again.
        Some((State::Planned, true)) => Ok(Outcome::Sent),
        Some((State::Refused, _)) => Ok(Outcome::NotSent),
        Some((State::InDoubt, _)) => Ok(Outcome::InDoubt),
        _ => recorded,
    }
}

/// Writes what came of a follow-up, on condition that the claim is still ours.
async fn record(
    sender: &SendFollowUps,
    shop: &ShopId,
    before: &FollowUp,
    event: Event,
    change: impl Fn(&mut FollowUp),
) -> Result<Outcome, SendingError> {
    let Ok(state) = transition(before.state, event) else { return Err(DiaryError::Changed.into()) };
    let mut after = FollowUp { state, until: None, ended: state != State::Planned, ..before.clone() };
    change(&mut after);
    write(sender, shop, before, &after).await?;
    Ok(match state {
        State::Planned => Outcome::Moved,
        State::InDoubt => Outcome::InDoubt,
        State::HandedOver => Outcome::HandedOver,
        state if state.has_left() => Outcome::Sent,
        _ => Outcome::NotSent,
    })
}

/// Writes an outcome. What is known must not be lost to a moment in which the diary cannot be reached, or it
/// would be in doubt: so that is tried again for as long as the claim's lease allows.
async fn write(sender: &SendFollowUps, shop: &ShopId, before: &FollowUp, after: &FollowUp) -> Result<(), SendingError> {
    for pause_s in RECORD_PAUSES_S {
        match sender.diary.replace(shop, before, after).await {
            Err(DiaryError::Unavailable(_)) => sender.clock.sleep(Duration::from_secs(pause_s)).await,
            other => return Ok(other?),
        }
    }
    Ok(sender.diary.replace(shop, before, after).await?)
}
