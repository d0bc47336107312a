//! All seven functions, deployed beside each other as the template does it.

use chrono::{DateTime, Duration as Days, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use wasurena_carts::sign;
use wasurena_cloud::clock::WallClock;
use wasurena_cloud::keyring::Keyring;
use wasurena_cloud::stream;
use wasurena_domain::calendar::Slot;
use wasurena_domain::follow_up::FollowUp;
use wasurena_domain::ids::FollowUpId;
use wasurena_local::aws::Ring;
use wasurena_local::sample;
use wasurena_tests::clock::Clock;
use wasurena_tests::cloud::{ALARM_GROUP, CONFIGURATION_SET, Cloud, SECRETS, TABLE};
use wasurena_tests::journey::orders;
use wasurena_tests::lambda::{Deployed, Function, events};

/// Every function.
pub(crate) const FUNCTIONS: [&str; 7] = [
    "receive-purchase",
    "plan-follow-ups",
    "set-alarms",
    "send-follow-ups",
    "record-delivery",
    "customer-pages",
    "keep-promises",
];

/// Whom all of this is about.
pub(crate) const HANAKO: &str = "hanako@example.jp";

/// Where the pages answer, as mails say it.
pub(crate) const PUBLIC_URL: &str = "https://otayori.example.com";

/// A release binary.
pub(crate) fn binary(name: &str) -> PathBuf {
    let folder = match std::env::var_os("WASURENA_BINARIES") {
        Some(folder) => PathBuf::from(folder),
        // This test is at {target}/debug/deps/binaries-….
        None => std::env::current_exe().unwrap().ancestors().nth(3).unwrap().join("release"),
    };
    let binary = folder.join(name);
    let build = FUNCTIONS.map(|name| format!(" -p {name}")).concat();
    assert!(binary.is_file(), "{} is not there: run `cargo build --release --locked{build}`", binary.display());
    binary
}

/// A function as the template deploys it: its variables, its time.
pub(crate) fn deployed(name: &str, cloud: &Cloud) -> Deployed {
    deployed_at(name, cloud.url(), Clock::wall())
}

/// The same on an AWS that answers at `endpoint`, with this clock to look at.
pub(crate) fn deployed_at(name: &str, endpoint: &str, clock: Clock) -> Deployed {
    let arn = |of: &str| format!("arn:aws:{of}");
    let table = ("TABLE", TABLE.to_owned());
    let secrets = ("SECRETS_PATH", SECRETS.to_owned());
    let alarms = || {
        [
            ("ALARM_GROUP", ALARM_GROUP.to_owned()),
            ("ALARM_FUNCTION_ARN", arn("lambda:ap-northeast-1:000000000000:function:send-follow-ups")),
            ("ALARM_ROLE_ARN", arn("iam::000000000000:role/alarms")),
            ("ALARM_DEAD_LETTER_ARN", arn("sqs:ap-northeast-1:000000000000:alarm-failures")),
        ]
    };
    let post = [("CONFIGURATION_SET", CONFIGURATION_SET.to_owned()), ("PUBLIC_URL", PUBLIC_URL.to_owned())];
    let (timeout_s, variables): (u64, Vec<(&str, String)>) = match name {
        "plan-follow-ups" => (60, vec![table]),
        "set-alarms" => (60, [table].into_iter().chain(alarms()).collect()),
        "send-follow-ups" => (900, [table, secrets].into_iter().chain(alarms()).chain(post).collect()),
        "customer-pages" => (10, [table, secrets].into_iter().chain(post).collect()),
        "keep-promises" => (900, vec![table, secrets]),
        "record-delivery" => (30, vec![table, secrets]),
        _ => (10, vec![table, secrets]),
    };
    Deployed {
        name: name.to_owned(),
        binary: binary(name),
        environment: variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        endpoint: endpoint.to_owned(),
        timeout: Duration::from_secs(timeout_s),
        clock,
    }
}

/// Held by everybody who uses the machine, and alone by whoever measures it.
static MACHINE: RwLock<()> = RwLock::const_new(());

/// The whole machine, for a test that needs all of it.
pub(crate) async fn whole_machine() -> RwLockWriteGuard<'static, ()> {
    MACHINE.write().await
}

/// A part in the machine.
#[expect(dead_code, reason = "a guard is only held")]
enum Share {
    Part(RwLockReadGuard<'static, ()>),
    All(RwLockWriteGuard<'static, ()>),
}

/// An AWS with all functions deployed, none of them started.
pub(crate) struct Deployment {
    pub(crate) cloud: Cloud,
    functions: BTreeMap<&'static str, Function>,
    _share: Share,
}

impl Deployment {
    pub(crate) async fn new() -> Self {
        Self::sharing(Share::Part(MACHINE.read().await)).await
    }

    /// One for figures: no other test runs beside it.
    pub(crate) async fn alone() -> Self {
        Self::sharing(Share::All(MACHINE.write().await)).await
    }

    async fn sharing(share: Share) -> Self {
        let cloud = Cloud::open().await;
        let functions = FUNCTIONS.map(|name| (name, Function::new(deployed(name, &cloud)))).into();
        Self { cloud, functions, _share: share }
    }

    pub(crate) fn function(&mut self, name: &str) -> &mut Function {
        self.functions.get_mut(name).unwrap()
    }

    pub(crate) async fn answer(&mut self, name: &str, event: &Value) -> Value {
        self.function(name).invoke(event).await.answer()
    }

    /// Everything that all functions wrote.
    pub(crate) fn log(&self) -> Vec<String> {
        self.functions.values().flat_map(Function::log).collect()
    }

    /// Hands what is new in the table to the functions that read its stream, filtered as the template filters it,
    /// until nothing is. Answers how many records each got.
    pub(crate) async fn carry_stream(&mut self) -> (usize, usize) {
        let (mut looks, mut waits) = (0, 0);
        loop {
            let records = self.cloud.unread("both");
            if records.is_empty() {
                return (looks, waits);
            }
            let (of_plan, of_alarms): (Vec<_>, Vec<_>) = (
                records.iter().filter(|record| stream::is_look(record)).cloned().collect(),
                records.into_iter().filter(stream::is_wait).collect(),
            );
            for (function, records) in [("plan-follow-ups", of_plan), ("set-alarms", of_alarms)] {
                if !records.is_empty() {
                    let answer = self.answer(function, &events::stream(&records)).await;
                    assert_eq!(answer, json!({ "batchItemFailures": [] }), "{function}");
                    *(if function == "set-alarms" { &mut waits } else { &mut looks }) += records.len();
                }
            }
        }
    }

    /// A purchase of yesterday, planned for, with its alarms set; and its thank-you.
    pub(crate) async fn buy(&mut self, number: u64, address: &str) -> FollowUp {
        let answer = self.answer("receive-purchase", &webhook(&order(number, address))).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        self.carry_stream().await;
        self.thank_you(address).await
    }

    /// The follow-ups of the customer of an address.
    pub(crate) async fn follow_ups(&self, address: &str) -> Vec<FollowUp> {
        let shop = self.cloud.shop();
        let keyring = Keyring::new(self.cloud.clients().ssm(), SECRETS, Arc::new(WallClock));
        let place = keyring.keys().await.unwrap().identify(&shop, address).unwrap();
        let customer = self.cloud.diary().customer(&shop, &place).await.unwrap().unwrap().customer.id;
        self.cloud.diary().file(&shop, &customer).await.unwrap().unwrap().follow_ups
    }

    async fn thank_you(&self, address: &str) -> FollowUp {
        let follow_ups = self.follow_ups(address).await;
        follow_ups.into_iter().find(|follow_up| follow_up.step.to_string() == "thanks-first").unwrap()
    }

    /// The path of the page behind the stop link of the last mail.
    pub(crate) fn stop_page(&self) -> String {
        let mail = self.cloud.aws().ses().mails().unwrap().pop().unwrap();
        let link = mail.headers["List-Unsubscribe"].trim_start_matches('<').split('>').next().unwrap();
        link.strip_prefix(PUBLIC_URL).unwrap().to_owned()
    }

    /// Takes a function out of the deployment, for a call beside others.
    pub(crate) fn take(&mut self, name: &str) -> Function {
        self.functions.remove(name).unwrap()
    }

    pub(crate) async fn follow_up(&self, id: &FollowUpId) -> FollowUp {
        self.cloud.diary().follow_up(&self.cloud.shop(), id).await.unwrap().unwrap()
    }

    /// Moves a follow-up to the slot that has just begun, as the keeper would move it to a later one, and has the
    /// alarm for it set. The planner plans nothing within ten minutes and a thank-you for the next morning, and the
    /// processes look at the clock on the wall, which no test can move: so the slot comes to the present instead.
    pub(crate) async fn make_due(&mut self, follow_up: &FollowUp) -> Ring {
        let slot = begun(Utc::now());
        let moved = FollowUp { slot, generation: follow_up.generation + 1, ..follow_up.clone() };
        self.cloud.diary().replace(&self.cloud.shop(), follow_up, &moved).await.unwrap();
        assert_eq!(self.carry_stream().await.1, 1, "the follow-up in its new slot");
        let name = format!("_{}_", slot.start().format("%Y%m%dT%H%M"));
        self.cloud.alarms().into_iter().find(|alarm| alarm.name.contains(&name)).unwrap()
    }

    /// A follow-up of a new customer that is due, and what its alarm says.
    pub(crate) async fn something_due(&mut self) -> (FollowUp, Value) {
        let planned = self.buy(1, HANAKO).await;
        let alarm = self.make_due(&planned).await;
        (self.follow_up(&planned.id).await, serde_json::from_str(&alarm.input).unwrap())
    }
}

/// The slot that began last, with time to spare for clocks.
fn begun(now: DateTime<Utc>) -> Slot {
    Slot::at_or_after(now - Days::minutes(16))
}

/// An order of yesterday.
pub(crate) fn order(number: u64, address: &str) -> Value {
    let yesterday = (Utc::now() - Days::days(1)).to_rfc3339();
    orders::paid(number, &yesterday, address, "飯碗")
}

/// A webhook of Shopify's, signed.
pub(crate) fn webhook(order: &Value) -> Value {
    let body = order.to_string();
    let (name, signature) = sign::shopify(sample::SECRET, body.as_bytes());
    events::post(&hook(), &[("X-Shopify-Topic", "orders/create"), (name, &signature)], &body)
}

/// The path of Shopify's hook.
pub(crate) fn hook() -> String {
    hook_of("shopify")
}

/// The path of a cart's hook.
pub(crate) fn hook_of(cart: &str) -> String {
    format!("/hooks/{}/{cart}", sample::SHOP)
}
