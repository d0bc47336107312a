//! What counts as what, from the webhook to the mail: the journeys behind the domain's tables.

use serde_json::{Value, json};
use wasurena_letters::Files;
use wasurena_local::sample;
use wasurena_tests::journey::{Journey, moment, orders};

const HANAKO: &str = "hanako@example.jp";
const AT: &str = "2026-12-01T10:00:00+09:00";

fn order(changes: &Value) -> Value {
    orders::with(&orders::paid(1, AT, HANAKO, "飯碗"), changes)
}

async fn kinds(journey: &Journey) -> Vec<String> {
    let mut kinds: Vec<String> = journey.tasks().await.iter().map(|t| t["kind"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds
}

/// An order changed in one way: how many mails it leads to in 25 days, and what is left to the owner.
#[tokio::test]
async fn an_order_is_what_it_says() {
    let company = json!({ "billing_address": { "company": "見本商事株式会社" } });
    let rows: [(&str, Value, usize, &[&str]); 7] = [
        ("a purchase", json!({}), 3, &[]),
        ("nothing to pay", json!({ "total_price": "0" }), 0, &[]),
        ("an exchange", json!({ "tags": "交換" }), 0, &["settle_case"]),
        ("a renewal", json!({ "source_name": "subscription_contract" }), 0, &[]),
        ("a company's", company, 0, &["decide_order"]),
        (
            "without a name",
            json!({ "customer": { "email_marketing_consent": { "state": "subscribed" } } }),
            3,
            &["check_name"],
        ),
        ("a marketplace's", json!({ "email": "abc123@marketplace.amazon.co.jp" }), 0, &[]),
    ];
    for (what, changes, mails, tasks) in rows {
        let journey = Journey::begin().await;
        assert_eq!(journey.shopify("orders/create", &order(&changes)).await, 200, "{what}");
        journey.days(25).await;
        assert_eq!(
            (journey.mails().await.len(), kinds(&journey).await),
            (mails, tasks.iter().map(|t| (*t).to_owned()).collect()),
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_partial_refund_stops_cheer_and_is_on_the_owners_list() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &order(&json!({}))).await;
    journey.days(3).await;
    let refund = json!({
        "id": 900, "order_id": 6_600_000_000_001_u64, "created_at": "2026-12-04T10:00:00+09:00",
        "transactions": [{ "id": 1, "kind": "refund", "status": "success", "amount": "800", "currency": "JPY" }],
        "refund_line_items": [],
    });
    assert_eq!(journey.shopify("refunds/create", &refund).await, 200);
    journey.days(40).await;
    assert_eq!(journey.received(HANAKO).await, ["12-02 10:00 thanks-first"]);
    assert_eq!(kinds(&journey).await, ["settle_case"]);
}

#[tokio::test]
async fn a_konbini_order_begins_when_it_is_paid() {
    let journey = Journey::begin().await;
    let waiting = order(&json!({ "financial_status": "pending" }));
    journey.shopify("orders/create", &waiting).await;
    journey.until("2026-12-05T12:00:00+09:00").await;
    assert!(journey.mails().await.is_empty());
    let paid =
        orders::with(&waiting, &json!({ "financial_status": "paid", "updated_at": "2026-12-05T12:00:00+09:00" }));
    journey.shopify("orders/paid", &paid).await;
    journey.days(2).await;
    assert_eq!(journey.received(HANAKO).await, ["12-06 10:00 thanks-first"]);
}

/// Publishes the default programme with a line more in the shop's settings, and perhaps a product file.
async fn publish(journey: &Journey, line: &str, products: Option<&str>) {
    let with_line = |text: &str| text.replace("shards = 1", &format!("shards = 1\n{line}"));
    let default = wasurena_letters::utsuwa("2026-12-01".parse().unwrap());
    let files = default.iter().map(|(path, text)| match path {
        "shop.toml" => (path.to_owned(), with_line(text)),
        _ => (path.to_owned(), text.to_owned()),
    });
    let products = products.map(|table| ("products.csv".to_owned(), table.to_owned()));
    let shop = sample::SHOP.to_owned().try_into().unwrap();
    journey.world().bookshelf().publish(&shop, &Files::new(files.chain(products)).unwrap()).await.unwrap();
}

#[tokio::test]
async fn what_the_shop_orders_itself_is_kept_and_nobodys() {
    let journey = Journey::begin().await;
    publish(&journey, "own_addresses = [\"@staff.example.jp\"]", None).await;
    assert_eq!(journey.shopify("orders/create", &order(&json!({ "email": "sato@staff.example.jp" }))).await, 200);
    journey.days(25).await;
    assert!(journey.mails().await.is_empty() && journey.tasks().await.is_empty());
    let diary = journey.diary().await;
    let of = |entity: &str| diary.iter().filter(|item| item["entity"]["S"] == entity).count();
    assert_eq!((of("purchase"), of("customer"), of("follow_up")), (1, 0, 0));
}

/// Stripe's event has no lines, only the payment link: what was bought is told by the link's own name, else by the
/// product file, else by nobody.
#[tokio::test]
async fn a_payment_link_says_what_was_bought() {
    let journey = Journey::begin().await;
    let table = "id,name,picture\nplink_1,粉引の飯碗,https://img.example.jp/meshiwan.jpg\n";
    publish(&journey, "products = \"products.csv\"", Some(table)).await;
    let rows = [
        ("plink_1", json!({}), "粉引の飯碗", true),
        ("plink_1", json!({ "product_name": "飯碗(大)" }), "飯碗(大)", true),
        ("plink_2", json!({ "product_name": "湯呑み" }), "湯呑み", false),
        ("plink_2", json!({}), "お品", false),
    ];
    for (number, (link, metadata, ..)) in rows.iter().enumerate() {
        let mut paid =
            orders::stripe(&format!("pi_{number}"), moment(AT).timestamp(), &format!("c{number}@example.jp"));
        paid["data"]["object"]["payment_link"] = json!(link);
        paid["data"]["object"]["metadata"] = metadata.clone();
        assert_eq!(journey.stripe(&paid).await, 200);
    }
    journey.until("2026-12-02T12:00:00+09:00").await;
    let mails = journey.mails().await;
    for (number, (link, metadata, name, pictured)) in rows.iter().enumerate() {
        let mail = mails.iter().find(|mail| mail["to"][0] == format!("c{number}@example.jp")).unwrap();
        assert!(mail["text"].as_str().unwrap().contains(name), "{link} {metadata}: {}", mail["text"]);
        let shows = mail["html"].as_str().unwrap().contains("https://img.example.jp/meshiwan.jpg");
        assert_eq!(shows, *pictured, "{link} {metadata}");
    }
}
