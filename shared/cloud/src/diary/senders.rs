//! Who is sending in a quarter hour. All shops share the account's rate, and how many senders run at once cannot be limited in
//! a new account, whose quota leaves nothing to reserve. So each puts its name down, and keeps to its part.
//!
//! Names and no number: a name that is written again, because the answer of the first write was lost, is still one.

use super::item::{Item, KIND, SCHEMA, SCHEMA_NAME};
use super::keys::Key;
use super::slots::{EXPIRES, expires};
use super::{Diary, DiaryError};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use chrono::Duration;
use wasurena_domain::calendar::{SLOT_MINUTES, Slot};

/// The items' kind.
const SENDERS: &str = "senders";
/// The attribute that holds their names. A set without names is no attribute.
const NAMES: &str = "names";

impl Diary {
    /// Puts a sender's name down in a quarter hour, and answers how many are at work, with it. Doing it again is safe.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written.
    pub async fn join_senders(&self, quarter: Slot, name: &str) -> Result<u32, DiaryError> {
        let here = self.change_senders(quarter, "ADD", name).await?;
        Ok(here + self.senders_in(before(quarter)).await?)
    }

    /// Strikes a sender's name out. One that crashes leaves its name: the others are slower for it until the next
    /// quarter hour has passed too. Doing it again is safe.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written.
    pub async fn leave_senders(&self, quarter: Slot, name: &str) -> Result<(), DiaryError> {
        self.change_senders(quarter, "DELETE", name).await.map(|_| ())
    }

    /// How many are at work: those that began in this quarter hour and in the one before it. No sender runs longer than
    /// that. Read for half the price: a moment late is soon enough.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn senders(&self, quarter: Slot) -> Result<u32, DiaryError> {
        Ok(self.senders_in(quarter).await? + self.senders_in(before(quarter)).await?)
    }

    async fn senders_in(&self, quarter: Slot) -> Result<u32, DiaryError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(Key::senders(quarter).attributes()));
        let answer = request.send().await.map_err(|error| DiaryError::call(&error))?;
        Ok(counted(answer.item.as_ref()))
    }

    /// Adds a name to the set or deletes it, and answers how many there are then.
    async fn change_senders(&self, quarter: Slot, how: &str, name: &str) -> Result<u32, DiaryError> {
        let number = |n: i64| AttributeValue::N(n.to_string());
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::senders(quarter).attributes()))
            .update_expression(format!("{how} #names :name SET #kind = :kind, #schema = :schema, #expires = :expires"))
            .expression_attribute_names("#names", NAMES)
            .expression_attribute_names("#kind", KIND)
            .expression_attribute_names("#schema", SCHEMA_NAME)
            .expression_attribute_names("#expires", EXPIRES)
            .expression_attribute_values(":name", AttributeValue::Ss(vec![name.to_owned()]))
            .expression_attribute_values(":kind", AttributeValue::S(SENDERS.to_owned()))
            .expression_attribute_values(":schema", number(SCHEMA.into()))
            .expression_attribute_values(":expires", number(expires(quarter)))
            .return_values(ReturnValue::AllNew);
        let answer = request.send().await.map_err(|error| DiaryError::call(&error))?;
        Ok(counted(answer.attributes.as_ref()))
    }
}

/// The quarter hour before.
fn before(quarter: Slot) -> Slot {
    Slot::at_or_after(quarter.start() - Duration::minutes(SLOT_MINUTES))
}

fn counted(item: Option<&Item>) -> u32 {
    let names = item.and_then(|item| item.get(NAMES)?.as_ss().ok());
    names.map_or(0, |names| u32::try_from(names.len()).unwrap_or(u32::MAX))
}
