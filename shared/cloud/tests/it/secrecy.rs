//! Errors and log lines hold nothing of what was in a call: no person, no address, no secret.

use crate::answers::clients;
use crate::support::{Cloud, TABLE, customer_id, record, sakura};
use aws_sdk_dynamodb::types::AttributeValue;
use rstest::rstest;
use wasurena_cloud::Diary;
use wasurena_cloud::clock::WallClock;
use wasurena_cloud::diary::DiaryError;
use wasurena_cloud::keyring::Keyring;

#[rstest]
#[case::cut_off(200, "", r#"{"Item": {"email": {"S": "hanako@example.jp"}, "name": {"S": "山田"#)]
#[case::refused(400, "ValidationException", r#"{"message": "Value hanako@example.jp 山田 at 'item' is not valid"}"#)]
#[case::broken(500, "InternalServerError", r#"{"message": "hanako@example.jp 山田"}"#)]
#[tokio::test]
async fn an_error_of_the_diary_holds_nothing_of_its_answer(
    #[case] status: u16,
    #[case] kind: &'static str,
    #[case] body: &str,
) {
    let diary = Diary::new(clients(status, kind, body).dynamodb(), TABLE);
    let error = diary.customer(&sakura(), &customer_id(&sakura(), "hanako")).await.unwrap_err();
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(!text.contains("hanako") && !text.contains("山田"), "{text}");
        assert!(text.contains(&status.to_string()) && text.contains(kind), "{text}");
    }
}

#[tokio::test]
async fn an_error_of_permission_says_what_is_missing() {
    let body = r#"{"message": "not authorized to perform: dynamodb:GetItem"}"#;
    let diary = Diary::new(clients(400, "AccessDeniedException", body).dynamodb(), TABLE);
    let error = diary.shop_state(&sakura()).await.unwrap_err();
    assert!(error.to_string().contains("dynamodb:GetItem"), "{error}");
}

#[tokio::test]
async fn an_error_of_the_keyring_holds_no_secret() {
    let body = r#"{"Parameters": [{"Name": "/wasurena/keys/identity", "Value": "the-secret"#;
    let keyring = Keyring::new(clients(200, "", body).ssm(), "/wasurena", std::sync::Arc::new(WallClock));
    let error = keyring.keys().await.unwrap_err();
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(text.contains("/wasurena") && !text.contains("the-secret"), "{text}");
    }
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_named_and_not_quoted() {
    let cloud = Cloud::open().await;
    let id = customer_id(&sakura(), "hanako");
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let request = cloud.clients.dynamodb().put_item().table_name(TABLE);
    let request = request
        .item("pk", text(&format!("sakura#C#{id}")))
        .item("sk", text("C"))
        .item("entity", text("customer"))
        .item("schema", AttributeValue::N("1".to_owned()))
        .item("id", text(id.as_str()))
        .item("version", text("hanako@example.jp"));
    request.send().await.unwrap();
    let error = cloud.diary.customer(&sakura(), &id).await.unwrap_err();
    assert!(matches!(error, DiaryError::Unreadable { .. }), "{error}");
    assert!(error.to_string().contains(id.as_str()) && !error.to_string().contains("hanako@"), "{error}");
}

/// DynamoDB answers so where a single write meets a transaction on its item: a race like any other.
#[tokio::test]
async fn a_write_that_meets_a_transaction_is_a_lost_race() {
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionConflictException";
    let body = format!(r#"{{"__type": "{kind}", "message": "Transaction is ongoing for the item"}}"#);
    let diary = Diary::new(clients(400, "TransactionConflictException", &body).dynamodb(), TABLE);
    let written = diary.put_customer(&sakura(), &record("hanako"), &record("hanako")).await;
    assert!(matches!(written, Err(DiaryError::Changed)), "{written:?}");
}
