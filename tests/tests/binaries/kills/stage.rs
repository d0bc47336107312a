//! A deployment in which everything dies: one embedded AWS and a fleet of each function, on one clock.

use super::fleets::fleet;
use crate::support::FUNCTIONS;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;
use wasurena_cloud::{Clients, Diary};
use wasurena_domain::calendar::day_of;
use wasurena_domain::ids::ShopId;
use wasurena_letters::Files;
use wasurena_local::sample;
use wasurena_tests::clock::Clock;
use wasurena_tests::cloud::{TABLE, install};
use wasurena_tests::lambda::{Fleet, Outcome};
use wasurena_tests::region::Region;

/// Senders that a slot's alarm wakes at once.
pub(crate) const SHARDS: u32 = 4;
/// The embedded AWS is killed at one of these requests of each of its lives. A run has about sixty thousand; the
/// first few hundred set the shop up.
const REGION_LIFE: RangeInclusive<u64> = 900..=9_000;

/// The deployment.
pub(crate) struct Stage {
    pub(crate) region: Arc<Region>,
    pub(crate) clock: Clock,
    /// Read by whoever plays AWS, to know when the keeper has something to do.
    pub(crate) diary: Diary,
    pub(crate) shop: ShopId,
    fleets: BTreeMap<&'static str, Fleet>,
    dice: Mutex<fastrand::Rng>,
    /// Mails whose events were seen to.
    pub(crate) mails_seen: AtomicUsize,
    failed: AtomicUsize,
}

impl Stage {
    pub(crate) async fn open(seed: u64, now: DateTime<Utc>) -> Arc<Self> {
        let clock = Clock::beginning_at(now);
        let mut dice = fastrand::Rng::with_seed(seed);
        let aws = env!("CARGO_BIN_EXE_embedded-aws").into();
        let region = Arc::new(Region::open(aws, clock.clone(), REGION_LIFE, dice.fork()));
        let clients = Clients::of_embedded_cloud(region.url()).await;
        let diary = Diary::new(clients.dynamodb(), TABLE);
        install(&clients, &diary, files(now), SHARDS).await;
        // Nobody looks at a page here.
        let functions = FUNCTIONS.into_iter().filter(|name| *name != "customer-pages");
        let fleets = functions.map(|name| (name, fleet(name, &region, &clock, dice.fork()))).collect();
        Arc::new(Self {
            region,
            clock,
            diary,
            shop: ShopId::parse(sample::SHOP).unwrap(),
            fleets,
            dice: Mutex::new(dice),
            mails_seen: AtomicUsize::default(),
            failed: AtomicUsize::default(),
        })
    }

    pub(crate) async fn invoke(&self, function: &str, event: &serde_json::Value) -> Outcome {
        self.fleets[function].invoke(event).await
    }

    pub(crate) fn dice(&self) -> MutexGuard<'_, fastrand::Rng> {
        self.dice.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An event that was tried as often as AWS tries it.
    pub(crate) fn queue_failure(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    /// How many events are in failure queues.
    pub(crate) fn failed(&self) -> usize {
        self.failed.load(Ordering::Relaxed)
    }

    /// How many processes of each function were killed before their first event, and with an event in hand.
    pub(crate) fn kills(&self) -> BTreeMap<&'static str, (usize, usize)> {
        self.fleets.iter().map(|(name, fleet)| (*name, fleet.kills())).collect()
    }

    /// Kills everything. Answers what AWS kept, and how often it was killed until now.
    pub(crate) async fn end(self) -> (TempDir, usize) {
        drop(self.fleets);
        let region = Arc::into_inner(self.region).unwrap();
        let kills = region.kills();
        (region.end().await, kills)
    }
}

/// The default programme of a shop so large that it has its slots divided.
fn files(now: DateTime<Utc>) -> Files {
    let start = day_of(now, chrono_tz::Asia::Tokyo);
    let divided = |path: &str, text: &str| match path {
        "shop.toml" => text.replace("shards = 1", &format!("shards = {SHARDS}")),
        _ => text.to_owned(),
    };
    let files = wasurena_letters::utsuwa(start);
    Files::new(files.iter().map(|(path, text)| (path.to_owned(), divided(path, text)))).unwrap()
}
