//! What cannot be read stays due: it is found again every hour, and left alone. A person is told of it once, by a task
//! that goes away when the item can be read again.

use crate::{KeepPromises, KeepingError};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use wasurena_cloud::bookshelf::BookError;
use wasurena_cloud::diary::DiaryError;
use wasurena_cloud::planning::PlanningError;
use wasurena_domain::follow_up::Reason;
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_domain::task::{Task, TaskKind};

/// The item that cannot be read, where that is what went wrong: its key, or the version of a programme.
pub(crate) fn item(error: &KeepingError) -> Option<String> {
    match error {
        KeepingError::Diary(error) => in_diary(error),
        KeepingError::Book(error) | KeepingError::Planning(PlanningError::Book(error)) => in_book(error),
        KeepingError::Planning(PlanningError::Diary(error)) => in_diary(error),
        KeepingError::Planning(PlanningError::Restless(_)) | KeepingError::Keys(_) => None,
    }
}

fn in_diary(error: &DiaryError) -> Option<String> {
    match error {
        DiaryError::Unreadable { key, .. } => Some(key.clone()),
        DiaryError::Changed | DiaryError::Unavailable(_) | DiaryError::NoProgramme(_) => None,
    }
}

fn in_book(error: &BookError) -> Option<String> {
    match error {
        BookError::Diary(error) => in_diary(error),
        BookError::Broken { version, .. } => Some(format!("version {version} of the programme")),
        BookError::NotPublishable { .. } => None,
    }
}

/// The task that an unreadable item leaves to a person.
pub(crate) fn task(item: String, customer: Option<&CustomerId>, today: NaiveDate) -> Task {
    let customer = customer.cloned();
    Task { kind: TaskKind::MendRecord, customer, about: item, due: today, why: Reason::Unreadable }
}

/// Takes the tasks off the shop's list whose items are not among those that this round could not read: they have been
/// put right, or are gone. Only a round that has looked at everything due may say so.
pub(crate) async fn forget_mended(
    keeper: &KeepPromises,
    shop: &ShopId,
    unreadable: &BTreeSet<String>,
) -> Result<(), DiaryError> {
    for task in keeper.diary.tasks_of_kind(shop, TaskKind::MendRecord).await? {
        if !unreadable.contains(&task.key()) {
            keeper.diary.finish_task(shop, task.kind, task.customer.as_ref(), &task.about).await?;
        }
    }
    Ok(())
}
