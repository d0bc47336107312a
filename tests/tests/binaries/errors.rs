//! Events that cannot be read or dealt with: said to the Runtime API, and the process lives on.

use crate::support::{Deployment, FUNCTIONS, HANAKO, order, webhook};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use wasurena_cloud::stream;
use wasurena_tests::cloud::TABLE;
use wasurena_tests::lambda::{Outcome, events};

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn an_event_that_cannot_be_read_is_reported_and_the_process_goes_on() {
    let mut deployment = Deployment::new().await;
    let strange = json!({ "Records": [{ "email": HANAKO }], "shop": HANAKO, "headers": HANAKO });
    for name in FUNCTIONS {
        let function = deployment.function(name);
        let failure = function.invoke_with(b"{".to_vec()).await.failure();
        assert!(!failure.kind.is_empty(), "{failure:?}");
        let outcome = function.invoke(&strange).await;
        match (name, outcome) {
            // The hour says nothing, so there is nothing in it to misread.
            ("keep-promises", Outcome::Answered(_)) => {}
            (_, Outcome::Failed(failure)) => assert!(!failure.message.contains("hanako"), "{name}: {failure:?}"),
            (_, other) => panic!("{name}: {other:?}"),
        }
        assert_eq!(function.starts(), 1, "{name}");
        let lines = function.take_sandbox().kill().await.concat();
        assert!(!lines.contains("hanako"), "{name} logs what it could not read: {lines}");
    }
}

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn of_a_batch_only_the_records_that_failed_are_reported() {
    let mut deployment = Deployment::new().await;
    for (number, address) in [(1, HANAKO), (2, "taro@example.jp"), (3, "jiro@example.jp")] {
        deployment.answer("receive-purchase", &webhook(&order(number, address))).await;
    }
    let looks: Vec<_> = deployment.cloud.unread("both").into_iter().filter(stream::is_look).collect();
    assert_eq!(looks.len(), 3);
    // Somebody newer than this program wrote the second customer.
    let broken = &looks[1];
    let key = serde_json::to_value(&broken.change.keys).unwrap();
    let text = |name: &str| AttributeValue::S(key[name]["S"].as_str().unwrap().to_owned());
    let update = deployment.cloud.clients().dynamodb().update_item().table_name(TABLE);
    let update = update.key("pk", text("pk")).key("sk", text("sk"));
    let update = update.update_expression("SET #schema = :later").expression_attribute_names("#schema", "schema");
    update.expression_attribute_values(":later", AttributeValue::N("99".to_owned())).send().await.unwrap();

    let answer = deployment.answer("plan-follow-ups", &events::stream(&looks)).await;
    let sequence = broken.change.sequence_number.as_deref().unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": sequence }] }));
    let planned = |item: &&Value| item["entity"]["S"] == "follow_up";
    let customers: Vec<_> =
        deployment.cloud.items().iter().filter(planned).map(|item| item["pk"].to_string()).collect();
    for (n, look) in looks.iter().enumerate() {
        let pk = serde_json::to_value(&look.change.keys).unwrap()["pk"].to_string();
        assert_eq!(customers.contains(&pk), n != 1, "customer {n}");
    }
    deployment.function("plan-follow-ups").sandbox().line(&["planning.failed", "PlanningFailed"]).await;
}

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn an_event_of_ses_that_is_not_ours_is_no_failure() {
    let mut deployment = Deployment::new().await;
    let owners: Value =
        serde_json::from_str(include_str!("../../../functions/record-delivery/tests/fixtures/to-the-owner.json"))
            .unwrap();
    assert_eq!(deployment.answer("record-delivery", &owners).await, Value::Null);
    let mut of_somebody = owners;
    of_somebody["source"] = json!("aws.s3");
    let failure = deployment.function("record-delivery").invoke(&of_somebody).await.failure();
    assert!(!failure.message.contains("@"), "{failure:?}");
}
