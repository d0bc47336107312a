//! What fails is tried again for a while, and then waits where a person finds it.

use crate::template::{Template, text};
use std::collections::BTreeSet;
use wasurena_domain::follow_up::doubt_wait;
use wasurena_local::rings;

/// The functions that something invokes without waiting for an answer: Scheduler, rules, topics.
fn invoked_asynchronously(template: &Template) -> BTreeSet<String> {
    let functions = template.functions();
    let alarms = functions["set-alarms"].properties["Environment"]["Variables"]["ALARM_FUNCTION_ARN"].clone();
    let rules = template.of_type("AWS::Events::Rule").into_values();
    let targets = rules.flat_map(|rule| rule["Targets"].as_array().cloned().unwrap_or_default());
    let topics = template.of_type("AWS::SNS::Subscription").into_values().filter(|s| s["Protocol"] == "lambda");
    let endpoints = targets.map(|target| target["Arn"].clone()).chain(topics.map(|s| s["Endpoint"].clone()));
    endpoints.chain([alarms]).map(|arn| template.function_meant(&text(&arn)).folder).collect()
}

#[test]
fn asynchronous_invocations_are_tried_as_often_as_the_embedded_cloud_does_and_then_kept() {
    let template = Template::main();
    let configs = template.of_type("AWS::Lambda::EventInvokeConfig");
    let configured: BTreeSet<String> =
        configs.values().map(|config| template.function_meant(&text(&config["FunctionName"])).folder).collect();
    assert_eq!(
        configured,
        invoked_asynchronously(&template),
        "each of the right needs an AWS::Lambda::EventInvokeConfig"
    );
    for (id, config) in configs {
        assert_eq!(config["MaximumRetryAttempts"], rings::RETRY_MINUTES.len(), "{id}");
        let age_s = config["MaximumEventAgeInSeconds"].as_i64().expect("an age");
        assert!(age_s <= 21_600, "{id}: Lambda keeps an event for six hours at most");
        assert!(age_s > rings::RETRY_MINUTES.iter().sum::<i64>() * 60, "{id}: too old before its last attempt");
        assert_eq!(text(&config["DestinationConfig"]["OnFailure"]["Destination"]), "${EventFailures.Arn}", "{id}");
        assert_eq!(config["Qualifier"], "$LATEST", "{id}");
    }
}

#[test]
fn what_rules_and_topics_cannot_deliver_is_kept_and_they_may_deliver_at_all() {
    let template = Template::main();
    let permitted: BTreeSet<(String, String)> = template
        .of_type("AWS::Lambda::Permission")
        .into_values()
        .map(|p| (text(&p["FunctionName"]), text(&p["SourceArn"])))
        .collect();
    for (id, rule) in template.of_type("AWS::Events::Rule") {
        for target in rule["Targets"].as_array().expect("targets") {
            assert_eq!(text(&target["DeadLetterConfig"]["Arn"]), "${EventFailures.Arn}", "{id}");
            let function = format!("${{{}}}", template.function_meant(&text(&target["Arn"])).id);
            let source = format!("${{{id}.Arn}}");
            assert!(permitted.contains(&(function, source)), "{id}: an AWS::Lambda::Permission must let it invoke");
        }
    }
    let to_functions =
        template.of_type("AWS::SNS::Subscription").into_iter().filter(|(_, s)| s["Protocol"] == "lambda");
    for (id, subscription) in to_functions {
        assert_eq!(text(&subscription["RedrivePolicy"]["deadLetterTargetArn"]), "${EventFailures.Arn}", "{id}");
        let function = format!("${{{}}}", template.function_meant(&text(&subscription["Endpoint"])).id);
        let source = text(&subscription["TopicArn"]);
        assert!(permitted.contains(&(function, source)), "{id}: an AWS::Lambda::Permission must let the topic invoke");
    }
    let policy = &template.resource("EventFailuresPolicy")["PolicyDocument"]["Statement"];
    let sources: BTreeSet<String> = policy
        .as_array()
        .expect("statements")
        .iter()
        .flat_map(|statement| crate::template::texts(&statement["Condition"]["ArnEquals"]["aws:SourceArn"]))
        .collect();
    let rules = template.of_type("AWS::Events::Rule").into_keys().map(|id| format!("${{{id}.Arn}}"));
    let expected: BTreeSet<String> = rules.chain(["${MailWitness}".to_owned()]).collect();
    assert_eq!(sources, expected, "who delivers must be allowed to write into the queue");
}

#[test]
fn queues_keep_what_failed_as_long_as_sqs_can_and_a_person_is_called() {
    let template = Template::main();
    let watched = template.resource("FailuresAlarm").to_string();
    let queues = template.of_type("AWS::SQS::Queue");
    assert_eq!(queues.len(), 3);
    for (id, queue) in queues {
        let kept_s = queue["MessageRetentionPeriod"].as_i64().expect("a time");
        assert_eq!(kept_s, 14 * 24 * 3600, "{id}");
        assert!(kept_s > doubt_wait().num_seconds(), "{id}");
        assert_eq!(queue["SqsManagedSseEnabled"], true, "{id}");
        assert!(watched.contains(&format!("{id}.QueueName")), "{id}: FailuresAlarm does not look at it");
    }
}

#[test]
fn the_keeper_comes_every_hour() {
    let template = Template::main();
    let rule = template.resource("KeeperHour");
    let expression = rule["ScheduleExpression"].as_str().expect("a schedule");
    let minute = expression.strip_prefix("cron(").and_then(|cron| cron.strip_suffix(" * * * ? *)"));
    let minute: u32 = minute.and_then(|minute| minute.parse().ok()).expect("every hour, at one minute");
    assert!((1..60).contains(&minute), "at the full hour everybody's schedules ring");
    assert_eq!(template.function_meant(&text(&rule["Targets"][0]["Arn"])).folder, "keep-promises");
}
