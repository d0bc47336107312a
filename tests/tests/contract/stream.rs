//! The table's stream on its way to the functions: what is filtered, how it is batched and tried again.

use crate::everything::a_week_of_many;
use crate::pattern::matches;
use crate::template::{Template, functions_folder, text};
use aws_lambda_events::event::dynamodb::EventRecord;
use lambda_http::http;
use serde_json::{Value, json};
use wasurena_carts::sign;
use wasurena_cloud::stream;
use wasurena_local::{pump, sample};
use wasurena_tests::journey::{Journey, orders};

/// Which records a reader is there for, as the code says.
type Wanted = fn(&EventRecord) -> bool;

const READERS: [(&str, Wanted); 2] = [("plan-follow-ups", stream::is_look), ("set-alarms", stream::is_wait)];

/// The mapping of the stream to a function.
fn mapping<'a>(template: &'a Template, folder: &str) -> &'a Value {
    let mut mappings = template.of_type("AWS::Lambda::EventSourceMapping").into_values();
    let is_its = |mapping: &&Value| template.function_meant(&text(&mapping["FunctionName"])).folder == folder;
    mappings.find(is_its).unwrap_or_else(|| panic!("{folder} reads the stream: it needs an event source mapping"))
}

/// The patterns of a reader's filter: one that matches is enough.
fn patterns(mapping: &Value) -> Vec<Value> {
    let filters = mapping["FilterCriteria"]["Filters"].as_array().expect("filters");
    let pattern = |filter: &Value| serde_json::from_str(filter["Pattern"].as_str().expect("a pattern")).unwrap();
    filters.iter().map(pattern).collect()
}

/// The record that says that an item stands in the table now.
fn stands(item: &Value) -> Value {
    json!({
        "eventID": "1", "eventName": "MODIFY", "eventVersion": "1.1", "eventSource": "aws:dynamodb",
        "awsRegion": "ap-northeast-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_796_083_200,
            "Keys": { "pk": item["pk"], "sk": item["sk"] },
            "NewImage": item, "SequenceNumber": "1", "SizeBytes": 1, "StreamViewType": "NEW_IMAGE",
        },
    })
}

/// The record that says that it is gone.
fn gone(item: &Value) -> Value {
    let mut record = stands(item);
    record["eventName"] = json!("REMOVE");
    record["dynamodb"].as_object_mut().unwrap().remove("NewImage");
    record
}

/// An item as it stands, and as it would stand a moment earlier or later.
fn in_all_conditions(item: &Value) -> Vec<Value> {
    let mut items = vec![item.clone()];
    for (name, values) in [
        ("state", vec![json!({ "S": "planned" }), json!({ "S": "claimed" }), json!({ "S": "planned again" })]),
        ("ended", vec![json!({ "BOOL": true }), json!({ "BOOL": false }), Value::Null]),
        (
            "attention",
            vec![
                json!({ "M": { "facts": { "S": "2026-12-01T01:00Z" } } }),
                json!({ "M": { "review": { "S": "2026-12-01T01:00Z" } } }),
                Value::Null,
            ],
        ),
    ] {
        for value in values {
            let mut other = item.clone();
            let fields = other.as_object_mut().unwrap();
            match value {
                Value::Null => drop(fields.remove(name)),
                value => drop(fields.insert(name.to_owned(), value)),
            }
            items.push(other);
        }
    }
    items
}

/// Checks that filter and code say the same of a record; answers what they say.
fn agreed(patterns: &[Value], wanted: Wanted, record: &Value) -> bool {
    let read: EventRecord = serde_json::from_value(record.clone()).unwrap();
    let passes = patterns.iter().any(|pattern| matches(pattern, record));
    assert_eq!(
        passes,
        wanted(&read),
        "the template's filter on the left, shared/cloud/src/stream.rs on the right: {record}"
    );
    passes
}

#[tokio::test]
async fn the_filters_pass_what_the_functions_are_there_for_and_nothing_else() {
    let items = a_week_of_many().await.diary().await;
    let template = Template::main();
    for (folder, wanted) in READERS {
        let patterns = patterns(mapping(&template, folder));
        let (mut passed, mut dropped) = (0, 0);
        for item in items.iter().flat_map(in_all_conditions) {
            for record in [stands(&item), gone(&item)] {
                *(if agreed(&patterns, wanted, &record) { &mut passed } else { &mut dropped }) += 1;
            }
        }
        assert!(passed > 20 && dropped > 20, "{folder}: {passed} passed, {dropped} dropped: too few to mean anything");
    }
}

#[tokio::test]
async fn records_as_the_stream_has_them_are_filtered_alike() {
    let journey = Journey::begin().await;
    let order = orders::paid(1, "2026-12-01T08:00:00+09:00", "hanako@example.jp", "飯碗").to_string();
    let (name, signature) = sign::shopify(sample::SECRET, order.as_bytes());
    let request = http::Request::post(format!("/hooks/{}/shopify", sample::SHOP));
    let request = request.header("x-shopify-topic", "orders/create").header(name, signature);
    // To the function and not to the server: nobody reads the stream behind it.
    journey.world().hook(request.body(lambda_http::Body::from(order)).unwrap()).await;
    let records = journey.world().aws().streams().records_after("wasurena", None, 1000).unwrap();
    let template = Template::main();
    for (folder, wanted) in READERS {
        let patterns = patterns(mapping(&template, folder));
        let records = records.iter().map(|record| serde_json::to_value(record).unwrap());
        let passed = records.filter(|record| agreed(&patterns, wanted, record)).count();
        assert_eq!(
            passed,
            usize::from(folder == "plan-follow-ups"),
            "{folder}: a purchase is for the planner to look at"
        );
    }
}

#[test]
fn batches_and_retries_are_those_that_the_embedded_cloud_plays() {
    let template = Template::main();
    assert_eq!(template.of_type("AWS::Lambda::EventSourceMapping").len(), READERS.len());
    for (folder, _) in READERS {
        let mapping = mapping(&template, folder);
        let number = |name: &str| mapping[name].as_i64().unwrap_or_else(|| panic!("{folder}: {name} must be a number"));
        let timeout_s = template.functions()[folder].timeout_s();
        assert_eq!(text(&mapping["EventSourceArn"]), "${Table.StreamArn}", "{folder}");
        assert_eq!(number("BatchSize"), i64::try_from(pump::BATCH).unwrap(), "{folder}");
        assert_eq!(
            number("MaximumRetryAttempts") + 1,
            i64::from(pump::ATTEMPTS_MAX),
            "{folder}: the first is no retry"
        );
        assert_eq!(timeout_s, pump::TIMEOUT_S, "{folder}");
        assert_eq!(
            mapping["FunctionResponseTypes"],
            json!(["ReportBatchItemFailures"]),
            "{folder} reports single records"
        );
        assert_eq!(
            mapping["BisectBatchOnFunctionError"], true,
            "{folder}: one bad record would take the batch with it"
        );
        assert_eq!(mapping["StartingPosition"], "TRIM_HORIZON", "{folder}: what came before the deployment is lost");
        assert!(number("MaximumBatchingWindowInSeconds") <= 1, "{folder}: purchases wait");
        let age_s = number("MaximumRecordAgeInSeconds");
        assert!(age_s < 24 * 3600, "{folder}: the stream forgets after 24 hours, and nothing says what it forgot");
        assert!(
            age_s > i64::from(pump::ATTEMPTS_MAX) * timeout_s,
            "{folder}: a record may grow too old while it is tried"
        );
        assert_eq!(
            text(&mapping["DestinationConfig"]["OnFailure"]["Destination"]),
            "${StreamFailures.Arn}",
            "{folder}"
        );
    }
}

#[test]
fn every_function_that_reads_the_stream_is_looked_at_here() {
    let reads = |folder: &str| {
        let main = std::fs::read_to_string(functions_folder().join(folder).join("src/main.rs")).unwrap();
        main.contains("event::dynamodb::Event")
    };
    for folder in Template::main().functions().into_keys() {
        assert_eq!(reads(&folder), READERS.iter().any(|(reader, _)| *reader == folder), "{folder}");
    }
}
