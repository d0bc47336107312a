//! A follow-up that no machine can carry out, a letter, a call, a visit: it goes onto the owner's list.
//!
//! Task and follow-up are one write, so there is never one without the other and nothing is ever in doubt. Where the
//! sender dies before it, the claim's lease ends and the keeper gives the follow-up another slot; the task's key is the
//! follow-up's, so it would be the same task again.

use crate::outcome::Outcome;
use crate::slot::Stopped;
use crate::{SendFollowUps, SendingError};
use wasurena_cloud::diary::DiaryError;
use wasurena_domain::follow_up::{Event, FollowUp, State, transition};
use wasurena_domain::shop::Shop;
use wasurena_domain::task::Task;

/// Hands a claimed follow-up to a person. Where the diary cannot be written it is given back: if the write has arrived
/// all the same, there is nothing to give back any more.
pub(crate) async fn hand_over(
    sender: &SendFollowUps,
    shop: &Shop,
    claimed: &FollowUp,
) -> Result<Outcome, SendingError> {
    let now = sender.clock.now();
    let (Some(task), Ok(state)) = (Task::of_follow_up(claimed, shop, now), transition(claimed.state, Event::HandOver))
    else {
        return Err(DiaryError::Changed.into());
    };
    let after = FollowUp { state, sent_at: Some(now), until: None, ended: true, ..claimed.clone() };
    match sender.diary.hand_over(&shop.id, claimed, &after, &task).await {
        Ok(()) => {
            let (follow_up, step, channel) = (&claimed.id, &claimed.step, claimed.channel.name());
            tracing::info!(shop = %shop.id, %follow_up, %step, channel, "follow_up.handed_over");
            Ok(Outcome::HandedOver)
        }
        // The answer of our own write was lost, and it was written again.
        Err(DiaryError::Changed) if stands(sender, shop, claimed).await? => Ok(Outcome::HandedOver),
        Err(DiaryError::Unavailable(_)) => Ok(Outcome::GivenBack(Stopped::Diary)),
        Err(error) => Err(error.into()),
    }
}

/// Whether a person has it by this very claim.
async fn stands(sender: &SendFollowUps, shop: &Shop, claimed: &FollowUp) -> Result<bool, DiaryError> {
    let stands = sender.diary.follow_up(&shop.id, &claimed.id).await?;
    Ok(stands.is_some_and(|f| f.state == State::HandedOver && f.attempt == claimed.attempt))
}
