//! The diary: one DynamoDB table that is the truth about purchases, customers and follow-ups.
//!
//! Every write is conditional on what the writer has read, so that two writers never undo each other. The
//! table of items, their keys and what a write costs stands in ARCHITECTURE.md.

mod approvals;
mod asked;
mod customers;
mod erasing;
mod error;
mod follow_ups;
mod item;
mod keys;
mod ledger;
mod listening;
mod pausing;
mod purchases;
mod reputation;
mod senders;
mod shops;
mod slots;
mod table;
mod tasks;

pub use asked::{Asked, Waiting};
pub use customers::{Attention, CustomerFile, CustomerRecord, Erased, Place};
pub use error::DiaryError;
pub use follow_ups::{Claim, Due, DueItem};
pub use keys::{StreamItem, due_partition, stream_item};
pub use listening::ProductRecord;
pub use purchases::{
    Before, Known, NewCustomer, NewFacts, NotErased, PhoneRecord, PurchasePlace, PurchaseRecord, forgotten,
};
pub use shops::ShopState;
pub use slots::SlotMarker;

use aws_sdk_dynamodb::Client;

/// The diary.
#[derive(Debug, Clone)]
pub struct Diary {
    client: Client,
    table: String,
}

/// The name of the index of everything that is due.
pub const DUE_INDEX: &str = "due";

impl Diary {
    /// The diary in this table.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// Opens a connection: reads an item that does not stand, for half a read unit.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn touch(&self) -> Result<(), DiaryError> {
        let nothing = keys::Key { pk: "#".to_owned(), sk: "#".to_owned() };
        let request = self.client.get_item().table_name(&self.table).set_key(Some(nothing.attributes()));
        request.send().await.map_err(|error| DiaryError::call(&error))?;
        Ok(())
    }
}
