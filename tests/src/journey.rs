//! A journey: `wasurena up --frozen` in this process, on a free port, and everything done to it over HTTP as
//! a cart, a customer or an operator would.

use chrono::{DateTime, Utc};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wasurena_carts::sign;
use wasurena_local::{Start, World, sample, serve};

/// The moment at which journeys begin, where they do not say: Tuesday, 1 December 2026, 09:00 in Tokyo.
pub const TUESDAY_MORNING: &str = "2026-12-01T09:00:00+09:00";

/// A shop's world, and the ways to act on it.
#[derive(Debug)]
pub struct Journey {
    world: Arc<World>,
    url: String,
    http: Client,
    folder: TempDir,
    end: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

/// Any moment of RFC 3339.
///
/// # Panics
/// Where the text is none.
#[must_use]
#[expect(clippy::expect_used, reason = "a test's own text")]
pub fn moment(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment in RFC 3339")
}

#[expect(clippy::expect_used, reason = "a journey that cannot go on is a failed test")]
impl Journey {
    /// A new world that begins on that Tuesday morning.
    ///
    /// # Panics
    /// Where the machine gives no folder or port.
    pub async fn begin() -> Self {
        Self::begin_at(TUESDAY_MORNING).await
    }

    /// A new world that begins at this moment.
    ///
    /// # Panics
    /// Where the machine gives no folder or port.
    pub async fn begin_at(now: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::serve(folder, Client::new(), Some(moment(now))).await
    }

    async fn serve(folder: TempDir, http: Client, now: Option<DateTime<Utc>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let start = Start { folder: folder.path().to_owned(), now, frozen: true, public_url: url.clone() };
        let world = Arc::new(World::open(start).await.expect("a world"));
        let (end, ended) = oneshot::channel();
        let server = tokio::spawn(serve(Arc::clone(&world), listener, async move {
            let _either_way = ended.await;
        }));
        Self { world, url, http, folder, end, server }
    }

    /// Ends the server and starts another on the same folder.
    ///
    /// # Panics
    /// Where the folder cannot be opened again.
    pub async fn restart(self) -> Self {
        let Self { world, http, folder, end, server, .. } = self;
        let _sent = end.send(());
        server.await.expect("the server").expect("served");
        drop(world);
        Self::serve(folder, http, None).await
    }

    /// The world itself, for what has no handle.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Every item of the diary but the programme's files, as DynamoDB keeps it, by key.
    ///
    /// # Panics
    /// Where the table cannot be read.
    pub async fn diary(&self) -> Vec<Value> {
        self.world.settle().await.expect("a quiet world");
        let mut items = self.world.items().expect("the table");
        items.retain(|item| item["entity"]["S"] != "file");
        items.sort_by_key(|item| (item["pk"].to_string(), item["sk"].to_string()));
        items
    }

    /// Publishes the default programme with its files changed: a file for which there is no text is left out.
    ///
    /// # Panics
    /// Where the programme cannot be published.
    pub async fn publish(&self, change: impl Fn(&str, &str) -> Option<String>) {
        let today = self.now().await.with_timezone(&chrono_tz::Asia::Tokyo).date_naive();
        let files = wasurena_letters::utsuwa(today);
        let changed = files.iter().filter_map(|(path, text)| Some((path.to_owned(), change(path, text)?)));
        let files = wasurena_letters::Files::new(changed).expect("files within bounds");
        let shop = sample::SHOP.to_owned().try_into().expect("a shop id");
        self.world.bookshelf().publish(&shop, &files).await.expect("published");
    }

    /// Sends a signed Shopify webhook, and answers with its status.
    ///
    /// # Panics
    /// Where there is no answer.
    pub async fn shopify(&self, topic: &str, body: &Value) -> StatusCode {
        let body = body.to_string();
        let (name, signature) = sign::shopify(sample::SECRET, body.as_bytes());
        let request = self.http.post(format!("{}/hooks/{}/shopify", self.url, sample::SHOP));
        let request = request.header("x-shopify-topic", topic).header(name, signature);
        request.body(body).send().await.expect("an answer").status()
    }

    /// Sends a signed event of the generic hook, at the world's own time, and answers with its status.
    ///
    /// # Panics
    /// Where there is no answer.
    pub async fn standard(&self, body: &Value) -> StatusCode {
        let body = body.to_string();
        let headers = sign::standard(sample::SECRET, "msg_1", self.now().await, body.as_bytes()).expect("a signature");
        let mut request = self.http.post(format!("{}/hooks/{}/standard", self.url, sample::SHOP));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.body(body).send().await.expect("an answer").status()
    }

    /// Sends a signed WooCommerce webhook, and answers with its status.
    ///
    /// # Panics
    /// Where there is no answer.
    pub async fn woocommerce(&self, topic: &str, body: &Value) -> StatusCode {
        let body = body.to_string();
        let (name, signature) = sign::woocommerce(sample::SECRET, body.as_bytes());
        let request = self.http.post(format!("{}/hooks/{}/woocommerce", self.url, sample::SHOP));
        let request = request.header("x-wc-webhook-topic", topic).header(name, signature);
        request.body(body).send().await.expect("an answer").status()
    }

    /// Sends a signed event of Stripe's, at the world's own time, and answers with its status.
    ///
    /// # Panics
    /// Where there is no answer.
    pub async fn stripe(&self, body: &Value) -> StatusCode {
        let body = body.to_string();
        let (name, signature) = sign::stripe(sample::SECRET, self.now().await, body.as_bytes());
        let request = self.http.post(format!("{}/hooks/{}/stripe", self.url, sample::SHOP));
        request.header(name, signature).body(body).send().await.expect("an answer").status()
    }

    /// Sends anything anywhere.
    ///
    /// # Panics
    /// Where there is no answer.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Response {
        let mut request = self.http.post(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(body).send().await.expect("an answer")
    }

    /// Gets a page or a JSON answer.
    ///
    /// # Panics
    /// Where there is no answer.
    pub async fn get(&self, path: &str) -> Response {
        self.http.get(format!("{}{path}", self.url)).send().await.expect("an answer")
    }

    async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.expect("JSON")
    }

    /// Turns one of the handles of the embedded cloud.
    ///
    /// # Panics
    /// Where it is refused.
    pub async fn turn(&self, handle: &str, how: &Value) -> Value {
        let response = self
            .post(&format!("/_local/{handle}"), &[("content-type", "application/json")], how.to_string().into())
            .await;
        let status = response.status();
        let body = response.text().await.expect("a body");
        assert_eq!(status, StatusCode::OK, "{handle}: {body}");
        serde_json::from_str(&body).expect("JSON")
    }

    /// The world's time.
    ///
    /// # Panics
    /// Where the clock does not answer.
    pub async fn now(&self) -> DateTime<Utc> {
        moment(self.json("/_local/clock").await["now"].as_str().expect("a time"))
    }

    /// Lets time pass until a moment.
    ///
    /// # Panics
    /// Where the clock cannot be moved.
    pub async fn until(&self, to: &str) {
        self.turn("clock", &json!({ "to": to })).await;
    }

    /// Lets whole days pass.
    ///
    /// # Panics
    /// Where the clock cannot be moved.
    pub async fn days(&self, days: i64) {
        self.turn("clock", &json!({ "advance_s": days * 86_400 })).await;
    }

    /// Loses every alarm.
    ///
    /// # Panics
    /// Where that is refused.
    pub async fn lose_alarms(&self) {
        let response = self.http.delete(format!("{}/_local/alarms", self.url)).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
    }

    /// Ends all faults.
    ///
    /// # Panics
    /// Where that is refused.
    pub async fn end_faults(&self) {
        let response = self.http.delete(format!("{}/_local/faults", self.url)).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
    }

    /// All mails so far.
    ///
    /// # Panics
    /// Where the postbox cannot be read.
    pub async fn mails(&self) -> Vec<Value> {
        self.json("/_local/postbox").await["mails"].as_array().expect("mails").clone()
    }

    /// What went to an address: the day and hour in Tokyo, and the step.
    ///
    /// # Panics
    /// Where the postbox cannot be read.
    pub async fn received(&self, address: &str) -> Vec<String> {
        let follow_ups = self.follow_ups(address).await;
        let step_of = |mail: &Value| {
            let found = follow_ups.iter().find(|f| f["id"] == mail["follow_up_id"]);
            found.map_or_else(String::new, |f| f["step"].as_str().unwrap_or_default().to_owned())
        };
        let mails = self.mails().await;
        let to_them = mails.iter().filter(|mail| mail["to"][0] == address);
        to_them
            .map(|mail| {
                let at = moment(mail["sent_at"].as_str().unwrap_or_default()).with_timezone(&chrono_tz::Asia::Tokyo);
                format!("{} {}", at.format("%m-%d %H:%M"), step_of(mail))
            })
            .collect()
    }

    /// A customer's follow-ups, by address.
    ///
    /// # Panics
    /// Where they cannot be read.
    pub async fn follow_ups(&self, address: &str) -> Vec<Value> {
        let path = format!("/_local/follow-ups?shop={}&customer={address}", sample::SHOP);
        self.json(&path).await.as_array().expect("follow-ups").clone()
    }

    /// How a customer's follow-ups stand: step, state, reason.
    ///
    /// # Panics
    /// Where they cannot be read.
    pub async fn states(&self, address: &str) -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let rows = self.follow_ups(address).await;
        rows.iter().map(|f| format!("{} {} {}", text(&f["step"]), text(&f["state"]), text(&f["reason"]))).collect()
    }

    /// The owner's list.
    ///
    /// # Panics
    /// Where it cannot be read.
    pub async fn tasks(&self) -> Vec<Value> {
        self.json(&format!("/_local/tasks?shop={}", sample::SHOP)).await.as_array().expect("tasks").clone()
    }

    /// What was used since the last reset.
    ///
    /// # Panics
    /// Where it cannot be read.
    pub async fn usage(&self) -> Value {
        self.json("/_local/usage").await
    }

    /// The path of the page behind the stop link of the last mail to an address.
    ///
    /// # Panics
    /// Where they got no mail, or it has no link.
    pub async fn stop_page(&self, address: &str) -> String {
        let mails = self.mails().await;
        let last = mails.iter().rfind(|mail| mail["to"][0] == address).expect("a mail");
        let header = last["headers"]["List-Unsubscribe"].as_str().expect("a List-Unsubscribe header");
        let url = header.trim_start_matches('<').split('>').next().expect("a URL");
        url.strip_prefix(&self.url).expect("a page of this world").to_owned()
    }
}

/// Orders, as Shopify sends them.
pub mod orders {
    use serde_json::{Value, json};

    /// A paid order of one thing by somebody who wants to hear from the shop.
    #[must_use]
    pub fn paid(number: u64, at: &str, address: &str, product: &str) -> Value {
        json!({
            "id": 6_600_000_000_000_u64 + number,
            "created_at": at,
            "processed_at": at,
            "updated_at": at,
            "currency": "JPY",
            "total_price": "3800",
            "financial_status": "paid",
            "email": address,
            "customer": {
                "first_name": "花子",
                "last_name": "山田",
                "email_marketing_consent": { "state": "subscribed" },
            },
            "line_items": [{ "product_id": product, "title": product, "quantity": 1, "price": "3800" }],
        })
    }

    /// A paid order of one thing, as WooCommerce sends it. Times are in UTC without a zone, as it writes them.
    #[must_use]
    pub fn woocommerce(number: u64, at_gmt: &str, address: &str, product: &str) -> Value {
        json!({
            "id": number,
            "status": "processing",
            "currency": "JPY",
            "date_created_gmt": at_gmt,
            "date_modified_gmt": at_gmt,
            "date_paid_gmt": at_gmt,
            "total": "3800",
            "billing": { "first_name": "花子", "last_name": "山田", "company": "", "email": address, "phone": "" },
            "payment_method": "stripe",
            "transaction_id": "",
            "created_via": "checkout",
            "meta_data": [],
            "line_items": [{
                "product_id": 93, "name": product, "quantity": 1, "total": "3800", "price": 3800.0, "meta_data": []
            }],
            "refunds": [],
        })
    }

    /// An event of Stripe's about a Checkout session that is paid.
    #[must_use]
    pub fn stripe(payment: &str, at_unix_s: i64, address: &str) -> Value {
        json!({
            "id": format!("evt_{payment}"),
            "object": "event",
            "type": "checkout.session.completed",
            "created": at_unix_s,
            "livemode": true,
            "data": { "object": {
                "id": format!("cs_{payment}"),
                "object": "checkout.session",
                "mode": "payment",
                "created": at_unix_s,
                "payment_status": "paid",
                "payment_intent": payment,
                "currency": "jpy",
                "amount_total": 3800,
                "customer_details": { "email": address, "name": "山田 花子", "phone": null },
                "consent": { "promotions": "opt_in" },
                "metadata": {},
            } },
        })
    }

    /// The same order with some of its fields changed.
    #[must_use]
    pub fn with(order: &Value, changes: &Value) -> Value {
        let mut order = order.clone();
        if let (Some(order), Some(changes)) = (order.as_object_mut(), changes.as_object()) {
            order.extend(changes.clone());
        }
        order
    }
}
