//! The diary's table and the alarms, looked at and tampered with from outside: beside the clients, the gate and the meter.

use super::life::Person;
use chrono::{DateTime, Duration, Utc};
use dynoxide::actions::query::QueryRequest;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::actions::update_item::UpdateItemRequest;
use serde_json::{Value, json};
use wasurena_cloud::alarms::Alarm;
use wasurena_cloud::diary::{DUE_INDEX, due_partition};
use wasurena_domain::calendar::Slot;
use wasurena_domain::ids::ShopId;
use wasurena_local::TABLE;
use wasurena_local::aws::Aws;

/// The partitions of the index of what is due, of both shops.
const PARTITIONS: [(&str, u32); 3] = [("sakura", 0), ("kaede", 0), ("kaede", 1)];

/// Every item but the programmes' files and pages.
pub(crate) fn items(aws: &Aws) -> Vec<Value> {
    let mut items = Vec::new();
    let mut from = Value::Null;
    loop {
        let request = json!({
            "TableName": TABLE,
            "ExclusiveStartKey": from,
            "FilterExpression": "NOT entity IN (:file, :page)",
            "ExpressionAttributeValues": { ":file": { "S": "file" }, ":page": { "S": "page" } },
        });
        let request: ScanRequest = serde_json::from_value(request).expect("a request");
        let page = serde_json::to_value(aws.database().scan(request).expect("the table")).expect("JSON");
        from = page["LastEvaluatedKey"].clone();
        items.extend(items_of(page));
        if from.is_null() {
            return items;
        }
    }
}

/// The items of an answer.
fn items_of(mut answer: Value) -> Vec<Value> {
    match answer["Items"].take() {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

/// When something of these shops is due first; nothing where nothing ever is.
pub(crate) fn first_due(aws: &Aws, shops: &[&str]) -> Option<DateTime<Utc>> {
    let first = |(shop, shard): &(&str, u32)| {
        let shop = ShopId::parse(shop).expect("a shop's id");
        let request = json!({
            "TableName": TABLE,
            "IndexName": DUE_INDEX,
            "KeyConditionExpression": "due_pk = :partition",
            "ExpressionAttributeValues": { ":partition": { "S": due_partition(&shop, *shard) } },
            "Limit": 1,
        });
        let place = query(aws, request).first()?["due_sk"]["S"].as_str()?.to_owned();
        Some(Slot::parse(place.split('#').next()?).ok()?.start())
    };
    PARTITIONS.iter().filter(|(shop, _)| shops.contains(shop)).filter_map(first).min()
}

/// The addresses of customers whose facts have changed and whom nobody has planned for yet.
pub(crate) fn waiting_for_the_planner(aws: &Aws, now: DateTime<Utc>) -> Vec<String> {
    let until = format!("{}~", (now + Duration::minutes(61)).format("%Y-%m-%dT%H:%MZ"));
    let mut addresses = Vec::new();
    for (shop, shard) in PARTITIONS {
        let shop = ShopId::parse(shop).expect("a shop's id");
        let request = json!({
            "TableName": TABLE,
            "IndexName": DUE_INDEX,
            "KeyConditionExpression": "due_pk = :partition AND due_sk <= :until",
            "ExpressionAttributeValues": {
                ":partition": { "S": due_partition(&shop, shard) }, ":until": { "S": until },
            },
        });
        for entry in query(aws, request).iter().filter(|entry| entry["sk"]["S"] == "C") {
            let request = json!({
                "TableName": TABLE,
                "KeyConditionExpression": "pk = :pk AND sk = :sk",
                "ExpressionAttributeValues": { ":pk": entry["pk"], ":sk": entry["sk"] },
            });
            let items = query(aws, request);
            let waits = items.iter().filter(|item| item["attention"].to_string().contains("facts"));
            addresses.extend(waits.filter_map(|item| Some(item["email"]["S"].as_str()?.to_owned())));
        }
    }
    addresses
}

/// What is due in a slot: the customer's address, and the step.
pub(crate) fn due_in_slot(aws: &Aws, alarm: &Alarm) -> Vec<(String, String)> {
    let request = json!({
        "TableName": TABLE,
        "IndexName": DUE_INDEX,
        "KeyConditionExpression": "due_pk = :partition AND begins_with(due_sk, :slot)",
        "ExpressionAttributeValues": {
            ":partition": { "S": due_partition(&alarm.shop, alarm.shard) }, ":slot": { "S": format!("{}#F", alarm.slot) },
        },
    });
    let text = |entry: &Value, sk: &Value, name: &str| {
        let request = json!({
            "TableName": TABLE,
            "KeyConditionExpression": "pk = :pk AND sk = :sk",
            "ExpressionAttributeValues": { ":pk": entry["pk"], ":sk": sk },
        });
        Some(query(aws, request).first()?[name]["S"].as_str()?.to_owned())
    };
    let due = |entry: &Value| Some((text(entry, &json!({ "S": "C" }), "email")?, text(entry, &entry["sk"], "step")?));
    query(aws, request).iter().filter_map(due).collect()
}

/// A follow-up's item. Its id begins with its customer's.
pub(crate) fn follow_up(aws: &Aws, shop: &str, id: &str) -> Option<Value> {
    let (customer, _) = id.split_once('_')?;
    let request = json!({
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :pk AND sk = :sk",
        "ExpressionAttributeValues": {
            ":pk": { "S": format!("{shop}#C#{customer}") },
            ":sk": { "S": format!("F#{id}") },
        },
    });
    query(aws, request).pop()
}

fn query(aws: &Aws, request: Value) -> Vec<Value> {
    let request: QueryRequest = serde_json::from_value(request).expect("a request");
    items_of(serde_json::to_value(aws.database().query(request).expect("the table")).expect("JSON"))
}

/// Deletes every alarm.
pub(crate) fn lose_alarms(aws: &Aws) {
    let scheduler = aws.scheduler();
    let far = scheduler.next_ring().expect("the alarms").map(|first| first + Duration::days(36_500));
    for ring in far.map(|far| scheduler.due(far).expect("the alarms")).unwrap_or_default() {
        scheduler.complete(&ring).expect("the alarms");
    }
}

/// Makes somebody's record one that nobody can read, or one that everybody can again. Answers whether there was one.
pub(crate) fn spoil(aws: &Aws, person: &Person, is_spoilt: bool) -> bool {
    let of = |item: &&Value| item["sk"]["S"] == "C" && item["email"]["S"] == person.address.as_str();
    let items = items(aws);
    let Some(item) = items.iter().find(of) else { return false };
    let request = json!({
        "TableName": TABLE,
        "Key": { "pk": item["pk"], "sk": item["sk"] },
        "UpdateExpression": "SET #schema = :schema",
        "ExpressionAttributeNames": { "#schema": "schema" },
        "ExpressionAttributeValues": { ":schema": { "N": if is_spoilt { "99" } else { "1" } } },
    });
    let request: UpdateItemRequest = serde_json::from_value(request).expect("a request");
    aws.database().update_item(request).is_ok()
}
