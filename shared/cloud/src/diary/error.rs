//! What can go wrong with the diary, as its users tell it apart.

use crate::failure::told;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// The diary could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DiaryError {
    /// Somebody else has written since: read again and decide again. Nothing was written.
    #[error("the item has changed since it was read")]
    Changed,
    /// DynamoDB cannot be reached, is slow or throttles. The write may or may not have happened; doing it again is safe.
    #[error("the diary cannot be reached: {0}")]
    Unavailable(String),
    /// An item is not what this version writes.
    #[error("the item {key} cannot be read: {why}")]
    Unreadable {
        /// Its key.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// A programme for the shop was never published.
    #[error("the shop {0} has no programme: publish one first")]
    NoProgramme(String),
}

impl DiaryError {
    /// The error of a call to DynamoDB, without anything that was in it.
    pub(super) fn call<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Self {
        Self::Unavailable(told(error))
    }

    /// The error of building a request.
    pub(super) fn build(error: &aws_sdk_dynamodb::error::BuildError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
