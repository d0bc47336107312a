//! A world: the embedded AWS, the functions on it, and the pumps that AWS would work between them.

use crate::aws::{Aws, OpenError, StoreError, StreamError, VirtualClock, VirtualTime};
use crate::clock::WorldClock;
use crate::configs::{Configs, SECRETS, TABLE};
use crate::rings::Retries;
use chrono::{DateTime, Utc};
use customer_pages::CustomerPages;
use keep_promises::KeepPromises;
use lambda_http::{Body, Request, Response};
use plan_follow_ups::PlanFollowUps;
use receive_purchase::ReceivePurchase;
use record_delivery::RecordDelivery;
use send_follow_ups::SendFollowUps;
use set_alarms::SetAlarms;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use tokio::sync::{Mutex, MutexGuard};
use wasurena_cloud::bookshelf::{BookError, Bookshelf};
use wasurena_cloud::clock::Dice;
use wasurena_cloud::diary::{DiaryError, due_partition};
use wasurena_cloud::keyring::{Keyring, KeyringError};
use wasurena_cloud::{Clients, Diary};

const CLOCK: &str = "clock";

/// How a world starts.
#[derive(Debug, Clone)]
pub struct Start {
    /// The folder that keeps it.
    pub folder: PathBuf,
    /// The time it starts at, unless it has come further already.
    pub now: Option<DateTime<Utc>>,
    /// Whether time stands still until it is moved.
    pub frozen: bool,
    /// Where its pages answer, without a slash at the end.
    pub public_url: String,
}

/// Something about the world itself, not about what runs in it, has failed.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The folder cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The folder cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The table's stream cannot be read.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// The diary cannot be set up or read.
    #[error(transparent)]
    Diary(#[from] DiaryError),
    /// The secrets cannot be set up or read.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// A shop's programme cannot be opened.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The sample shop cannot be set up.
    #[error("the sample shop could not be set up: {0}")]
    Sample(String),
    /// What the table keeps cannot be read.
    #[error("the diary's table cannot be read: {0}")]
    Table(String),
}

/// A world.
#[derive(Debug)]
pub struct World {
    pub(crate) aws: Aws,
    pub(crate) time: Arc<VirtualClock>,
    pub(crate) diary: Diary,
    pub(crate) bookshelf: Bookshelf,
    pub(crate) keyring: Keyring,
    pub(crate) receive: ReceivePurchase,
    pub(crate) plan: PlanFollowUps,
    pub(crate) alarms: SetAlarms,
    pub(crate) send: SendFollowUps,
    pub(crate) pages: CustomerPages,
    pub(crate) keeper: KeepPromises,
    pub(crate) delivery: RecordDelivery,
    /// The partitions of the index of what is due: one for each shard of each shop.
    pub(crate) partitions: StdMutex<BTreeSet<String>>,
    invocations: StdMutex<BTreeMap<&'static str, u64>>,
    turn: Mutex<Turn>,
}

/// Whoever holds the turn moves the world.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    pub(crate) retries: Retries,
    /// The last full hour for which the keeper was considered.
    pub(crate) kept_until: Option<DateTime<Utc>>,
}

impl World {
    /// Opens the world in a folder; an empty folder gets the sample shop.
    ///
    /// # Errors
    /// [`WorldError`] where the folder cannot be used.
    pub async fn open(start: Start) -> Result<Self, WorldError> {
        // The folder knows how far time has come, so it is opened on a clock that stands still first.
        let time = Arc::new(VirtualClock::frozen(DateTime::UNIX_EPOCH));
        let aws = Aws::open(&start.folder, Arc::clone(&time) as Arc<dyn VirtualTime>)?;
        let stored = aws.meta(CLOCK)?.and_then(|text| text.parse::<DateTime<Utc>>().ok());
        time.set(first_moment(&start, stored, Utc::now()));
        if !start.frozen {
            time.run();
        }
        let world = Self::build(aws, time, &start.public_url);
        if stored.is_none() {
            crate::sample::install(&world).await?;
        }
        for shop in world.keyring.keys().await?.shops() {
            let shards = match world.bookshelf.open(&shop).await {
                Ok(open) => open.book.shop.shards.max(1),
                // Its secrets stand and its programme does not: nothing of it is due.
                Err(BookError::Diary(DiaryError::NoProgramme(_))) => continue,
                Err(error) => return Err(error.into()),
            };
            world.know_partitions((0..shards).map(|shard| due_partition(&shop, shard)));
        }
        world.save_clock()?;
        world.aws.reset_usage();
        Ok(world)
    }

    fn build(aws: Aws, time: Arc<VirtualClock>, public_url: &str) -> Self {
        let clients = Clients::new(&aws.sdk_config(), None);
        // A client of its own for each function: what it needs permission for is its own affair.
        let of = |function: &'static str| Clients::new(&aws.sdk_config_of(function), None);
        let clock: Arc<dyn wasurena_cloud::Clock> = Arc::new(WorldClock(Arc::clone(&time)));
        let clock = || Arc::clone(&clock);
        let Configs { receive, plan, alarms, send, pages, keeper, delivery } = Configs::new(public_url);
        let diary = Diary::new(clients.dynamodb(), TABLE);
        Self {
            bookshelf: Bookshelf::new(diary.clone()),
            keyring: Keyring::new(clients.ssm(), SECRETS, clock()),
            receive: ReceivePurchase::new(&receive, &of("receive-purchase"), clock()),
            plan: PlanFollowUps::new(&plan, &of("plan-follow-ups"), clock()),
            alarms: SetAlarms::new(&alarms, &of("set-alarms"), clock()),
            send: SendFollowUps::new(&send, &of("send-follow-ups"), clock(), Arc::new(Dice)),
            pages: CustomerPages::new(&pages, &of("customer-pages"), clock()),
            keeper: KeepPromises::new(&keeper, &of("keep-promises"), clock()),
            delivery: RecordDelivery::new(&delivery, &of("record-delivery"), clock()),
            diary,
            aws,
            time,
            partitions: StdMutex::default(),
            invocations: StdMutex::default(),
            turn: Mutex::default(),
        }
    }

    /// What Lambda does before the first event: every function opens its connections.
    pub async fn warm_up(&self) {
        self.receive.warm_up().await;
        self.plan.warm_up().await;
        self.alarms.warm_up().await;
        self.send.warm_up().await;
        self.pages.warm_up().await;
        self.keeper.warm_up().await;
        self.delivery.warm_up().await;
    }

    /// What each function needs permission for, by the calls it has made.
    #[must_use]
    pub fn accesses(&self) -> BTreeMap<&'static str, BTreeSet<String>> {
        self.aws.permissions()
    }

    /// The embedded AWS.
    #[must_use]
    pub fn aws(&self) -> &Aws {
        &self.aws
    }

    /// The diary, through clients of the world's own.
    #[must_use]
    pub fn diary(&self) -> &Diary {
        &self.diary
    }

    /// The secrets.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// The shops' programmes.
    #[must_use]
    pub fn bookshelf(&self) -> &Bookshelf {
        &self.bookshelf
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.time.now()
    }

    /// Hands a request to receive-purchase.
    pub async fn hook(&self, request: Request) -> Response<Body> {
        self.count("receive-purchase", 1);
        self.receive.handle(request).await
    }

    /// Hands a request to customer-pages.
    pub async fn page(&self, request: Request) -> Response<Body> {
        self.count("customer-pages", 1);
        self.pages.handle(request).await
    }

    /// Lets streams run dry and rings what is due now.
    ///
    /// # Errors
    /// [`WorldError`] where the world itself cannot go on.
    pub async fn settle(&self) -> Result<(), WorldError> {
        self.advance_to(self.now()).await.map(|_| ())
    }

    /// Moves time to `to`, ringing every alarm on the way and letting streams run dry at each step. The
    /// clock never runs back. Answers what it shows then.
    ///
    /// # Errors
    /// [`WorldError`] where the world itself cannot go on.
    pub async fn advance_to(&self, to: DateTime<Utc>) -> Result<DateTime<Utc>, WorldError> {
        let mut turn = self.turn().await;
        self.run_streams_dry().await?;
        while let Some(next) = self.next_event(&mut turn)?.filter(|next| *next <= to) {
            self.time.set(next);
            self.ring_due(&mut turn).await?;
            self.run_streams_dry().await?;
            self.keep(&mut turn).await?;
            self.run_streams_dry().await?;
        }
        let now = self.time.set(to);
        self.skip_idle_hours(&mut turn, now)?;
        self.save_clock()?;
        Ok(now)
    }

    /// The next moment at which something happens by itself: an alarm rings, a failed invocation is tried
    /// again, or the keeper finds something due.
    fn next_event(&self, turn: &mut Turn) -> Result<Option<DateTime<Utc>>, WorldError> {
        let ring = self.aws.scheduler().next_ring()?;
        let keeper = self.next_keeper_hour(turn)?;
        Ok([ring, turn.retries.next(), keeper].into_iter().flatten().min())
    }

    pub(crate) async fn turn(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().await
    }

    fn save_clock(&self) -> Result<(), WorldError> {
        Ok(self.aws.set_meta(CLOCK, &self.now().to_rfc3339())?)
    }

    /// Partitions of the index in which something is due, or will be.
    pub(crate) fn know_partitions(&self, partitions: impl IntoIterator<Item = String>) {
        self.partitions.lock().unwrap_or_else(PoisonError::into_inner).extend(partitions);
    }

    /// How often each function was invoked since the last reset.
    #[must_use]
    pub fn invocations(&self) -> BTreeMap<&'static str, u64> {
        self.invocations.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts counting calls, units and invocations anew.
    pub fn reset_usage(&self) {
        self.aws.reset_usage();
        self.invocations.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn count(&self, function: &'static str, times: u64) {
        *self.invocations.lock().unwrap_or_else(PoisonError::into_inner).entry(function).or_default() += times;
    }
}

/// Where time starts: `now` for a new world, the later of both for one that has come further. Without
/// `now`, a frozen world goes on where it stood, and a running one never falls behind the wall.
fn first_moment(start: &Start, stored: Option<DateTime<Utc>>, wall: DateTime<Utc>) -> DateTime<Utc> {
    match (stored, start.now) {
        (None, now) => now.unwrap_or(wall),
        (Some(stored), Some(now)) => stored.max(now),
        (Some(stored), None) if start.frozen => stored,
        (Some(stored), None) => stored.max(wall),
    }
}
