//! DynamoDB through the SDK: the operations the functions use, and the errors
//! they must be able to tell apart.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    ConditionCheck, KeysAndAttributes, Put, PutRequest, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
    TimeToLiveSpecification, TransactWriteItem, WriteRequest,
};

use super::{Cloud, TABLE, put, text};

#[tokio::test]
async fn items_are_written_read_and_queried() {
    let cloud = Cloud::with_table().await;
    for sk in ["1", "2", "3"] {
        put(&cloud.dynamodb, sk).await;
    }
    cloud
        .dynamodb
        .update_item()
        .table_name(TABLE)
        .key("pk", text("a"))
        .key("sk", text("2"))
        .update_expression("SET lane = :s, due = :d")
        .expression_attribute_values(":s", text("s0"))
        .expression_attribute_values(":d", text("2026-04-02"))
        .send()
        .await
        .unwrap();
    cloud.dynamodb.delete_item().table_name(TABLE).key("pk", text("a")).key("sk", text("3")).send().await.unwrap();

    let one =
        cloud.dynamodb.get_item().table_name(TABLE).key("pk", text("a")).key("sk", text("2")).send().await.unwrap();
    assert_eq!(one.item().unwrap()["due"], text("2026-04-02"));
    assert!(one.consumed_capacity().is_none(), "the counting must not show");

    let due = cloud
        .dynamodb
        .query()
        .table_name(TABLE)
        .index_name("due")
        .key_condition_expression("lane = :s AND due <= :now")
        .expression_attribute_values(":s", text("s0"))
        .expression_attribute_values(":now", text("2026-04-03"))
        .send()
        .await
        .unwrap();
    assert_eq!((due.count(), &due.items()[0]["sk"]), (1, &text("2")));

    let all = cloud.dynamodb.scan().table_name(TABLE).send().await.unwrap();
    assert_eq!(all.count(), 2);
}

#[tokio::test]
async fn batches_work() {
    let cloud = Cloud::with_table().await;
    let request = |sk: &str| {
        let put = PutRequest::builder().item("pk", text("a")).item("sk", text(sk)).build().unwrap();
        WriteRequest::builder().put_request(put).build()
    };
    cloud.dynamodb.batch_write_item().request_items(TABLE, vec![request("1"), request("2")]).send().await.unwrap();
    let keys = ["1", "2", "9"].map(|sk| [("pk".to_owned(), text("a")), ("sk".to_owned(), text(sk))].into());
    let wanted = KeysAndAttributes::builder().set_keys(Some(keys.into())).build().unwrap();
    let got = cloud.dynamodb.batch_get_item().request_items(TABLE, wanted).send().await.unwrap();
    assert_eq!(got.responses().unwrap()[TABLE].len(), 2);
}

#[tokio::test]
async fn the_loser_of_a_condition_sees_the_winner() {
    let cloud = Cloud::with_table().await;
    let claim = |who: &str| {
        cloud
            .dynamodb
            .put_item()
            .table_name(TABLE)
            .item("pk", text("a"))
            .item("sk", text("1"))
            .item("by", text(who))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
    };
    claim("first").await.unwrap();
    match claim("second").await.unwrap_err().into_service_error() {
        PutItemError::ConditionalCheckFailedException(error) => {
            assert_eq!(error.item().unwrap()["by"], text("first"));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_cancelled_transaction_says_why_and_does_nothing() {
    let cloud = Cloud::with_table().await;
    put(&cloud.dynamodb, "1").await;
    let result = cloud
        .dynamodb
        .transact_write_items()
        .transact_items(
            TransactWriteItem::builder()
                .put(Put::builder().table_name(TABLE).item("pk", text("a")).item("sk", text("2")).build().unwrap())
                .build(),
        )
        .transact_items(
            TransactWriteItem::builder()
                .condition_check(
                    ConditionCheck::builder()
                        .table_name(TABLE)
                        .key("pk", text("a"))
                        .key("sk", text("1"))
                        .condition_expression("attribute_not_exists(pk)")
                        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                        .build()
                        .unwrap(),
                )
                .build(),
        )
        .send()
        .await;
    match result.unwrap_err().into_service_error() {
        TransactWriteItemsError::TransactionCanceledException(error) => {
            let codes: Vec<_> = error.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect();
            assert_eq!(codes, ["None", "ConditionalCheckFailed"]);
            assert_eq!(error.cancellation_reasons()[1].item().unwrap()["sk"], text("1"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(cloud.dynamodb.scan().table_name(TABLE).send().await.unwrap().count(), 1);
}

#[tokio::test]
async fn capacity_is_shown_as_asked() {
    let cloud = Cloud::with_table().await;
    let put = |asked: ReturnConsumedCapacity| {
        let item = cloud.dynamodb.put_item().table_name(TABLE).item("pk", text("a")).item("sk", text("1"));
        item.item("lane", text("s")).item("due", text("d")).return_consumed_capacity(asked).send()
    };
    let indexes = put(ReturnConsumedCapacity::Indexes).await.unwrap().consumed_capacity.unwrap();
    assert_eq!(indexes.capacity_units(), Some(2.0));
    assert!(indexes.global_secondary_indexes().is_some());
    let total = put(ReturnConsumedCapacity::Total).await.unwrap().consumed_capacity.unwrap();
    assert_eq!(total.capacity_units(), Some(1.0), "an unchanged index entry costs nothing");
    assert!(total.global_secondary_indexes().is_none() && total.table().is_none());
    assert!(put(ReturnConsumedCapacity::None).await.unwrap().consumed_capacity.is_none());
}

#[tokio::test]
async fn tables_are_described_and_missing_ones_named() {
    let cloud = Cloud::with_table().await;
    let table = cloud.dynamodb.describe_table().table_name(TABLE).send().await.unwrap().table.unwrap();
    assert_eq!(table.global_secondary_indexes()[0].index_name(), Some("due"));
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name("expires").build().unwrap();
    cloud.dynamodb.update_time_to_live().table_name(TABLE).time_to_live_specification(ttl).send().await.unwrap();

    let missing = cloud.dynamodb.get_item().table_name("nowhere").key("pk", text("a")).send().await.unwrap_err();
    assert!(missing.into_service_error().is_resource_not_found_exception());
    let error = cloud.dynamodb.get_item().table_name(TABLE).key("pk", text("a")).send().await.unwrap_err();
    assert_eq!(error.as_service_error().unwrap().meta().code(), Some("ValidationException"));
    let unserved = cloud.dynamodb.list_backups().send().await.unwrap_err();
    assert!(matches!(unserved, SdkError::ServiceError(_)));
    assert_eq!(unserved.as_service_error().unwrap().meta().code(), Some("UnknownOperationException"));
}

#[tokio::test]
async fn what_dynoxide_cannot_read_is_refused_in_plain_words() {
    let cloud = Cloud::new();
    let error = cloud.dynamodb.get_item().table_name("x").key("pk", text("a")).send().await.unwrap_err();
    let meta = error.as_service_error().unwrap().meta().clone();
    assert_eq!(meta.code(), Some("ValidationException"));
    assert!(meta.message().unwrap().starts_with("1 validation error detected"), "{meta:?}");
}
