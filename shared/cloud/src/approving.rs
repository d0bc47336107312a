//! What waits for somebody in the shop to approve it, approving it, and the owner's personal line.
//!
//! An approval binds as soon as it stands: the sender reads follow-up and count after its claim. A follow-up that a
//! sender has at that moment cannot be approved; a second later it is planned again, or gone.

use crate::Diary;
use crate::bookshelf::OpenBook;
use crate::diary::{CustomerFile, DiaryError, Due, DueItem};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use wasurena_domain::apprenticeship::awaits_approval;
use wasurena_domain::calendar::{day_of, days_after};
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::{FollowUp, Note, State};
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId, StepId};
use wasurena_domain::planner::Situation;
use wasurena_domain::promise::breaks_without;
use wasurena_domain::task::{Task, TaskKind};
use wasurena_letters::{Letters, RenderError};

/// How often a race with another writer is run again.
const ROUNDS_MAX: usize = 8;
/// Entries of the index looked at for one shard.
const ENTRIES_MAX: usize = 5_000;

/// Something could not be approved, or no line written. Doing it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum ApprovingError {
    /// There is no such follow-up.
    #[error("there is no follow-up {0}: check the id, as `wasurena today` shows it")]
    NoFollowUp(FollowUpId),
    /// It does not wait to be sent any more.
    #[error("the follow-up {id} is {}: it does not wait to be sent any more", state.name())]
    NotWaiting {
        /// Which.
        id: FollowUpId,
        /// Where it stands.
        state: State,
    },
    /// A sender looks at it at this moment.
    #[error("the follow-up {0} is with its sender at this moment: do it again in a minute")]
    WithSender(FollowUpId),
    /// The personal line may not say that, there.
    #[error(transparent)]
    Line(#[from] RenderError),
    /// The diary cannot be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
}

/// A follow-up that waits for approval.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The follow-up.
    pub follow_up: FollowUp,
    /// Whom it is for.
    pub customer: Customer,
    /// Whether a promise (R1, R2) breaks where nobody approves it by tomorrow.
    pub is_pressing: bool,
}

/// What came of approving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approved {
    /// It goes out in its slot.
    Now,
    /// It was approved before, and counts once.
    Before,
    /// It goes out without: its step is past its apprenticeship, or the shop has none.
    NotNeeded,
}

/// Everything that is due within `days` days after today and waits for approval: what is pressing first, then by slot.
///
/// # Errors
/// [`DiaryError`] where the diary cannot be read.
pub async fn waiting(
    diary: &Diary,
    open: &OpenBook,
    days: u32,
    now: DateTime<Utc>,
) -> Result<Vec<Waiting>, DiaryError> {
    let shop = &open.book.shop;
    if !shop.apprenticeship {
        return Ok(Vec::new());
    }
    let today = day_of(now, shop.zone);
    let is_near = |f: &FollowUp| day_of(f.slot.start(), shop.zone) <= days_after(today, days);
    let mut due: BTreeMap<CustomerId, BTreeSet<FollowUpId>> = BTreeMap::new();
    for shard in 0..shop.shards.max(1) {
        let until = now + chrono::Duration::days(i64::from(days) + 1);
        for Due { item, .. } in diary.due_by(&shop.id, shard, until, ENTRIES_MAX).await? {
            if let DueItem::FollowUp(customer, id) = item {
                due.entry(customer).or_default().insert(id);
            }
        }
    }
    let mut waiting = Vec::new();
    for (customer, ids) in due {
        let Some(file) = diary.file(&shop.id, &customer).await? else { continue };
        let theirs = file.follow_ups.iter().filter(|f| ids.contains(&f.id) && is_near(f));
        let theirs = theirs.filter(|f| f.state == State::Planned && awaits_approval(shop, &open.approvals, f));
        waiting.extend(theirs.map(|follow_up| Waiting {
            follow_up: follow_up.clone(),
            customer: file.record.customer.clone(),
            is_pressing: is_pressing(open, &file, follow_up, now),
        }));
    }
    waiting.sort_by_key(|w| (!w.is_pressing, w.follow_up.slot, w.follow_up.id.clone()));
    Ok(waiting)
}

fn is_pressing(open: &OpenBook, file: &CustomerFile, follow_up: &FollowUp, now: DateTime<Utc>) -> bool {
    let (shop, programme) = (&open.book.shop, &open.book.programme);
    let last_day = day_of(follow_up.deadline, shop.zone);
    let CustomerFile { record, follow_ups, ledger } = file;
    let situation = Situation { shop, programme, customer: &record.customer, follow_ups, ledger, now };
    last_day <= days_after(day_of(now, shop.zone), 1) && breaks_without(follow_up, &situation)
}

/// Approves a follow-up. Twice is once.
///
/// # Errors
/// [`ApprovingError`]; nothing is written then.
pub async fn approve(
    diary: &Diary,
    open: &OpenBook,
    id: &FollowUpId,
    now: DateTime<Utc>,
) -> Result<Approved, ApprovingError> {
    let shop = &open.book.shop;
    for _ in 0..ROUNDS_MAX {
        let follow_up = standing(diary, &shop.id, id).await?;
        if follow_up.approved_at.is_some() {
            return Ok(Approved::Before);
        }
        if !awaits_approval(shop, &open.approvals, &follow_up) {
            return Ok(Approved::NotNeeded);
        }
        match diary.approve(&shop.id, &follow_up, now).await {
            Ok(()) => {
                tracing::info!(shop = %shop.id, follow_up = %id, step = %follow_up.step, "follow_up.approved");
                let customer = &follow_up.customer;
                diary.finish_task(&shop.id, TaskKind::ApproveMails, customer, id.as_str()).await?;
                return Ok(Approved::Now);
            }
            Err(DiaryError::Changed) => diary.begin_to_count(&shop.id).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Err(DiaryError::Changed.into())
}

/// Writes the owner's personal line into a follow-up that waits to be sent, or takes it away.
///
/// # Errors
/// [`ApprovingError`]; nothing is written then.
pub async fn write_line(
    diary: &Diary,
    shop: &ShopId,
    letters: &Letters,
    id: &FollowUpId,
    line: Option<&Note>,
) -> Result<(), ApprovingError> {
    for _ in 0..ROUNDS_MAX {
        let before = standing(diary, shop, id).await?;
        if let Some(line) = line {
            letters.check_note(before.letter(), line)?;
        }
        if before.note.as_ref() == line {
            return Ok(());
        }
        match diary.replace(shop, &before, &FollowUp { note: line.cloned(), ..before.clone() }).await {
            Ok(()) => {
                tracing::info!(%shop, follow_up = %id, is_written = line.is_some(), "follow_up.line");
                return Ok(());
            }
            Err(DiaryError::Changed) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(DiaryError::Changed.into())
}

/// A follow-up that waits to be sent.
async fn standing(diary: &Diary, shop: &ShopId, id: &FollowUpId) -> Result<FollowUp, ApprovingError> {
    let found = diary.follow_up(shop, id).await?;
    let follow_up = found.ok_or_else(|| ApprovingError::NoFollowUp(id.clone()))?;
    match follow_up.state {
        State::Planned => Ok(follow_up),
        State::Claimed => Err(ApprovingError::WithSender(id.clone())),
        state => Err(ApprovingError::NotWaiting { id: id.clone(), state }),
    }
}

/// Takes off the owner's list what asks for approval where nothing waits any more: of a step whose day has come, or of one
/// customer.
///
/// # Errors
/// [`DiaryError`] where the diary cannot be read or written. Doing it again is safe.
pub async fn tidy(diary: &Diary, open: &OpenBook, now: DateTime<Utc>) -> Result<(), DiaryError> {
    let tasks = diary.tasks_of_kind(&open.book.shop.id, TaskKind::ApproveMails).await?;
    if tasks.is_empty() {
        return Ok(());
    }
    let shop = &open.book.shop;
    let waiting = waiting(diary, open, 1, now).await?;
    let today = day_of(now, shop.zone);
    let is_asked = |task: &Task| {
        let is_meant = |w: &Waiting| match task.customer {
            Some(_) => w.follow_up.id.as_str() == task.about,
            None => w.follow_up.step.as_str() == task.about,
        };
        let is_past = || StepId::parse(&task.about).is_ok_and(|step| open.approvals.is_past(&step));
        let is_ahead = task.customer.is_none() && task.due > today && !is_past();
        shop.apprenticeship && (is_ahead || waiting.iter().any(is_meant))
    };
    for task in tasks.iter().filter(|task| !is_asked(task)) {
        diary.finish_task(&shop.id, task.kind, task.customer.as_ref(), &task.about).await?;
    }
    Ok(())
}
