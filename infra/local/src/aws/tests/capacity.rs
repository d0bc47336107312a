//! What a write costs: the figures the project's cost tests build on.

use aws_sdk_dynamodb::types::{ConditionCheck, Put, TransactWriteItem, Update};

use super::{Cloud, TABLE, text};

/// Items of the tests: in the index (`lane` and `due` given) or not.
fn in_index(due: &str) -> Vec<(&'static str, String)> {
    vec![("lane", "s0".into()), ("due", due.into())]
}

impl Cloud {
    async fn put_costs(&self, sk: &str, attributes: Vec<(&'static str, String)>) -> f64 {
        self.aws.reset_usage();
        let mut put = self.dynamodb.put_item().table_name(TABLE).item("pk", text("a")).item("sk", text(sk));
        for (name, value) in attributes {
            put = put.item(name, text(&value));
        }
        put.send().await.unwrap();
        self.aws.usage().write_units
    }

    async fn update_costs(&self, sk: &str, expression: &str, values: &[(&str, &str)]) -> f64 {
        self.aws.reset_usage();
        let mut update = self.dynamodb.update_item().table_name(TABLE).key("pk", text("a")).key("sk", text(sk));
        for (name, value) in values {
            update = update.expression_attribute_values(*name, text(value));
        }
        update.update_expression(expression).send().await.unwrap();
        self.aws.usage().write_units
    }

    async fn transaction_costs(&self, items: Vec<TransactWriteItem>) -> f64 {
        self.aws.reset_usage();
        // A cancelled one costs too.
        let _ = self.dynamodb.transact_write_items().set_transact_items(Some(items)).send().await;
        self.aws.usage().write_units
    }
}

fn transact_put(sk: &str, attributes: Vec<(&'static str, String)>) -> TransactWriteItem {
    let mut put = Put::builder().table_name(TABLE).item("pk", text("a")).item("sk", text(sk));
    for (name, value) in attributes {
        put = put.item(name, text(&value));
    }
    TransactWriteItem::builder().put(put.build().unwrap()).build()
}

fn transact_update(sk: &str, expression: &str) -> TransactWriteItem {
    let update = Update::builder().table_name(TABLE).key("pk", text("a")).key("sk", text(sk));
    TransactWriteItem::builder().update(update.update_expression(expression).build().unwrap()).build()
}

#[tokio::test]
async fn single_writes() {
    let cloud = Cloud::with_table().await;
    assert_eq!(cloud.put_costs("plain", vec![]).await, 1.0);
    assert_eq!(cloud.put_costs("indexed", in_index("1")).await, 2.0);
    let kilobyte = vec![("pad", "x".repeat(1024))];
    assert_eq!(cloud.put_costs("large", kilobyte).await, 2.0);
}

#[tokio::test]
async fn updates_of_an_indexed_item() {
    let cloud = Cloud::with_table().await;
    cloud.put_costs("i", in_index("1")).await;
    assert_eq!(cloud.update_costs("i", "SET x = :x", &[(":x", "1")]).await, 1.0, "index keys untouched");
    assert_eq!(cloud.update_costs("i", "SET due = :d", &[(":d", "2")]).await, 3.0, "moved within the index");
    assert_eq!(cloud.update_costs("i", "REMOVE lane, due", &[]).await, 2.0, "left the index");
    let back = [(":s", "s0"), (":d", "1")];
    assert_eq!(cloud.update_costs("i", "SET lane = :s, due = :d", &back).await, 2.0, "joined the index");
    assert_eq!(cloud.update_costs("i", "REMOVE due", &[]).await, 2.0, "half a key is no key");
}

#[tokio::test]
async fn a_transaction_doubles_the_table_and_not_the_index() {
    let cloud = Cloud::with_table().await;
    assert_eq!(cloud.transaction_costs(vec![transact_put("1", vec![])]).await, 2.0);
    assert_eq!(cloud.transaction_costs(vec![transact_put("2", in_index("1"))]).await, 3.0);
    assert_eq!(cloud.transaction_costs(vec![transact_update("2", "REMOVE lane, due")]).await, 3.0);
    assert_eq!(cloud.transaction_costs(vec![transact_put("3", vec![]), transact_put("4", in_index("1"))]).await, 5.0);
}

#[tokio::test]
async fn refused_writes_cost_too() {
    let cloud = Cloud::with_table().await;
    cloud.put_costs("1", vec![]).await;
    cloud.aws.reset_usage();
    let refused = cloud
        .dynamodb
        .put_item()
        .table_name(TABLE)
        .item("pk", text("a"))
        .item("sk", text("1"))
        .condition_expression("attribute_not_exists(pk)")
        .send()
        .await;
    assert!(refused.is_err());
    assert_eq!(cloud.aws.usage().write_units, 1.0);

    let check = ConditionCheck::builder()
        .table_name(TABLE)
        .key("pk", text("a"))
        .key("sk", text("1"))
        .condition_expression("attribute_not_exists(pk)")
        .build()
        .unwrap();
    let cancelled = vec![transact_put("2", vec![]), TransactWriteItem::builder().condition_check(check).build()];
    assert_eq!(cloud.transaction_costs(cancelled).await, 4.0);
}

#[tokio::test]
async fn reads() {
    let cloud = Cloud::with_table().await;
    cloud.put_costs("1", in_index("1")).await;
    let get = |consistent: bool| {
        let get = cloud.dynamodb.get_item().table_name(TABLE).key("pk", text("a")).key("sk", text("1"));
        get.consistent_read(consistent).send()
    };
    cloud.aws.reset_usage();
    get(false).await.unwrap();
    assert_eq!(cloud.aws.usage().read_units, 0.5);
    get(true).await.unwrap();
    assert_eq!(cloud.aws.usage().read_units, 1.5);
    let query = cloud.dynamodb.query().table_name(TABLE).index_name("due").key_condition_expression("lane = :s");
    query.expression_attribute_values(":s", text("empty")).send().await.unwrap();
    let usage = cloud.aws.usage();
    assert_eq!((usage.read_units, usage.write_units), (2.0, 0.0));
    assert_eq!((usage.calls["dynamodb.GetItem"], usage.calls["dynamodb.Query"]), (2, 1));
}

#[tokio::test]
async fn a_transaction_replayed_by_its_token_is_a_read() {
    let cloud = Cloud::with_table().await;
    let send = || {
        cloud
            .dynamodb
            .transact_write_items()
            .client_request_token("token-1")
            .transact_items(transact_put("1", in_index("1")))
            .send()
    };
    cloud.aws.reset_usage();
    send().await.unwrap();
    send().await.unwrap();
    let usage = cloud.aws.usage();
    assert_eq!((usage.write_units, usage.read_units), (3.0, 2.0));
}
