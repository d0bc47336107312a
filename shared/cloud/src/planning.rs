//! Planning for one customer: read strongly, let the domain plan, write the difference.
//!
//! Used by whoever is told to look at a customer: the stream's function, and the keeper for what the
//! stream has lost. It may run twice, late, or beside itself: ids are derived and every write is
//! conditional, and it ends only when the facts it planned for are still the facts.

use crate::bookshelf::{BookError, Bookshelf};
use crate::diary::{Attention, CustomerFile, CustomerRecord, DiaryError};
use crate::{Clock, Diary};
use std::sync::Arc;
use wasurena_domain::apprenticeship;
use wasurena_domain::follow_up::{Event, FollowUp, Reason, State, transition};
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_domain::planner::{Change, Plan, Situation, plan};

/// How often the facts may change under a plan before it gives up; the customer's due mark brings it back.
const ROUNDS_MAX: usize = 5;

/// A customer could not be planned for. Doing it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum PlanningError {
    /// The shop's programme cannot be opened.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The diary cannot be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
    /// The facts changed faster than they could be planned for.
    #[error("the facts of customer {0} keep changing: it is planned for within the hour")]
    Restless(CustomerId),
}

/// Plans for customers.
#[derive(Debug, Clone)]
pub struct Planning {
    diary: Diary,
    bookshelf: Bookshelf,
    clock: Arc<dyn Clock>,
}

impl Planning {
    /// Plans with these.
    #[must_use]
    pub fn new(diary: Diary, bookshelf: Bookshelf, clock: Arc<dyn Clock>) -> Self {
        Self { diary, bookshelf, clock }
    }

    /// Brings the diary's follow-ups of a customer in line with the facts. Answers the mark that the customer bore:
    /// [`Attention::Facts`] where nobody had planned for these facts before.
    ///
    /// # Errors
    /// [`PlanningError`]; what was written until then stands and is right.
    pub async fn run(&self, shop: &ShopId, customer: &CustomerId) -> Result<Option<Attention>, PlanningError> {
        let open = self.bookshelf.open(shop).await?;
        for _ in 0..ROUNDS_MAX {
            let Some(file) = self.diary.file(shop, customer).await? else {
                self.clear_away(shop, customer).await?;
                return Ok(None);
            };
            let mut plan = plan(&Situation {
                shop: &open.book.shop,
                programme: &open.book.programme,
                customer: &file.record.customer,
                follow_ups: &file.follow_ups,
                ledger: &file.ledger,
                now: self.clock.now(),
            });
            plan.tasks.extend(apprenticeship::tasks(&open.book.shop, &open.approvals, &plan.changes));
            match self.carry_out(shop, &file, &plan).await {
                Ok(true) => {
                    log(shop, customer, &plan);
                    return Ok(file.record.attention);
                }
                Ok(false) | Err(DiaryError::Changed) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(PlanningError::Restless(customer.clone()))
    }

    /// Writes a plan. `false` where the facts have changed meanwhile and it must be made again.
    async fn carry_out(&self, shop: &ShopId, file: &CustomerFile, plan: &Plan) -> Result<bool, DiaryError> {
        for change in &plan.changes {
            self.write(shop, change).await?;
        }
        for task in &plan.tasks {
            self.diary.add_task(shop, task).await?;
        }
        for id in &plan.settled {
            if let Some(ended) = file.follow_ups.iter().find(|f| f.id == *id && !is_replanned(plan, f)) {
                self.diary.replace(shop, ended, &FollowUp { ended: false, ..ended.clone() }).await?;
            }
        }
        self.finish(shop, &file.record, plan).await
    }

    /// Ends what a customer who is no longer in the diary has left behind, so that nothing of it stays due.
    async fn clear_away(&self, shop: &ShopId, customer: &CustomerId) -> Result<(), DiaryError> {
        for left in
            self.diary.left_behind(shop, customer).await?.iter().filter(|f| f.ended || f.state == State::Planned)
        {
            let over = match left.state {
                State::Planned => {
                    FollowUp { reason: Some(Reason::Erased), note: None, ..stepped(left, Event::Cancel)? }
                }
                _ => FollowUp { ended: false, note: None, ..left.clone() },
            };
            self.diary.replace(shop, left, &over).await?;
        }
        Ok(())
    }

    async fn write(&self, shop: &ShopId, change: &Change) -> Result<(), DiaryError> {
        match change {
            Change::Put(follow_up) => self.diary.put_new(shop, follow_up).await,
            Change::Replan { from, slot, deadline, channel } => {
                let event = if from.state.is_open() { Event::Move } else { Event::Revive };
                let after = FollowUp {
                    slot: *slot,
                    deadline: *deadline,
                    channel: *channel,
                    generation: from.generation + 1,
                    until: None,
                    reason: None,
                    ended: false,
                    ..stepped(from, event)?
                };
                self.diary.replace(shop, from, &after).await
            }
            Change::Cancel { from, reason } => {
                let after = FollowUp { reason: Some(*reason), ..stepped(from, Event::Cancel)? };
                self.diary.replace(shop, from, &after).await
            }
        }
    }

    /// The planner's last write: clears the customer's due mark, or sets the next look, on condition that
    /// the facts are still those that were planned for. Where there is nothing to write, reading is enough.
    async fn finish(&self, shop: &ShopId, before: &CustomerRecord, plan: &Plan) -> Result<bool, DiaryError> {
        let attention = next_attention(before.attention, plan, self.clock.now());
        if attention == before.attention {
            let now = self.diary.customer(shop, &before.customer.id).await?;
            return Ok(now.is_some_and(|record| record.customer.version == before.customer.version));
        }
        let after = CustomerRecord { attention, ..before.clone() };
        match self.diary.put_customer(shop, before, &after).await {
            Ok(()) => Ok(true),
            Err(DiaryError::Changed) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// What the customer's mark should be after a plan. A review that is still ahead is left where it is.
fn next_attention(before: Option<Attention>, plan: &Plan, now: chrono::DateTime<chrono::Utc>) -> Option<Attention> {
    let review_at = plan.review_at?;
    match before {
        Some(Attention::Review(at)) if at.start() > now && at <= review_at => before,
        _ => Some(Attention::Review(review_at)),
    }
}

fn is_replanned(plan: &Plan, follow_up: &FollowUp) -> bool {
    plan.changes.iter().any(|c| matches!(c, Change::Replan { from, .. } if from.id == follow_up.id))
}

/// The follow-up in the state that the table gives it. A change the table forbids means that the plan was
/// made from something else than what stands: it is made again.
fn stepped(from: &FollowUp, event: Event) -> Result<FollowUp, DiaryError> {
    let state = transition(from.state, event).map_err(|_| DiaryError::Changed)?;
    Ok(FollowUp { state, ..from.clone() })
}

fn log(shop: &ShopId, customer: &CustomerId, plan: &Plan) {
    for change in &plan.changes {
        match change {
            Change::Put(new) => tracing::info!(%shop, follow_up = %new.id, slot = %new.slot, "follow_up.planned"),
            Change::Replan { from, slot, .. } => tracing::info!(%shop, follow_up = %from.id, %slot, "follow_up.moved"),
            Change::Cancel { from, reason } => {
                tracing::info!(%shop, follow_up = %from.id, reason = reason.name(), "follow_up.cancelled");
            }
        }
    }
    let count = |f: fn(&Change) -> bool| plan.changes.iter().filter(|c| f(c)).count();
    tracing::info!(
        %shop,
        %customer,
        new = count(|c| matches!(c, Change::Put(_))),
        moved = count(|c| matches!(c, Change::Replan { .. })),
        cancelled = count(|c| matches!(c, Change::Cancel { .. })),
        tasks = plan.tasks.len(),
        review_at = plan.review_at.map(|at| at.to_string()),
        closed = plan.closed.map(|closed| closed.reason().name()),
        "customer.planned"
    );
}
