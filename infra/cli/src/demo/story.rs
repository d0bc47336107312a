//! What happens in the sample shop's year: who buys what, when, and what they say. All people are invented.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};

/// A person in the story.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub(crate) family: &'static str,
    pub(crate) given: &'static str,
    /// The mail address; empty for somebody who has none.
    pub(crate) email: &'static str,
    pub(crate) phone: &'static str,
}

impl Person {
    pub(crate) fn name(self) -> String {
        format!("{} {}", self.family, self.given)
    }
}

const HANAKO: Person = Person { family: "山田", given: "花子", email: "hanako@example.jp", phone: "" };
const ICHIRO: Person = Person { family: "鈴木", given: "一郎", email: "ichiro@example.jp", phone: "" };
const KYOKO: Person = Person { family: "田中", given: "京子", email: "kyoko@example.jp", phone: "" };
const KEN: Person = Person { family: "高橋", given: "健", email: "ken@example.jp", phone: "" };
const SATSUKI: Person = Person { family: "伊藤", given: "さつき", email: "satsuki@example.jp", phone: "" };
const MEGUMI: Person = Person { family: "渡辺", given: "恵", email: "megumi@example.jp", phone: "" };
const KIYOSHI: Person = Person { family: "中村", given: "清", email: "", phone: "03-1234-5678" };
const MAKOTO: Person = Person { family: "小林", given: "真", email: "makoto@example.jp", phone: "" };
const YUMI: Person = Person { family: "加藤", given: "由美", email: "yumi@example.jp", phone: "" };
const SHIGERU: Person = Person { family: "吉田", given: "茂", email: "shigeru@example.jp", phone: "" };
const AOI: Person = Person { family: "佐々木", given: "葵", email: "aoi@example.jp", phone: "" };
const SETSUKO: Person = Person { family: "松本", given: "節子", email: "setsuko@example.jp", phone: "" };
const HARUO: Person = Person { family: "井上", given: "春夫", email: "haruo@example.jp", phone: "" };
const EMI: Person = Person { family: "木村", given: "絵美", email: "emi@example.jp", phone: "" };
const TAKUMI: Person = Person { family: "清水", given: "匠", email: "takumi@example.jp", phone: "" };
const TORU: Person = Person { family: "山口", given: "徹", email: "toru@example.jp", phone: "" };

/// What somebody says of hearing from the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    Yes,
    No,
    Nothing,
}

/// What happens.
#[derive(Debug, Clone)]
pub(crate) enum Happening {
    /// An order comes in from Shopify.
    Order { number: u64, product: &'static str, yen: u64, says: Says, gift: bool, paid: bool },
    /// An order that waited for its money is paid.
    Paid { number: u64, product: &'static str, yen: u64 },
    /// An order is cancelled.
    Cancelled { number: u64, product: &'static str, yen: u64 },
    /// A parcel arrives: a counter's own system says so through the generic hook.
    SoldAndArrived { order: &'static str, product: &'static str, yen: u64, arrived: bool },
    /// The same sale reaches the shop from two carts: a WooCommerce order that was paid by Stripe.
    Woocommerce { number: u64, product: &'static str, yen: u64 },
    /// The other report of it.
    Stripe { number: u64, yen: u64 },
    /// An order of something that is made to order.
    MadeToOrder { number: u64, product: &'static str, yen: u64 },
    /// A company orders.
    Wholesale { number: u64, product: &'static str, yen: u64 },
    /// An order is handed to the carrier, and arrives.
    Arrived { number: u64 },
    /// A part of an order's money goes back: something was broken.
    Refunded { number: u64, yen: u64 },
    /// The owner has made it good, as the command `wasurena customer settle` says.
    Settled,
    /// The last mail comes back: there is no such address any more.
    Bounced,
    /// Somebody tries the shop out.
    TestOrder { number: u64 },
    /// The customer opens the last mail and says stop.
    Stop,
}

/// One event of the year.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) at: DateTime<Utc>,
    pub(crate) who: Person,
    pub(crate) what: Happening,
}

/// The sample shop's year, in order.
pub(crate) fn year(begin: DateTime<Utc>) -> Vec<Event> {
    let mut events = Vec::new();
    let mut on = |day: i64, minutes: i64, who: Person, what: Happening| {
        events.push(Event { at: begin + Duration::days(day) + Duration::minutes(minutes), who, what });
    };
    let order = |number, product, yen, says| Happening::Order { number, product, yen, says, gift: false, paid: true };
    let (bowl, plate, cup, vase, pot) = ("粉引の飯碗", "青白磁の豆皿", "灰釉の湯呑み", "白磁の一輪挿し", "飴釉の土瓶");

    on(0, 72, HANAKO, order(1001, bowl, 3_800, Says::Yes));
    on(0, 75, HANAKO, Happening::TestOrder { number: 1002 });
    on(0, 185, ICHIRO, order(1003, cup, 2_400, Says::Yes));
    on(1, 30, KYOKO, order(1004, vase, 5_200, Says::Yes));
    on(1, 55, KYOKO, Happening::Cancelled { number: 1004, product: vase, yen: 5_200 });
    on(2, 20, KEN, order(1005, plate, 1_600, Says::Yes));
    on(
        3,
        240,
        SATSUKI,
        Happening::Order { number: 1006, product: cup, yen: 4_800, says: Says::Yes, gift: true, paid: true },
    );
    on(4, 10, MEGUMI, order(1007, bowl, 3_800, Says::Nothing));
    on(6, 90, KIYOSHI, order(1008, pot, 9_800, Says::Nothing));
    on(
        7,
        15,
        MAKOTO,
        Happening::Order { number: 1009, product: pot, yen: 9_800, says: Says::Yes, gift: false, paid: false },
    );
    on(10, 300, MAKOTO, Happening::Paid { number: 1009, product: pot, yen: 9_800 });
    on(8, 100, SETSUKO, Happening::Woocommerce { number: 301, product: plate, yen: 1_600 });
    on(8, 101, SETSUKO, Happening::Stripe { number: 301, yen: 1_600 });
    on(9, 130, HARUO, Happening::MadeToOrder { number: 1021, product: "名入れの大皿", yen: 18_000 });
    on(12, 60, TAKUMI, Happening::Wholesale { number: 1022, product: cup, yen: 96_000 });
    on(13, 20, EMI, order(1023, vase, 5_200, Says::Yes));
    on(16, 40, EMI, Happening::Refunded { number: 1023, yen: 1_000 });
    on(18, 90, EMI, Happening::Settled);
    on(14, 45, YUMI, order(1010, plate, 1_600, Says::Yes));
    on(17, 200, YUMI, order(1011, cup, 2_400, Says::Yes));
    on(43, 200, HARUO, Happening::Arrived { number: 1021 });
    on(65, 70, SETSUKO, Happening::Bounced);
    on(20, 60, SHIGERU, order(1012, bowl, 3_800, Says::No));
    on(35, 100, AOI, order(1013, plate, 1_600, Says::Yes));
    on(40, 60, TORU, Happening::SoldAndArrived { order: "C-0040", product: vase, yen: 5_200, arrived: false });
    on(45, 300, TORU, Happening::SoldAndArrived { order: "C-0040", product: vase, yen: 5_200, arrived: true });
    on(75, 130, ICHIRO, order(1014, bowl, 3_800, Says::Yes));
    on(98, 65, KEN, Happening::Stop);
    on(120, 20, AOI, order(1015, bowl, 3_800, Says::Yes));
    on(200, 180, AOI, order(1016, pot, 9_800, Says::Yes));
    on(230, 30, ICHIRO, order(1017, cup, 2_400, Says::Yes));
    events.sort_by_key(|event| event.at);
    events
}

impl Event {
    /// The webhook's cart, topic and body; `None` for what comes by no webhook.
    pub(crate) fn webhook(&self) -> Option<(&'static str, &'static str, Value)> {
        let shopify = |topic, body| Some(("shopify", topic, body));
        match &self.what {
            Happening::Order { number, product, yen, says, gift, paid } => {
                let mut body = self.shopify_order(*number, product, *yen);
                body["financial_status"] = json!(if *paid { "paid" } else { "pending" });
                body["customer"]["email_marketing_consent"]["state"] = json!(match says {
                    Says::Yes => "subscribed",
                    Says::No => "unsubscribed",
                    Says::Nothing => "not_subscribed",
                });
                if *gift {
                    body["note_attributes"] = json!([{ "name": "熨斗", "value": "御祝" }]);
                }
                shopify("orders/create", body)
            }
            Happening::Paid { number, product, yen } => {
                shopify("orders/paid", self.shopify_order(*number, product, *yen))
            }
            Happening::Cancelled { number, product, yen } => {
                let mut body = self.shopify_order(*number, product, *yen);
                body["cancelled_at"] = json!(self.time());
                shopify("orders/cancelled", body)
            }
            Happening::TestOrder { number } => {
                let mut body = self.shopify_order(*number, "お試し", 100);
                body["test"] = json!(true);
                shopify("orders/create", body)
            }
            Happening::SoldAndArrived { order, product, yen, arrived } => {
                Some(("standard", "", self.standard_event(order, product, *yen, *arrived)))
            }
            Happening::Woocommerce { number, product, yen } => {
                Some(("woocommerce", "order.created", self.woocommerce_order(*number, product, *yen)))
            }
            Happening::Stripe { number, yen } => Some(("stripe", "", self.stripe_session(*number, *yen))),
            Happening::MadeToOrder { number, product, yen } => {
                let mut body = self.shopify_order(*number, product, *yen);
                body["tags"] = json!("受注生産");
                shopify("orders/create", body)
            }
            Happening::Wholesale { number, product, yen } => {
                let mut body = self.shopify_order(*number, product, *yen);
                body["billing_address"] = json!({ "company": "見本旅館株式会社" });
                shopify("orders/create", body)
            }
            Happening::Arrived { number } => shopify(
                "fulfillment_events/create",
                json!({ "order_id": shopify_id(*number), "status": "delivered", "happened_at": self.time() }),
            ),
            Happening::Refunded { number, yen } => shopify(
                "refunds/create",
                json!({
                    "id": 880_000 + *number,
                    "order_id": shopify_id(*number),
                    "created_at": self.time(),
                    "transactions": [{ "kind": "refund", "status": "success", "amount": yen.to_string(), "currency": "JPY" }],
                }),
            ),
            Happening::Stop | Happening::Settled | Happening::Bounced => None,
        }
    }

    fn time(&self) -> String {
        self.at.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// An order as Shopify sends it, with what is read of it.
    fn shopify_order(&self, number: u64, product: &str, yen: u64) -> Value {
        let Person { family, given, email, phone } = self.who;
        json!({
            "id": shopify_id(number),
            "name": format!("#{number}"),
            "test": false,
            "created_at": self.time(),
            "processed_at": self.time(),
            "updated_at": self.time(),
            "cancelled_at": null,
            "currency": "JPY",
            "total_price": yen.to_string(),
            "financial_status": "paid",
            "fulfillment_status": null,
            "email": email,
            "phone": if phone.is_empty() { Value::Null } else { json!(phone) },
            "buyer_accepts_marketing": false,
            "note_attributes": [],
            "customer": {
                "first_name": given,
                "last_name": family,
                "email": email,
                "email_marketing_consent": { "state": "subscribed" },
            },
            "line_items": [
                { "product_id": product_id(product), "title": product, "quantity": 1, "price": yen.to_string(), "properties": [] },
            ],
            "fulfillments": [],
        })
    }

    /// An order as WooCommerce sends it, with what is read of it.
    fn woocommerce_order(&self, number: u64, product: &str, yen: u64) -> Value {
        let at = self.at.format("%Y-%m-%dT%H:%M:%S").to_string();
        json!({
            "id": number,
            "status": "processing",
            "currency": "JPY",
            "date_created_gmt": at,
            "date_modified_gmt": at,
            "date_paid_gmt": at,
            "total": yen.to_string(),
            "billing": { "first_name": self.who.given, "last_name": self.who.family, "email": self.who.email },
            "line_items": [{ "product_id": product_id(product), "name": product, "quantity": 1, "total": yen.to_string() }],
            "refunds": [],
        })
    }

    /// A finished Checkout session as Stripe sends it, with what is read of it.
    fn stripe_session(&self, number: u64, yen: u64) -> Value {
        let created = self.at.timestamp();
        json!({
            "type": "checkout.session.completed",
            "created": created,
            "livemode": true,
            "data": { "object": {
                "id": format!("cs_{number}"),
                "mode": "payment",
                "created": created,
                "payment_status": "paid",
                "payment_intent": format!("pi_{number}"),
                "currency": "jpy",
                "amount_total": yen,
                "customer_details": { "email": self.who.email, "name": self.who.name() },
                "consent": { "promotions": "opt_in" },
            } },
        })
    }

    fn standard_event(&self, order: &str, product: &str, yen: u64, arrived: bool) -> Value {
        if arrived {
            return json!({ "type": "purchase.arrived", "occurred_at": self.time(), "order": { "id": order } });
        }
        json!({
            "type": "purchase.paid",
            "occurred_at": self.time(),
            "order": {
                "id": order,
                "ordered_at": self.time(),
                "currency": "JPY",
                "total": yen.to_string(),
                "consent": "granted",
                "buyer": { "email": self.who.email, "name": self.who.name() },
                "lines": [{ "product_id": product_id(product).to_string(), "name": product, "quantity": 1, "unit_price": yen.to_string() }],
            },
        })
    }
}

fn shopify_id(number: u64) -> u64 {
    5_550_000_000_000 + number
}

/// The same product has the same id in every order.
fn product_id(product: &str) -> u64 {
    product.chars().fold(7_000_000_000_000, |id, c| id + u64::from(u32::from(c)))
}
