//! Pausing products: a set in the shop's item, written beside whoever publishes, approves or presses the stop switch.

use super::keys::Key;
use super::{Diary, DiaryError};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use wasurena_domain::ids::ShopId;

/// Most products that are paused at once: each slot reads them. The owner's list has all of them.
const PAUSED_MAX: u32 = 50;

impl Diary {
    /// Pauses what is cheerful about a product, or lets it go on. Doing it twice is doing it once. Where too many are paused
    /// already, the next one is not: the owner's list tells of it all the same.
    ///
    /// # Errors
    /// [`DiaryError::NoProgramme`] for an unknown shop; else where the diary cannot be written, and doing it again is safe.
    pub async fn set_paused(&self, shop: &ShopId, product: &str, paused: bool) -> Result<(), DiaryError> {
        let mut request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::shop(shop).attributes()))
            .update_expression(if paused { "ADD #paused :product" } else { "DELETE #paused :product" })
            .expression_attribute_names("#paused", "paused")
            .expression_attribute_values(":product", AttributeValue::Ss(vec![product.to_owned()]));
        request = match paused {
            true => request
                .condition_expression(
                    "attribute_exists(pk) AND (attribute_not_exists(#paused) OR size(#paused) < :max)",
                )
                .expression_attribute_values(":max", AttributeValue::N(PAUSED_MAX.to_string())),
            false => request.condition_expression("attribute_exists(pk)"),
        };
        let Err(error) = request.send().await else { return Ok(()) };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => self.shop_state(shop).await.map(drop),
            Some(UpdateItemError::TransactionConflictException(_)) => Err(DiaryError::Changed),
            _ => Err(DiaryError::call(&error)),
        }
    }
}
