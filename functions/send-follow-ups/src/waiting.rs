//! What nobody has approved yet, while its step is an apprentice: it waits from day to day.
//!
//! That takes no claim, so a day of waiting costs three write units and not four; its last day does, for then the
//! customer is read as well, and the owner hears of a promise that is about to break.

use crate::{SendFollowUps, SendingError};
use wasurena_cloud::bookshelf::OpenBook;
use wasurena_cloud::diary::DiaryError;
use wasurena_domain::apprenticeship::{awaits_approval, is_last_day, next_look, pressing_task};
use wasurena_domain::calendar::Slot;
use wasurena_domain::follow_up::{Event, FollowUp, State, transition};
use wasurena_domain::ids::FollowUpId;
use wasurena_domain::policy::Moment;
use wasurena_domain::promise::breaks_without;

/// Puts a follow-up off to the next day where it waits for approval and has another day after that one; answers whether
/// it did. Whatever is not sure is left to the claim.
pub(crate) async fn put_off(
    sender: &SendFollowUps,
    open: &OpenBook,
    id: &FollowUpId,
    slot: Slot,
) -> Result<bool, SendingError> {
    let shop = &open.book.shop;
    if !shop.apprenticeship {
        return Ok(false);
    }
    let before = match sender.diary.follow_up(&shop.id, id).await {
        Ok(Some(before)) if before.slot == slot && awaits_approval(shop, &open.approvals, &before) => before,
        // What cannot be read is found again by the claim, which leaves it to a person.
        Ok(_) | Err(DiaryError::Unreadable { .. }) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let next = next_look(shop, &before, sender.clock.now()).filter(|next| !is_last_day(shop, &before, *next));
    let (Some(next), State::Planned, Ok(state)) = (next, before.state, transition(before.state, Event::Move)) else {
        return Ok(false);
    };
    let after = FollowUp { state, slot: next, generation: before.generation + 1, until: None, ..before.clone() };
    match sender.diary.replace(&shop.id, &before, &after).await {
        Ok(()) => {
            tracing::info!(shop = %shop.id, follow_up = %id, slot = %next, "follow_up.awaits_approval");
            Ok(true)
        }
        // It was approved at this moment, or is somebody else's.
        Err(DiaryError::Changed) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Puts a mail on the owner's list, before everything else, where it moves to its last day without approval and a promise
/// hangs on it. The mail waits all the same where the list cannot be written: `wasurena today` looks for itself.
pub(crate) async fn tell_owner_of_promise(sender: &SendFollowUps, moved: &FollowUp, to: Slot, moment: &Moment<'_>) {
    let shop = moment.shop;
    let is_pressing = awaits_approval(shop, moment.approvals, moved)
        && is_last_day(shop, moved, to)
        && breaks_without(moved, &moment.situation());
    if !is_pressing {
        return;
    }
    if let Err(error) = sender.diary.add_task(&shop.id, &pressing_task(shop, moved)).await {
        tracing::error!(shop = %shop.id, follow_up = %moved.id, %error, "owner.not_told");
    }
}
