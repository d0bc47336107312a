//! Ticking off what a person has done: a letter posted, a call made, and what happens where nobody answered (R26).

use crate::Diary;
use crate::diary::DiaryError;
use crate::permissions::{Word, record};
use crate::wishes::{Saying, WishError};
use chrono::{DateTime, Utc};
use wasurena_domain::calendar::day_of;
use wasurena_domain::channel::{Channel, Reach, after_no_answer};
use wasurena_domain::follow_up::{Event, FollowUp, Reason, State, transition};
use wasurena_domain::ids::FollowUpId;
use wasurena_domain::ledger::{How, Said};
use wasurena_domain::programme::Programme;
use wasurena_domain::shop::Shop;
use wasurena_domain::task::{Task, TaskKind};

/// What came of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// It is done.
    Done,
    /// Nobody answered, nobody was there, or there is no address to write to.
    NoAnswer,
}

/// What follows from that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// Nothing: it is off the list.
    Nothing,
    /// The same message goes by this channel.
    Next(Channel),
    /// No channel is left: another task is on the list.
    Task(TaskKind),
}

/// A task could not be ticked off. Doing it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum ChoreError {
    /// Only what reaches for somebody can find nobody.
    #[error("nobody is written to, called or visited for a task {}: tick it off without --no-answer", .0.name())]
    ReachesForNobody(TaskKind),
    /// The diary cannot be read or written, or the customer is gone.
    #[error(transparent)]
    Wish(#[from] WishError),
}

impl From<DiaryError> for ChoreError {
    fn from(error: DiaryError) -> Self {
        Self::Wish(error.into())
    }
}

/// Where chores are done.
#[derive(Debug, Clone, Copy)]
pub struct House<'a> {
    /// The diary.
    pub diary: &'a Diary,
    /// The shop.
    pub shop: &'a Shop,
    /// Its current programme.
    pub programme: &'a Programme,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Takes a task off the list, and says of the follow-up behind it what came of it. The task goes last, so that what was
/// cut short is found again.
///
/// # Errors
/// [`ChoreError`]; what was written until then stands.
pub async fn tick_off(house: House<'_>, task: &Task, came: Came) -> Result<Follows, ChoreError> {
    let follow_up = handed_over(house, task).await?;
    let follows = match (came, follow_up) {
        (Came::NoAnswer, _) if !is_of_follow_up(task.kind) => return Err(ChoreError::ReachesForNobody(task.kind)),
        (Came::Done, Some(follow_up)) => done(house, &follow_up).await?,
        (Came::NoAnswer, Some(follow_up)) => not_reached(house, &follow_up).await?,
        (_, None) => Follows::Nothing,
    };
    house.diary.finish_task(&house.shop.id, task.kind, task.customer.as_ref(), &task.about).await?;
    tracing::info!(shop = %house.shop.id, kind = task.kind.name(), ?came, "task.done");
    Ok(follows)
}

fn is_of_follow_up(kind: TaskKind) -> bool {
    Channel::ALL.into_iter().any(|channel| channel.task() == Some(kind))
}

/// The follow-up that a person has by this task; `None` where it is none, or has gone on meanwhile.
async fn handed_over(house: House<'_>, task: &Task) -> Result<Option<FollowUp>, DiaryError> {
    let Ok(id) = FollowUpId::parse(&task.about) else { return Ok(None) };
    if !is_of_follow_up(task.kind) {
        return Ok(None);
    }
    let found = house.diary.follow_up(&house.shop.id, &id).await?;
    Ok(found.filter(|f| f.state == State::HandedOver && f.channel.task() == Some(task.kind)))
}

async fn done(house: House<'_>, follow_up: &FollowUp) -> Result<Follows, ChoreError> {
    let state = transition(follow_up.state, Event::Deliver).map_err(|_| DiaryError::Changed)?;
    let after = FollowUp { state, ended: true, ..follow_up.clone() };
    house.diary.replace(&house.shop.id, follow_up, &after).await?;
    Ok(Follows::Nothing)
}

/// The next channel of the message; where there is none left, a postcard. A letter that cannot be written is known for
/// all letters to come.
async fn not_reached(house: House<'_>, follow_up: &FollowUp) -> Result<Follows, ChoreError> {
    let House { diary, shop, programme, now } = house;
    if follow_up.channel == Channel::Letter {
        let word = Word { channel: Channel::Letter, said: Said::Bounced, until: None };
        record(diary, shop, &follow_up.customer, word, Saying { how: How::Owner, wording: None, at: now }).await?;
    }
    let file = diary.file(&shop.id, &follow_up.customer).await?.ok_or(WishError::Gone)?;
    let reach = Reach { shop, customer: &file.record.customer, ledger: &file.ledger, day: day_of(now, shop.zone) };
    let channels = programme.channels_of(&follow_up.step);
    if let Some(again) = channels.and_then(|channels| after_no_answer(follow_up, channels, &reach, now)) {
        diary.replace(&shop.id, follow_up, &again).await?;
        return Ok(Follows::Next(again.channel));
    }
    let task = last_resort(follow_up, shop, now);
    diary.add_task(&shop.id, &task).await?;
    let over = FollowUp { reason: Some(Reason::NotReached), ended: true, ..follow_up.clone() };
    diary.replace(&shop.id, follow_up, &over).await?;
    Ok(Follows::Task(task.kind))
}

/// What is left to do where no channel of a message is left: a postcard, unless it was a letter that could not be written.
fn last_resort(follow_up: &FollowUp, shop: &Shop, now: DateTime<Utc>) -> Task {
    let (kind, about) = match (follow_up.channel, &follow_up.purchase) {
        (Channel::Letter, _) | (_, None) => (TaskKind::KeepPromise, follow_up.id.to_string()),
        (_, Some(purchase)) => (TaskKind::WritePostcard, purchase.to_string()),
    };
    let (customer, due) = (Some(follow_up.customer.clone()), day_of(now, shop.zone));
    Task { kind, customer, about, due, why: Reason::NotReached }
}
