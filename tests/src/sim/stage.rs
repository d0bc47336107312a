//! What a simulated world stands on: the embedded cloud in a folder of its own, and instances of the functions on it,
//! each with clients and caches of its own, as Lambda keeps them.

use super::doors::{Door, Doors};
use super::life;
use super::programmes::programme;
use super::time::{SimClock, SimTime};
use aws_sdk_dynamodb::config::retry::{RetryPartition, TokenBucket};
use aws_sdk_ssm::types::ParameterType;
use chrono::{DateTime, TimeDelta, Utc};
use customer_pages::CustomerPages;
use keep_promises::KeepPromises;
use plan_follow_ups::PlanFollowUps;
use receive_purchase::ReceivePurchase;
use record_delivery::RecordDelivery;
use secrecy::SecretString;
use send_follow_ups::SendFollowUps;
use set_alarms::SetAlarms;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;
use wasurena_cloud::clock::Dice;
use wasurena_cloud::shop_settings::{Office, ShopSettings};
use wasurena_cloud::{Clients, Clock, Diary};
use wasurena_domain::ids::{CartId, ShopId};
use wasurena_local::aws::Aws;
use wasurena_local::{Configs, SECRETS, Start, TABLE, World, sample};

/// Where the pages of simulated worlds answer.
pub(crate) const PUBLIC_URL: &str = "https://otayori.example.jp";
/// The second shop: another table of hours, another length of an occasion, two carts, two shards, and more letters.
pub(crate) const SECOND_SHOP: &str = "kaede";
/// The day on which the shops began.
pub(crate) const BEGINNING: &str = "2026-12-01T00:00:00Z";

/// A world that every simulated one starts from: two shops that are set up, and nobody who has bought.
#[derive(Debug)]
struct Template(TempDir);

/// The ground of a simulated world.
#[derive(Debug)]
pub(crate) struct Stage {
    /// The embedded cloud.
    pub(crate) aws: Aws,
    /// Its clock.
    pub(crate) time: Arc<SimTime>,
    /// Where calls wait.
    pub(crate) doors: Arc<Doors>,
    configs: Configs,
}

/// A function of the system, or the owner at their own machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Role {
    /// receive-purchase.
    Receive,
    /// plan-follow-ups.
    Plan,
    /// set-alarms.
    Alarms,
    /// send-follow-ups.
    Send,
    /// customer-pages.
    Pages,
    /// keep-promises.
    Keeper,
    /// record-delivery.
    Delivery,
    /// The owner, with the command line.
    Owner,
}

impl Role {
    /// Its name.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Receive => "receive-purchase",
            Self::Plan => "plan-follow-ups",
            Self::Alarms => "set-alarms",
            Self::Send => "send-follow-ups",
            Self::Pages => "customer-pages",
            Self::Keeper => "keep-promises",
            Self::Delivery => "record-delivery",
            Self::Owner => "owner",
        }
    }
}

/// What runs in an instance.
#[derive(Debug, Clone)]
pub(crate) enum Program {
    Receive(Box<ReceivePurchase>),
    Plan(PlanFollowUps),
    Alarms(SetAlarms),
    Send(Box<SendFollowUps>),
    Pages(CustomerPages),
    Keeper(Box<KeepPromises>),
    Delivery(RecordDelivery),
    Owner(Diary),
}

/// A process that runs a function, one invocation at a time.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    /// What runs in it.
    pub(crate) program: Program,
    /// Its clock.
    pub(crate) clock: Arc<SimClock>,
    /// The invocation it serves.
    pub(crate) task: Arc<AtomicU64>,
}

impl Stage {
    /// A new world that starts at `now`.
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        let time = Arc::new(SimTime::at(now));
        let aws = Aws::copy(template().0.path(), Arc::clone(&time) as _).expect("the template");
        Self { aws, time, doors: Arc::default(), configs: Configs::new(PUBLIC_URL) }
    }

    /// A new instance, whose clock shows `skew` too much.
    pub(crate) fn instance(&self, role: Role, skew: TimeDelta) -> Instance {
        let task = Arc::new(AtomicU64::new(0));
        let door = Door { doors: Arc::clone(&self.doors), task: Arc::clone(&task) };
        let retries = RetryPartition::custom("simulated").token_bucket(TokenBucket::default()).build();
        let clients = Clients::as_function(&self.aws.sdk_config_behind(Arc::new(door)), retries);
        let sim_clock = Arc::new(SimClock { time: Arc::clone(&self.time), skew });
        let clock = || Arc::clone(&sim_clock) as Arc<dyn Clock>;
        let configs = &self.configs;
        let program = match role {
            Role::Receive => Program::Receive(Box::new(ReceivePurchase::new(&configs.receive, &clients, clock()))),
            Role::Plan => Program::Plan(PlanFollowUps::new(&configs.plan, &clients, clock())),
            Role::Alarms => Program::Alarms(SetAlarms::new(&configs.alarms, &clients, clock())),
            Role::Send => Program::Send(Box::new(SendFollowUps::new(&configs.send, &clients, clock(), Arc::new(Dice)))),
            Role::Pages => Program::Pages(CustomerPages::new(&configs.pages, &clients, clock())),
            Role::Keeper => Program::Keeper(Box::new(KeepPromises::new(&configs.keeper, &clients, clock()))),
            Role::Delivery => Program::Delivery(RecordDelivery::new(&configs.delivery, &clients, clock())),
            Role::Owner => Program::Owner(Diary::new(clients.dynamodb(), TABLE)),
        };
        Instance { program, clock: sim_clock, task }
    }
}

/// Sets the template up where it does not stand yet. It throws the thread's dice, so it must stand before these are seeded.
pub(crate) fn prepare() {
    template();
}

fn template() -> &'static Template {
    static TEMPLATE: OnceLock<Template> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(Box::pin(furnish(folder.path())));
        Template(folder)
    })
}

/// Sets both shops up, with keys that are the same in every process: ids and links are part of a run's trail.
async fn furnish(folder: &Path) {
    let now = Some(BEGINNING.parse().expect("a moment"));
    let start = Start { folder: folder.to_owned(), now, frozen: true, public_url: PUBLIC_URL.to_owned() };
    let world = World::open(start).await.expect("a world");
    let clients = Clients::new(&world.aws().sdk_config(), None);
    let carts = life::Cart::of(SECOND_SHOP).iter().map(|cart| {
        let id = CartId::parse(cart.id()).expect("a cart's id");
        (id, vec![SecretString::from(sample::SECRET)])
    });
    let wanted = ShopSettings {
        shop: ShopId::parse(SECOND_SHOP).expect("a shop's id"),
        files: programme(SECOND_SHOP, 0),
        shards: 2,
        carts: carts.collect(),
    };
    Office::new(&clients, TABLE, SECRETS).apply(&wanted).await.expect("applied");
    for (name, value) in [
        ("keys/identity", "the key of simulated worlds, which keep nobody's address"),
        ("keys/links", "1:c2ltdWxhdGVkIHdvcmxkcyBzaWduIHdpdGggYSBrbm93biBrZXk="),
    ] {
        let put = clients.ssm().put_parameter().name(format!("{SECRETS}/{name}")).value(value);
        put.r#type(ParameterType::SecureString).overwrite(true).send().await.expect("written");
    }
}
