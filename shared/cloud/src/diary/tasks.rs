//! The owner's list: what only a person can do.

use super::item::{Condition, Envelope, Item, from_item, to_item};
use super::keys::Key;
use super::{Diary, DiaryError};
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_domain::task::{Task, TaskKind};

pub(super) fn task_item(shop: &ShopId, task: &Task) -> Result<Item, DiaryError> {
    to_item(Envelope { key: Key::task(shop, &task.key()), kind: "task", due: None }, task)
}

impl Diary {
    /// Puts a task on the owner's list. The same task twice is one.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written.
    pub async fn add_task(&self, shop: &ShopId, task: &Task) -> Result<(), DiaryError> {
        match self.put(task_item(shop, task)?, Condition::is_new()).await {
            Err(DiaryError::Changed) => Ok(()),
            other => other,
        }
    }

    /// Takes a task off the owner's list: it is done, or has become pointless. One that is not there is done.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written.
    pub async fn finish_task(
        &self,
        shop: &ShopId,
        kind: TaskKind,
        customer: impl Into<Option<&CustomerId>> + Send,
        about: &str,
    ) -> Result<(), DiaryError> {
        self.remove(Key::task(shop, &Task::key_of(kind, customer.into(), about))).await
    }

    /// Takes a customer's tasks off the owner's list: those of a kind, or all of them.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read or written. Doing it again is safe.
    pub async fn finish_tasks_of(
        &self,
        shop: &ShopId,
        customer: &CustomerId,
        kind: Option<TaskKind>,
    ) -> Result<(), DiaryError> {
        let theirs = |task: &Task| task.customer.as_ref() == Some(customer) && kind.is_none_or(|k| k == task.kind);
        for task in self.tasks(shop).await?.into_iter().filter(theirs) {
            self.remove(Key::task(shop, &task.key())).await?;
        }
        Ok(())
    }

    /// Takes an item away, whatever stands there.
    pub(super) async fn remove(&self, key: Key) -> Result<(), DiaryError> {
        let request = self.client.delete_item().table_name(&self.table).set_key(Some(key.attributes()));
        request.send().await.map_err(|error| DiaryError::call(&error))?;
        Ok(())
    }

    /// The tasks of one kind. Where there are none, as is usual of most, that is half a unit.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn tasks_of_kind(&self, shop: &ShopId, kind: TaskKind) -> Result<Vec<Task>, DiaryError> {
        let Key { pk, sk } = Key::task(shop, &format!("{}#", kind.name()));
        self.beginning_with(&pk, &sk).await?.into_iter().map(from_item).collect()
    }

    /// The owner's list, by kind.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn tasks(&self, shop: &ShopId) -> Result<Vec<Task>, DiaryError> {
        let items = self.partition(&Key::task(shop, "").pk).await?;
        items.into_iter().map(from_item).collect()
    }
}
