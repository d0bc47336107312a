//! What a batch does not reach before its invocation ends is reported as failed, so that the stream brings it again.

use aws_lambda_events::dynamodb::Event;
use aws_lambda_events::streams::DynamoDbEventResponse;
use chrono::Duration;
use plan_follow_ups::PlanFollowUps;
use set_alarms::SetAlarms;
use std::sync::Arc;
use wasurena_cloud::alarms::AlarmTarget;
use wasurena_cloud::clock::WallClock;
use wasurena_cloud::{Clients, Clock as _};
use wasurena_tests::journey::Journey;

const TABLE: &str = "wasurena";

fn batch() -> Event {
    serde_json::from_str(include_str!("../../fixtures/events/stream-batch.json")).unwrap()
}

/// The last digits of the records that failed.
fn failed(answer: DynamoDbEventResponse) -> Vec<String> {
    let places = answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier.unwrap());
    places.map(|place| place[place.len() - 2..].to_owned()).collect()
}

#[tokio::test]
async fn a_batch_whose_time_is_over_fails_as_a_whole_and_touches_nothing() {
    let journey = Journey::begin().await;
    let clients = Clients::new(&journey.world().aws().sdk_config(), None);
    let target = AlarmTarget {
        group: "wasurena".to_owned(),
        function_arn: "arn:aws:lambda:ap-northeast-1:000000000000:function:send-follow-ups".to_owned(),
        role_arn: "arn:aws:iam::000000000000:role/alarms".to_owned(),
        dead_letter_arn: "arn:aws:sqs:ap-northeast-1:000000000000:alarms-undelivered".to_owned(),
    };
    let plan = plan_follow_ups::config::Config { table: TABLE.to_owned() };
    let plan = PlanFollowUps::new(&plan, &clients, Arc::new(WallClock));
    let alarms = set_alarms::config::Config { table: TABLE.to_owned(), target };
    let alarms = SetAlarms::new(&alarms, &clients, Arc::new(WallClock));

    let (over, ahead) = (WallClock.now(), WallClock.now() + Duration::minutes(5));
    journey.world().reset_usage();
    assert_eq!(failed(plan.handle(batch(), over).await), ["42", "44"]);
    assert_eq!(failed(alarms.handle(batch(), over).await), ["43"]);
    assert!(journey.world().aws().usage().calls.is_empty(), "{:?}", journey.world().aws().usage());

    assert_eq!(failed(plan.handle(batch(), ahead).await), Vec::<String>::new());
    assert_eq!(failed(alarms.handle(batch(), ahead).await), Vec::<String>::new());
}
