//! Log lines hold no personal data, and bad input is one line.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::json;
use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;
use wasurena_tests::journey::{Journey, orders};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Lines {
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

/// Everything about the person that a log could give away.
const PERSONAL: [&str; 7] = ["hanako", "example.jp", "花子", "山田", "3-1234-5678", "312345678", "飯碗"];

#[tokio::test]
async fn a_whole_journey_with_faults_and_bad_input_logs_nothing_personal() {
    let lines = Lines::default();
    // Our own lines at every level; of everything else what would be seen in production.
    let filter =
        "info,wasurena=trace,receive_purchase=trace,send_follow_ups=trace,customer_pages=trace,record_delivery=trace";
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(lines.clone()).init();
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
    let logged = lines.take();
    assert!(logged.contains("customer.erased") && logged.contains("delivery.recorded"), "{logged}");
    assert!(
        logged.contains("follow_up.sent")
            && logged.contains("webhook.accepted")
            && logged.contains("follow_up.not_sent"),
        "{logged}"
    );

    let bad = orders::with(&order, &json!({ "total_price": "花子 飯碗 hanako@example.jp" }));
    assert_eq!(journey.shopify("orders/create", &bad).await, 400);
    let refused = lines.take();
    assert_eq!(refused.lines().filter(|line| line.contains("webhook.refused")).count(), 1, "{refused}");
    assert_eq!(journey.post("/hooks/hanako@example.jp/飯碗", &[], b"{}".to_vec()).await.status(), 404);
    let unknown = lines.take();

    for personal in PERSONAL {
        for text in [&logged, &refused, &unknown] {
            assert!(!text.contains(personal), "{personal} stands in:\n{text}");
        }
    }
}
