//! What the words of shops mean, in tables.

use super::*;
use serde_json::json;

fn field(name: &str, value: &str) -> Vec<Attribute> {
    Attribute::list(Some(&json!([{ "name": name, "value": value }])), "name")
}

#[test]
fn a_gift_card_is_no_gift_and_neither_is_one_for_oneself() {
    for (name, value, expected) in [
        ("のし", "御祝", true),
        ("_gift_wrap", "1", true),
        ("ギフト", "ご自宅用", false),
        ("ギフト包装", "包装なし", false),
        ("のし", "のし無し（簡易包装）", false),
        ("のし", "のし(不要)", false),
        ("のし", "御祝（名入れなし）", true),
        ("のし", "内のし・名入れなし", true),
        ("ギフト", "いいえ、自分用です", false),
        ("ギフト", "今回は不要です。", false),
        ("ギフト", "利用しない(0円)", false),
        ("ギフト", "希望しません", false),
        ("のし", "つけない", false),
        ("熨斗", "付けない", false),
        ("のし", "いらないです", false),
        ("のし", "要らない", false),
        ("ギフト", "ご自宅でお使い", false),
        ("ラッピング・ギフト", "必要なし", false),
        ("gift_wrap", "0.00", false),
        ("gift_wrap", "¥0", false),
        ("ギフト包装", "０円", false),
        ("ギフト包装", "300円", true),
        ("gift_wrap", "10", true),
        ("gift_wrap_fee", "300", false),
        ("giftWrapPrice", "300", false),
        ("gift wrapping cost", "3.00", false),
        ("ギフト包装料金", "300円", false),
        ("のし代金", "300", false),
        ("Coffee gift", "yes", true),
        ("ギフトカード番号", "ABCD", false),
        ("gift-card-code", "ABCD", false),
        ("_free_gift_product", "yes", false),
        ("ご連絡", "のし", false),
    ] {
        assert_eq!(is_gift(&field(name, value)), expected, "{name} {value}");
    }
}

#[test]
fn the_day_of_arrival_is_read_however_it_is_written() {
    let expected = NaiveDate::from_ymd_opt(2026, 4, 20);
    for (value, expected) in [
        ("2026-04-20", expected),
        ("2026/4/20(月)", expected),
        ("２０２６年４月２０日", expected),
        ("指定なし", None),
        ("4月20日", None),
        ("2026-02-30", None),
    ] {
        assert_eq!(promised_on(&field("お届け希望日", value)), expected, "{value}");
    }
    assert_eq!(promised_on(&field("wc4jp-delivery-date", "2026-04-20")), expected);
    assert_eq!(promised_on(&field("誕生日", "2026-04-20")), None);
}

#[test]
fn the_day_of_a_lesson_or_a_stay_is_its_appointment() {
    let expected = NaiveDate::from_ymd_opt(2026, 4, 20);
    for (name, value, expected) in [
        ("体験日", "2026年4月20日", expected),
        ("ご予約日時", "2026/4/20 10:00", expected),
        ("ご来店日", "2026-04-20", expected),
        ("宿泊日", "2026-04-20", expected),
        ("チェックイン", "2026-04-20", expected),
        ("_booking_date", "2026-04-20", expected),
        ("Reservation Date", "2026-04-20", expected),
        ("ご予約日時", "未定", None),
        ("お届け希望日", "2026-04-20", None),
        ("予約番号", "2026-04-20", None),
    ] {
        assert_eq!(appointment_on(&field(name, value)), expected, "{name} {value}");
    }
    let both: Vec<_> = field("お届け希望日", "2026-04-05").into_iter().chain(field("体験日", "2026-04-20")).collect();
    assert_eq!(promised_on(&both), expected, "the appointment's day");
}

#[test]
fn who_pays_at_the_door_has_bought() {
    for (gateway, expected) in [
        ("Cash on Delivery (COD)", true),
        ("cash_on_delivery", true),
        ("COD", true),
        ("代金引換", true),
        ("代引き", true),
        ("ＮＰ後払い", true),
        ("あと払い（ペイディ）", true),
        ("KOMOJU - コンビニ決済", false),
        ("銀行振込", false),
        ("codapay", false),
        ("", false),
    ] {
        assert_eq!(is_paid_on_delivery(gateway), expected, "{gateway}");
    }
}

#[test]
fn consent_is_said_in_so_many_words() {
    for (name, value, expected) in [
        ("メルマガ", "希望する", Consent::Granted),
        ("newsletter", "1", Consent::Granted),
        ("newsletter", "0", Consent::Unknown),
        ("メルマガ", "希望しない", Consent::Denied),
        ("メルマガ", "まだ迷っている", Consent::Unknown),
        ("ご希望", "はい", Consent::Unknown),
        ("メルマガを希望しない", "はい", Consent::Denied),
        ("メルマガ不要", "1", Consent::Denied),
        ("メルマガの配信停止", "希望する", Consent::Denied),
        ("メールマガジンの解除", "yes", Consent::Denied),
        ("メルマガを拒否", "true", Consent::Denied),
        ("メルマガ退会", "on", Consent::Denied),
        ("newsletter_optout", "1", Consent::Denied),
        ("newsletter opt-out", "yes", Consent::Denied),
        ("marketing_opt_out", "1", Consent::Denied),
        ("_unsubscribe", "1", Consent::Denied),
        ("newsletter_optout", "0", Consent::Unknown),
        ("メルマガを希望しない", "いいえ", Consent::Unknown),
        ("メルマガを希望しない", "希望しない", Consent::Unknown),
        ("メルマガ登録（いつでも解除できます）", "はい", Consent::Unknown),
        ("納品書不要", "はい", Consent::Unknown),
    ] {
        assert_eq!(consent(&field(name, value)), expected, "{name} {value}");
    }
}

#[test]
fn tags_are_compared_whole_where_a_part_would_mislead() {
    assert!(Tags::new("VIP, 交換").is_exchange() && Tags::new("Exchange").is_exchange());
    assert!(!Tags::new("交換不可, no-exchange").is_exchange());
    assert!(Tags::new("appstle_subscription_recurring_order").is_renewal());
    assert!(!Tags::new("Subscription First Order").is_renewal());
    assert!(Tags::new("Pre-Order").is_made_to_order() && Tags::new("予約").is_made_to_order());
    assert!(!Tags::new("予約なし").is_made_to_order());
}

#[test]
fn a_company_is_what_has_a_name() {
    for (name, expected) in
        [("さくら商店", true), ("", false), (" ", false), ("個人", false), ("なし", false), ("-", false)]
    {
        assert_eq!(is_company(name), expected, "{name:?}");
    }
}

#[test]
fn marketplaces_are_known_by_channel_and_by_address() {
    for (channel, expected) in [
        ("amazon-jp", Some("amazon")),
        ("Rakuten Ichiba", Some("rakuten")),
        ("楽天 市場", Some("rakuten")),
        ("web", None),
        ("amazonas", None),
        ("", None),
    ] {
        assert_eq!(marketplace_of_channel(channel), expected, "{channel:?}");
    }
    for (address, expected) in [
        ("0a1b@marketplace.amazon.co.jp", Some("amazon")),
        ("0a1b@pc.fw.rakuten.ne.jp", Some("rakuten")),
        ("0a1b@fw.rakuten.ne.jp", Some("rakuten")),
        ("0a1b@members.ebay.de", Some("ebay")),
        ("0a1b@xfw.rakuten.ne.jp", None),
        ("0a1b@amazon.co.jp", None),
        ("hanako@example.jp", None),
    ] {
        assert_eq!(marketplace_of_address(&EmailAddress::parse(address).unwrap()), expected, "{address}");
    }
}
