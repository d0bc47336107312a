//! What every mail carries: identity, law, a way out, tags; and nothing that a value could smuggle in.

use serde_json::json;
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";

#[tokio::test]
async fn every_mail_of_a_year_has_its_headers_tags_and_footer() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "粉引の飯碗")).await;
    journey.until("2027-02-01T10:00:00+09:00").await;
    journey.shopify("orders/create", &orders::paid(2, "2027-02-01T09:00:00+09:00", HANAKO, "灰釉の湯呑み")).await;
    journey.until("2027-12-01T00:00:00+09:00").await;
    let mails = journey.mails().await;
    assert!(mails.len() > 18, "{}", mails.len());
    for mail in &mails {
        let text = mail["text"].as_str().unwrap();
        assert_eq!(mail["from"], "うつわ さくら(店主 佐藤) <otayori@sakura.example.jp>");
        assert_eq!(mail["headers"]["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
        assert!(mail["headers"]["List-Unsubscribe"].as_str().unwrap().contains("/c/sakura/stop/"));
        assert_eq!((&mail["tags"]["shop"], &mail["tags"]["follow_up"]), (&json!("sakura"), &mail["follow_up_id"]));
        assert_eq!(mail["tags"]["attempt"].as_str().unwrap().len(), 26);
        assert!(text.contains("山田 花子様"), "{text}");
        for legal in ["佐藤 花子", "〒000-0000", "お問い合わせ", "お止めいただけます → http"] {
            assert!(text.contains(legal), "{legal} is missing in:\n{text}");
        }
        assert!(
            mail["subject"].as_str().unwrap().contains("さくら") || text.contains("飯碗") || text.contains("湯呑み"),
            "{text}"
        );
    }
    let subjects: std::collections::BTreeSet<&str> = mails.iter().filter_map(|mail| mail["text"].as_str()).collect();
    assert_eq!(subjects.len(), mails.len(), "nobody gets the same text twice");
}

#[tokio::test]
async fn a_product_called_script_is_a_product_called_script() {
    let journey = Journey::begin().await;
    let product = "<script>alert(1)</script> & \"{{ shop.name }}\"";
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, product)).await;
    journey.days(2).await;
    let mail = &journey.mails().await[0];
    let html = mail["html"].as_str().unwrap();
    assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"), "{html}");
    assert!(mail["text"].as_str().unwrap().contains(product));
}
