//! Log lines hold no personal data, and bad input is one line.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use std::io;
use std::sync::{Arc, Mutex};
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use wasurena_cloud::clock::WallClock;
use wasurena_cloud::telemetry::{Lines, METRICS, filter};
use wasurena_tests::journey::{Journey, orders};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

/// Everything about the person that a log could give away.
const PERSONAL: [&str; 7] = ["hanako", "example.jp", "花子", "山田", "3-1234-5678", "312345678", "飯碗"];

/// A line says when, how grave and what; and if it counts, it counts one for a metric that is known.
fn check(line: &Value) {
    assert!(line["timestamp"].as_str().is_some_and(|at| at.ends_with('Z')), "{line}");
    assert!(line["level"].is_string() && line["message"].is_string() && line["target"].is_string(), "{line}");
    let Some(directive) = line.get("_aws") else { return };
    assert!(directive["Timestamp"].is_i64(), "{line}");
    let counted = &directive["CloudWatchMetrics"][0];
    assert_eq!(counted["Dimensions"], json!([["Function"]]), "{line}");
    assert_eq!((counted["Namespace"].as_str(), line["Function"].as_str()), (Some("Wasurena"), Some("journey")));
    let name = counted["Metrics"][0]["Name"].as_str().unwrap();
    assert_eq!(line[name], 1, "{line}");
    assert!(METRICS.iter().any(|(_, metrics)| metrics.iter().any(|metric| metric.name() == name)), "{name}");
}

#[tokio::test]
async fn a_whole_journey_with_faults_and_bad_input_logs_nothing_personal() {
    let log = Log::default();
    // Our own lines at every level; of everything else what would be seen in production.
    let written = Lines::new("journey", Arc::new(WallClock), log.clone());
    tracing_subscriber::registry().with(filter(Level::TRACE)).with(written).init();
    let journey = Journey::begin().await;
    let order = orders::paid(1, "2026-12-01T10:00:00+09:00", "hanako@example.jp", "飯碗");
    let order = orders::with(&order, &json!({ "phone": "03-1234-5678" }));
    journey.shopify("orders/create", &order).await;
    journey.turn("faults", &json!({ "call": "ses.SendEmail", "how": "throttle", "times": 1 })).await;
    journey.until("2026-12-02T12:00:00+09:00").await;
    journey.turn("faults", &json!({ "call": "ses.SendEmail", "how": "fail_after", "times": 1 })).await;
    journey.turn("faults", &json!({ "call": "dynamodb.PutItem", "how": "down", "times": 5 })).await;
    journey.until("2026-12-20T12:00:00+09:00").await;
    let page = journey.stop_page("hanako@example.jp").await;
    journey.post(&page, &[], b"wish=stop".to_vec()).await;
    let mail = journey.mails().await.last().unwrap()["id"].clone();
    journey.turn("ses-events", &json!({ "mail": mail, "type": "bounce", "permanent": true })).await;
    let woocommerce = orders::woocommerce(7, "2026-12-20T03:00:00", "hanako@example.jp", "飯碗");
    assert_eq!(journey.woocommerce("order.created", &woocommerce).await, 200);
    assert_eq!(journey.stripe(&orders::stripe("pi_7", 1_797_735_600, "hanako@example.jp")).await, 200);
    let subject = json!({
        "shop_domain": "sakura.example.jp", "orders_requested": [], "orders_to_redact": [],
        "customer": { "email": "hanako@example.jp", "phone": "03-1234-5678" },
    });
    assert_eq!(journey.shopify("customers/data_request", &subject).await, 200);
    assert_eq!(journey.shopify("customers/redact", &subject).await, 200);
    let logged = log.take();
    assert!(logged.contains("customer.erased") && logged.contains("delivery.recorded"), "{logged}");
    assert!(
        logged.contains("follow_up.sent")
            && logged.contains("webhook.accepted")
            && logged.contains("follow_up.not_sent"),
        "{logged}"
    );

    let bad = orders::with(&order, &json!({ "total_price": "花子 飯碗 hanako@example.jp" }));
    assert_eq!(journey.shopify("orders/create", &bad).await, 400);
    let refused = log.take();
    assert_eq!(refused.lines().filter(|line| line.contains("webhook.refused")).count(), 1, "{refused}");
    assert_eq!(journey.post("/hooks/hanako@example.jp/飯碗", &[], b"{}".to_vec()).await.status(), 404);
    let unknown = log.take();

    for line in [&logged, &refused, &unknown].into_iter().flat_map(|text| text.lines()) {
        check(&serde_json::from_str(line).unwrap());
    }
    let read: Vec<Value> = logged.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let sent = read.iter().find(|line| line["message"] == "delivery.recorded").unwrap();
    let thread: Vec<&str> = read
        .iter()
        .filter(|line| line["follow_up"] == sent["follow_up"])
        .map(|line| line["message"].as_str().unwrap())
        .filter(|message| *message != "follow_up.repaired")
        .collect();
    assert_eq!(thread, ["follow_up.planned", "alarm.stands", "follow_up.sent", "delivery.recorded"], "{logged}");

    for personal in PERSONAL {
        for text in [&logged, &refused, &unknown] {
            assert!(!text.contains(personal), "{personal} stands in:\n{text}");
        }
    }
}
