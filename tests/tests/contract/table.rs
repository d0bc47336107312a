//! The table, as the template makes it on AWS and the code makes it here.

use crate::template::Template;
use aws_sdk_dynamodb::types::{AttributeDefinition, KeySchemaElement, TableDescription};
use serde_json::{Value, json};
use wasurena_tests::journey::{Journey, orders};

/// The table that the code created.
async fn of_the_code(journey: &Journey) -> TableDescription {
    let client = aws_sdk_dynamodb::Client::new(&journey.world().aws().sdk_config());
    client.describe_table().table_name("wasurena").send().await.unwrap().table.unwrap()
}

fn schema(elements: &[KeySchemaElement]) -> Value {
    let element =
        |e: &KeySchemaElement| json!({ "AttributeName": e.attribute_name(), "KeyType": e.key_type().as_str() });
    elements.iter().map(element).collect()
}

fn definitions(mut definitions: Vec<AttributeDefinition>) -> Value {
    definitions.sort_by(|a, b| a.attribute_name().cmp(b.attribute_name()));
    let one = |d: &AttributeDefinition| {
        let kind = d.attribute_type().as_str();
        json!({ "AttributeName": d.attribute_name(), "AttributeType": kind })
    };
    definitions.iter().map(one).collect()
}

fn sorted(list: &Value) -> Value {
    let mut list = list.as_array().expect("a list").clone();
    list.sort_by_key(|entry| entry["AttributeName"].to_string());
    list.into()
}

#[tokio::test]
async fn keys_index_and_stream_are_the_same() {
    let journey = Journey::begin().await;
    let code = of_the_code(&journey).await;
    let template = Template::main();
    let table = template.resource("Table");
    assert_eq!(table["KeySchema"], schema(code.key_schema()), "the template on the left, here and below");
    assert_eq!(sorted(&table["AttributeDefinitions"]), definitions(code.attribute_definitions().to_vec()));
    assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
    let indexes = table["GlobalSecondaryIndexes"].as_array().expect("indexes");
    assert_eq!(indexes.len(), code.global_secondary_indexes().len());
    for (index, of_code) in indexes.iter().zip(code.global_secondary_indexes()) {
        assert_eq!(index["IndexName"], of_code.index_name().unwrap());
        assert_eq!(index["KeySchema"], schema(of_code.key_schema()));
        let projection = of_code.projection().and_then(|p| p.projection_type()).unwrap();
        assert_eq!(index["Projection"], json!({ "ProjectionType": projection.as_str() }));
    }
    let stream = code.stream_specification().and_then(|stream| stream.stream_view_type()).unwrap();
    assert_eq!(table["StreamSpecification"]["StreamViewType"], stream.as_str(), "an old image shows what was erased");
}

#[tokio::test]
async fn items_name_their_end_by_the_attribute_that_the_table_watches() {
    let journey = Journey::begin().await;
    let order = orders::paid(1, "2026-12-01T08:00:00+09:00", "hanako@example.jp", "飯碗");
    journey.shopify("orders/create", &order).await;
    let template = Template::main();
    let ttl = &template.resource("Table")["TimeToLiveSpecification"];
    assert_eq!(ttl["Enabled"], true);
    let name = ttl["AttributeName"].as_str().expect("an attribute");
    let items = journey.diary().await;
    let with_end = items.iter().filter(|item| item[name]["N"].is_string()).count();
    assert!(with_end > 0, "no item has {name}: nothing would ever be tidied up");
    let lasting = ["customer", "purchase", "follow_up", "ledger", "task"];
    let mut kept = items.iter().filter(|item| lasting.iter().any(|kind| item["entity"]["S"] == *kind));
    assert!(kept.all(|item| item.get(name).is_none()), "the record of a customer would go away");
}

#[test]
fn the_diary_survives_its_stack_and_mistakes() {
    let template = Template::main();
    let table = template.resource("Table");
    assert_eq!(table["DeletionProtectionEnabled"], true);
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
    assert_eq!(table["SSESpecification"]["SSEEnabled"], true);
    let resource = &template.part("Resources")["Table"];
    assert_eq!((&resource["DeletionPolicy"], &resource["UpdateReplacePolicy"]), (&json!("Retain"), &json!("Retain")));
}
