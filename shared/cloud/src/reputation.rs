//! A shop's name with the mail providers, watched: the owner is told in time, and when it is at risk only what is owed goes
//! out, until the mails of four weeks look better. The owner's task stays until they have ticked it off.

use crate::Diary;
use crate::diary::DiaryError;
use chrono::{DateTime, Utc};
use wasurena_domain::calendar::day_of;
use wasurena_domain::follow_up::Reason;
use wasurena_domain::reputation::Standing;
use wasurena_domain::shop::Shop;
use wasurena_domain::task::{Task, TaskKind};

/// Judges by what was counted, and writes what follows: the owner's task, and whether only what is owed goes out. Twice is
/// once.
///
/// # Errors
/// [`DiaryError`]; doing it again is safe.
pub async fn judge(diary: &Diary, shop: &Shop, now: DateTime<Utc>) -> Result<Standing, DiaryError> {
    let tally = diary.tally(&shop.id, now).await?;
    let standing = tally.standing();
    let was = diary.shop_state(&shop.id).await?.is_at_risk;
    let is_at_risk = matches!(standing, Standing::AtRisk(_));
    if was != is_at_risk {
        diary.set_at_risk(&shop.id, is_at_risk).await?;
        tracing::warn!(shop = %shop.id, is_at_risk, "reputation.judged");
    }
    if let Standing::Watched(trouble) | Standing::AtRisk(trouble) = standing {
        if !diary.tasks_of_kind(&shop.id, TaskKind::ProtectReputation).await?.is_empty() {
            return Ok(standing);
        }
        let due = day_of(now, shop.zone);
        let about = trouble.name().to_owned();
        let task =
            Task { kind: TaskKind::ProtectReputation, customer: None, about, due, why: Reason::ReputationAtRisk };
        diary.add_task(&shop.id, &task).await?;
    }
    Ok(standing)
}
