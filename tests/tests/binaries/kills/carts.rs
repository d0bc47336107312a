//! The carts: what they tell, in which order, how often, and what was answered. Shopify tells again what got no 2xx;
//! WooCommerce tells once.

use super::stage::Stage;
use crate::support::hook_of;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinSet;
use wasurena_carts::sign;
use wasurena_local::sample;
use wasurena_tests::journey::orders;
use wasurena_tests::lambda::{Outcome, events};

/// Orders, each of somebody else.
pub(crate) const ORDERS: u64 = 1200;
/// Webhooks that come twice.
const TWICE: usize = 500;
/// Orders that change, and are told of again.
const CHANGED: usize = 300;
/// Webhooks on their way at once.
const AT_ONCE: usize = 4;
/// How often Shopify tells.
const SHOPIFY_TELLS: usize = 19;

/// An order by the name of its purchase: `shopify/6600000000001`.
pub(crate) type Order = String;

#[derive(Debug, Clone)]
struct Webhook {
    order: Order,
    event: Value,
    /// How often it is told until it is answered.
    times: usize,
}

/// Webhooks, in the order in which they come.
#[derive(Debug)]
pub(crate) struct Carts(VecDeque<Webhook>);

impl Carts {
    /// The orders of a morning. Every one is told of; some again, some changed, in any order.
    pub(crate) fn with_orders(seed: u64, morning: DateTime<Utc>) -> Self {
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut webhooks: Vec<Webhook> = (1..=ORDERS).map(|number| created(number, morning)).collect();
        let again: Vec<Webhook> = (0..TWICE).map(|_| dice.choice(&webhooks).unwrap().clone()).collect();
        let mut numbers: Vec<u64> = (1..=ORDERS).collect();
        dice.shuffle(&mut numbers);
        webhooks.extend(again);
        webhooks.extend(numbers[..CHANGED].iter().map(|number| changed(*number, morning)));
        dice.shuffle(&mut webhooks);
        Self(webhooks.into())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Sends them all. Answers which orders were told of: those that a 2xx was the answer to.
    pub(crate) async fn send(self, stage: Arc<Stage>) -> BTreeSet<Order> {
        let waiting = Arc::new(Mutex::new(self.0));
        let mut senders = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (waiting, stage) = (Arc::clone(&waiting), Arc::clone(&stage));
            senders.spawn(async move {
                let mut told = BTreeSet::new();
                loop {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some(webhook) = next else { return told };
                    if tell(&stage, &webhook).await {
                        told.insert(webhook.order);
                    }
                }
            });
        }
        senders.join_all().await.into_iter().flatten().collect()
    }
}

/// Tells of an order as often as its cart does; whether that was answered with 2xx.
async fn tell(stage: &Stage, webhook: &Webhook) -> bool {
    for _ in 0..webhook.times {
        match stage.invoke("receive-purchase", &webhook.event).await {
            Outcome::Answered(answer) if answer["statusCode"] == 200 => return true,
            // Later: AWS was away.
            Outcome::Answered(answer) if answer["statusCode"] == 503 => {}
            Outcome::Killed | Outcome::TimedOut => {}
            other => panic!("{}: {other:?}", webhook.order),
        }
    }
    assert_eq!(webhook.times, 1, "{} was told of {SHOPIFY_TELLS} times, and never answered", webhook.order);
    false
}

fn created(number: u64, morning: DateTime<Utc>) -> Webhook {
    webhook(number, morning - TimeDelta::hours(1), morning - TimeDelta::hours(1), "created")
}

fn changed(number: u64, morning: DateTime<Utc>) -> Webhook {
    webhook(number, morning - TimeDelta::hours(1), morning - TimeDelta::minutes(30), "updated")
}

/// Every other order is Shopify's.
fn webhook(number: u64, at: DateTime<Utc>, changed_at: DateTime<Utc>, what: &str) -> Webhook {
    let address = format!("customer{number}@example.jp");
    let wordpress = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%S").to_string();
    if number.is_multiple_of(2) {
        let order = orders::woocommerce(number, &wordpress(at), &address, "飯碗");
        let body = orders::with(&order, &json!({ "date_modified_gmt": wordpress(changed_at) }));
        let (name, signature) = sign::woocommerce(sample::SECRET, body.to_string().as_bytes());
        let topic = ("X-WC-Webhook-Topic", format!("order.{what}"));
        signed("woocommerce", &body, topic, (name, signature), 1)
    } else {
        let order = orders::paid(number, &at.to_rfc3339(), &address, "飯碗");
        let body = orders::with(&order, &json!({ "updated_at": changed_at.to_rfc3339() }));
        let (name, signature) = sign::shopify(sample::SECRET, body.to_string().as_bytes());
        let topic = ("X-Shopify-Topic", if what == "created" { "orders/create" } else { "orders/updated" }.to_owned());
        signed("shopify", &body, topic, (name, signature), SHOPIFY_TELLS)
    }
}

fn signed(cart: &str, body: &Value, topic: (&str, String), signature: (&str, String), times: usize) -> Webhook {
    let headers = [(topic.0, topic.1.as_str()), (signature.0, signature.1.as_str())];
    let event = events::post(&hook_of(cart), &headers, &body.to_string());
    Webhook { order: format!("{cart}/{}", body["id"]), event, times }
}
