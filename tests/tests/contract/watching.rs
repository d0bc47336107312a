//! Alarms and dashboard: they look at metrics that exist, and say what to do.

use crate::template::{Template, text};
use serde_json::Value;
use std::collections::BTreeSet;
use wasurena_cloud::telemetry::{METRICS, Metric, NAMESPACE};

/// What is counted and is no fault.
const GOOD_NEWS: [Metric; 3] = [Metric::WebhooksAccepted, Metric::FollowUpsSent, Metric::Delivered];

/// Faults without an alarm of their own, and what a person learns of them by.
const WITHOUT_ALARM: [(Metric, &str); 8] = [
    (Metric::WebhooksRefused, "it is no webhook of a cart of ours; a flood of such calls has its alarm"),
    (Metric::PlanningFailed, "tried again; what fails for good is in StreamFailures, and the keeper plans for it"),
    (Metric::AlarmsFailed, "tried again; what fails for good is in StreamFailures, and the keeper finds it overdue"),
    (Metric::EventsFailed, "tried again; what fails for good is in EventFailures"),
    (Metric::FollowUpsRefused, "its state says so, and what was promised is on the shop's list"),
    (Metric::HardBounces, "the account's bounce rate has its alarm, and the address is on the shop's list"),
    (Metric::SoftBounces, "sent again after an hour, a day, three days; what was promised is then on the shop's list"),
    (Metric::Complaints, "the account's complaint rate has its alarm"),
];

/// AWS's own metrics that the template may look at, by namespace, with the dimensions they have.
const AWS_METRICS: [(&str, &str, &[&str]); 12] = [
    ("AWS/Lambda", "Errors", &["FunctionName"]),
    ("AWS/Lambda", "Duration", &["FunctionName"]),
    ("AWS/Lambda", "Invocations", &["FunctionName"]),
    ("AWS/Lambda", "IteratorAge", &["FunctionName"]),
    ("AWS/Lambda", "UrlRequestCount", &["FunctionName"]),
    // Of all functions of the account in the region.
    ("AWS/Lambda", "Errors", &[]),
    ("AWS/Lambda", "Throttles", &[]),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", &["QueueName"]),
    ("AWS/SES", "Reputation.BounceRate", &[]),
    ("AWS/SES", "Reputation.ComplaintRate", &[]),
    ("AWS/DynamoDB", "ConsumedReadCapacityUnits", &["TableName"]),
    ("AWS/DynamoDB", "ConsumedWriteCapacityUnits", &["TableName"]),
];

/// A metric that something looks at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Watched {
    namespace: String,
    name: String,
    dimensions: Vec<(String, String)>,
}

impl Watched {
    /// In CloudFormation's words.
    fn of_alarm(metric: &Value) -> Self {
        let dimension = |d: &Value| (text(&d["Name"]), text(&d["Value"]));
        Self {
            namespace: text(&metric["Namespace"]),
            name: text(&metric["MetricName"]),
            dimensions: metric["Dimensions"].as_array().into_iter().flatten().map(dimension).collect(),
        }
    }

    /// In a dashboard's words: namespace, name, then dimension and value in turn.
    fn of_dashboard(line: &Value) -> Self {
        let words: Vec<String> = line.as_array().expect("a list").iter().map(text).collect();
        let [namespace, name, dimensions @ ..] = words.as_slice() else { panic!("{line}: namespace and name first") };
        let dimensions = dimensions.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
        Self { namespace: namespace.clone(), name: name.clone(), dimensions }
    }

    /// Fails where nothing ever writes it.
    fn must_exist(&self, template: &Template, by: &str) {
        let names: Vec<&str> = self.dimensions.iter().map(|(name, _)| name.as_str()).collect();
        if self.namespace == NAMESPACE {
            let [(dimension, function)] = self.dimensions.as_slice() else {
                panic!("{by}: {self:?} needs its Function")
            };
            assert_eq!(dimension, "Function", "{by}: {self:?}");
            let counted = METRICS.iter().find(|(name, _)| name == function);
            let counted = counted.unwrap_or_else(|| panic!("{by}: no function is called {function}")).1;
            assert!(counted.iter().any(|m| m.name() == self.name), "{by}: {function} never counts {}", self.name);
            return;
        }
        let known = AWS_METRICS.iter().any(|(namespace, name, dimensions)| {
            let of_index = ["TableName", "GlobalSecondaryIndexName"];
            let has_them = names == *dimensions || (*namespace == "AWS/DynamoDB" && names == of_index);
            self.namespace == *namespace && self.name == *name && has_them
        });
        assert!(known, "{by}: {self:?} is not among the metrics of AWS that this test knows: look it up, then add it");
        for (name, value) in &self.dimensions {
            match name.as_str() {
                "FunctionName" => drop(template.function_meant(value)),
                "QueueName" => {
                    let queue = value.strip_prefix("${").and_then(|queue| queue.strip_suffix(".QueueName}"));
                    assert!(
                        template.of_type("AWS::SQS::Queue").contains_key(queue.unwrap_or_default()),
                        "{by}: {value}"
                    );
                }
                "TableName" => assert_eq!(value, "${Table}", "{by}"),
                _ => assert_eq!(value, "due", "{by}: the table's only index"),
            }
        }
    }
}

/// The metrics that an alarm looks at: its only one, or those of its sum.
fn of_alarm(alarm: &Value) -> Vec<Watched> {
    match alarm["Metrics"].as_array() {
        None => vec![Watched::of_alarm(alarm)],
        Some(metrics) => {
            let stats = metrics.iter().filter(|metric| metric.get("MetricStat").is_some());
            stats.map(|metric| Watched::of_alarm(&metric["MetricStat"]["Metric"])).collect()
        }
    }
}

fn of_dashboard(template: &Template) -> Vec<Watched> {
    let body = text(&template.resource("Dashboard")["DashboardBody"]);
    let body: Value = serde_json::from_str(&body).expect("the dashboard's body must be JSON");
    let widgets = body["widgets"].as_array().expect("widgets").clone();
    let lines =
        widgets.iter().flat_map(|widget| widget["properties"]["metrics"].as_array().cloned().unwrap_or_default());
    lines.map(|line| Watched::of_dashboard(&line)).collect()
}

#[test]
fn alarms_and_dashboard_look_at_metrics_that_exist() {
    let template = Template::main();
    for (id, alarm) in template.of_type("AWS::CloudWatch::Alarm") {
        let watched = of_alarm(alarm);
        assert!(!watched.is_empty(), "{id} looks at nothing");
        for metric in watched {
            metric.must_exist(&template, id);
        }
    }
    for metric in of_dashboard(&template) {
        metric.must_exist(&template, "Dashboard");
    }
}

#[test]
fn whatever_is_counted_can_be_seen() {
    let seen: BTreeSet<Watched> = of_dashboard(&Template::main()).into_iter().collect();
    for (function, counted) in METRICS {
        for metric in counted {
            let dimensions = vec![("Function".to_owned(), function.to_owned())];
            let metric = Watched { namespace: NAMESPACE.to_owned(), name: metric.name().to_owned(), dimensions };
            assert!(seen.contains(&metric), "the dashboard does not show {metric:?}");
        }
    }
}

#[test]
fn what_a_person_must_do_something_about_calls_them() {
    let template = Template::main();
    let alarms = template.of_type("AWS::CloudWatch::Alarm");
    let watched: BTreeSet<(String, String)> =
        alarms.values().flat_map(|alarm| of_alarm(alarm)).map(|metric| (metric.namespace, metric.name)).collect();
    for (namespace, name) in [
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
        (NAMESPACE, "FollowUpsInDoubt"),
        (NAMESPACE, "LeftUnsent"),
        (NAMESPACE, "Overdue"),
        (NAMESPACE, "WebhooksFailed"),
        (NAMESPACE, "WebhooksUnsigned"),
        (NAMESPACE, "WebhooksUnreadable"),
        (NAMESPACE, "AccountStopped"),
        (NAMESPACE, "RepairsFailed"),
        (NAMESPACE, "ShopsFailed"),
        (NAMESPACE, "SlotsFailed"),
        ("AWS/SES", "Reputation.BounceRate"),
        ("AWS/SES", "Reputation.ComplaintRate"),
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/Lambda", "Invocations"),
        ("AWS/Lambda", "UrlRequestCount"),
    ] {
        assert!(watched.contains(&(namespace.to_owned(), name.to_owned())), "no alarm looks at {namespace} {name}");
    }
}

#[test]
fn every_fault_that_is_counted_has_an_alarm_or_a_reason_to_have_none() {
    let template = Template::main();
    let alarms = template.of_type("AWS::CloudWatch::Alarm");
    let watched: BTreeSet<Watched> = alarms.values().flat_map(|alarm| of_alarm(alarm)).collect();
    for (function, counted) in METRICS {
        for metric in counted {
            let dimensions = vec![("Function".to_owned(), function.to_owned())];
            let of_function = Watched { namespace: NAMESPACE.to_owned(), name: metric.name().to_owned(), dimensions };
            let is_fine = GOOD_NEWS.contains(metric) || WITHOUT_ALARM.iter().any(|(without, _)| without == metric);
            assert_ne!(
                watched.contains(&of_function),
                is_fine,
                "{of_function:?}: an alarm, or a reason; one of the two"
            );
        }
    }
}

/// `docs/deploy.md`, "When an alarm comes": a row for each, under the name that the stack gives it where it is called as
/// the guide calls it.
#[test]
fn the_guide_has_a_row_for_every_alarm_and_for_no_other() {
    let guide = include_str!("../../../docs/deploy.md");
    let section = guide.split("## When an alarm comes").nth(1).expect("the section");
    let table: Vec<&str> =
        section.lines().skip_while(|l| !l.starts_with('|')).take_while(|l| l.starts_with('|')).collect();
    let rows = table.iter().filter_map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let name = cells[0].strip_prefix("`wasurena-")?.strip_suffix('`')?;
        assert!(cells.len() == 3 && cells.iter().all(|cell| !cell.is_empty()), "what happened, and what to do: {row}");
        Some(format!("${{AWS::StackName}}-{name}"))
    });
    let told: Vec<String> = rows.collect();
    let template = Template::main();
    let alarms = template.of_type("AWS::CloudWatch::Alarm");
    let mut names: Vec<String> = alarms.values().map(|alarm| text(&alarm["AlarmName"])).collect();
    let mut sorted = told.clone();
    sorted.sort();
    names.sort();
    assert_eq!(sorted, names, "each alarm once");
}

#[test]
fn the_guide_says_what_the_keepers_report_may_find() {
    let guide = include_str!("../../../docs/deploy.md");
    let section = guide.split("### The keeper's report").nth(1).expect("the section");
    let section = section.split("\n### ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|row| row.strip_prefix("| `")?.split('`').next());
    let told: BTreeSet<&str> = rows.collect();
    let found: BTreeSet<&str> = keep_promises::Finding::ALL.iter().map(|finding| finding.name()).collect();
    assert_eq!(told, found);
}

#[test]
fn every_alarm_calls_the_owner_and_says_what_to_do() {
    let template = Template::main();
    for (id, alarm) in template.of_type("AWS::CloudWatch::Alarm") {
        let said = alarm["AlarmDescription"].as_str().unwrap_or_default();
        assert!(
            said.split(". ").count() >= 2 && said.len() <= 1024,
            "{id}: say what happened and what to do: {said:?}"
        );
        assert_eq!(
            alarm["AlarmActions"].as_array().map(|a| a.iter().map(text).collect()),
            Some(vec!["${OwnerTopic}".to_owned()]),
            "{id}"
        );
        // The topic lets in alarms by their name.
        assert!(text(&alarm["AlarmName"]).starts_with("${AWS::StackName}-"), "{id}");
        assert!(
            alarm["TreatMissingData"].is_string(),
            "{id}: a metric is not there while nothing happens: say what that means"
        );
    }
    let subscription = template.resource("OwnerSubscription");
    assert_eq!(
        (text(&subscription["TopicArn"]), text(&subscription["Endpoint"])),
        ("${OwnerTopic}".into(), "${OwnerMail}".into())
    );
}

#[test]
fn sums_count_what_is_not_there_as_nothing() {
    for (id, alarm) in Template::main().of_type("AWS::CloudWatch::Alarm") {
        let Some(metrics) = alarm["Metrics"].as_array() else { continue };
        let sum = metrics.iter().find_map(|metric| metric["Expression"].as_str()).expect("an expression");
        let ids = metrics.iter().filter(|metric| metric["ReturnData"] == false);
        let expected: Vec<String> = ids.map(|metric| format!("FILL({}, 0)", text(&metric["Id"]))).collect();
        assert_eq!(sum, expected.join(" + "), "{id}: one metric without data would leave the sum without a value");
        // FILL makes a 0 of what comes a moment late, so the period before must count as well.
        assert!(alarm["EvaluationPeriods"].as_i64() > alarm["DatapointsToAlarm"].as_i64(), "{id}");
    }
}
