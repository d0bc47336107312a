//! The embedded AWS alone, behind a port of this machine, for functions that run as processes of their own.
//!
//! Nothing here carries anything: no stream is pumped and no alarm rings unless a test does it, so whatever happens
//! was done by one of the processes. Its clock is the wall's, since that is the one the processes look at.

use aws_lambda_events::event::dynamodb::EventRecord;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use wasurena_cloud::shop_settings::{Office, ShopSettings};
use wasurena_cloud::{Clients, Diary};
use wasurena_domain::ids::{CartId, ShopId};
use wasurena_letters::Files;
use wasurena_local::aws::{Aws, Ring, VirtualClock};
use wasurena_local::sample;

/// The diary's table.
pub const TABLE: &str = "wasurena";
/// The path of the secrets.
pub const SECRETS: &str = "/wasurena";
/// The group of the alarms.
pub const ALARM_GROUP: &str = "wasurena";
/// SES's configuration set.
pub const CONFIGURATION_SET: &str = "wasurena";

/// The largest request that is read.
const REQUEST_MAX: usize = 6 * 1024 * 1024;

/// What the embedded AWS does without ever saying so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mute {
    /// Every call of DynamoDB.
    DynamoDb,
    /// SES's `SendEmail`.
    SendEmail,
}

impl Mute {
    fn concerns(self, request: &Request) -> bool {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
        match self {
            Self::DynamoDb => target.is_some_and(|target| target.starts_with("DynamoDB_")),
            Self::SendEmail => request.uri().path() == "/v2/email/outbound-emails",
        }
    }
}

/// The embedded AWS behind a port.
#[derive(Debug)]
pub struct Cloud {
    aws: Aws,
    clients: Clients,
    diary: Diary,
    url: String,
    mute: watch::Sender<Option<Mute>>,
    unanswered: watch::Sender<usize>,
    server: JoinHandle<()>,
    _folder: TempDir,
}

#[derive(Debug, Clone)]
struct Site {
    aws: Aws,
    mute: watch::Receiver<Option<Mute>>,
    unanswered: watch::Sender<usize>,
}

#[expect(clippy::expect_used, reason = "a cloud that does not stand is a failed test")]
impl Cloud {
    /// An AWS with the diary's table, the group of the alarms and the sample shop. The shop's mails may go out at any
    /// hour, so that a test may run at any.
    ///
    /// # Panics
    /// Where the machine gives no folder or port.
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let aws = Aws::open(folder.path(), Arc::new(VirtualClock::running(Utc::now()))).expect("an embedded AWS");
        let clients = Clients::new(&aws.sdk_config(), None);
        let diary = Diary::new(clients.dynamodb(), TABLE);
        install(&clients, &diary, open_all_day(), 1).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let (mute, heard) = watch::channel(None);
        let unanswered = watch::Sender::new(0);
        let site = Site { aws: aws.clone(), mute: heard, unanswered: unanswered.clone() };
        let app = Router::new().fallback(answer).with_state(site);
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("served") });
        aws.reset_usage();
        Self { aws, clients, diary, url, mute, unanswered, server, _folder: folder }
    }

    /// Where it answers, for `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The embedded AWS itself.
    #[must_use]
    pub fn aws(&self) -> &Aws {
        &self.aws
    }

    /// Clients of the test's own, beside the port.
    #[must_use]
    pub fn clients(&self) -> &Clients {
        &self.clients
    }

    /// The diary, read by the test.
    #[must_use]
    pub fn diary(&self) -> &Diary {
        &self.diary
    }

    /// The sample shop.
    ///
    /// # Panics
    /// Never: it has an id.
    #[must_use]
    pub fn shop(&self) -> ShopId {
        ShopId::parse(sample::SHOP).expect("a shop id")
    }

    /// From now on this is done and never answered: the caller waits.
    pub fn mute(&self, what: Mute) {
        self.unanswered.send_replace(0);
        self.mute.send_replace(Some(what));
    }

    /// Everything is answered again. Whoever still waits gets the answer.
    pub fn unmute(&self) {
        self.mute.send_replace(None);
    }

    /// Returns once something was done and not answered.
    ///
    /// # Panics
    /// Never while the cloud stands.
    pub async fn left_unanswered(&self) {
        self.unanswered.subscribe().wait_for(|requests| *requests > 0).await.expect("the cloud stands");
    }

    /// Every item of the diary but the programme's files, as DynamoDB keeps it, read beside the meter.
    ///
    /// # Panics
    /// Where the table cannot be read.
    #[must_use]
    pub fn items(&self) -> Vec<Value> {
        items(&self.aws)
    }

    /// The records of the table's stream that `reader` has not read yet, a batch at most as Lambda would hand it over.
    ///
    /// # Panics
    /// Where the stream cannot be read.
    #[must_use]
    pub fn unread(&self, reader: &str) -> Vec<EventRecord> {
        let streams = self.aws.streams();
        let position = streams.position(TABLE, reader).expect("a position");
        let records = streams.records_after(TABLE, position.as_deref(), 100).expect("the stream");
        if let Some(last) = records.last().and_then(|record| record.change.sequence_number.clone()) {
            streams.save_position(TABLE, reader, &last).expect("a position kept");
        }
        records
    }

    /// Every schedule that stands, the next first.
    ///
    /// # Panics
    /// Where they cannot be read.
    #[must_use]
    pub fn alarms(&self) -> Vec<Ring> {
        self.aws.scheduler().due(chrono::DateTime::<Utc>::MAX_UTC).expect("the schedules")
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Every item of the diary of `aws` but the programme's files, as DynamoDB keeps it, read beside the meter.
///
/// # Panics
/// Where the table cannot be read.
#[expect(clippy::expect_used, reason = "a cloud that does not stand is a failed test")]
#[must_use]
pub fn items(aws: &Aws) -> Vec<Value> {
    let mut items = Vec::new();
    let mut start = Value::Null;
    loop {
        let request = json!({ "TableName": TABLE, "ExclusiveStartKey": start });
        let request = serde_json::from_value(request).expect("a scan");
        let page = aws.database().scan(request).expect("the table");
        let page = serde_json::to_value(page).expect("JSON");
        items.extend(page["Items"].as_array().cloned().unwrap_or_default());
        start = page["LastEvaluatedKey"].clone();
        if start.is_null() {
            items.retain(|item| item["entity"]["S"] != "file");
            return items;
        }
    }
}

/// Sets up the table, the group of the alarms, and the sample shop with every cart; `shards` is what its files say.
///
/// # Panics
/// Where AWS does not take it.
#[expect(clippy::expect_used, reason = "a cloud that does not stand is a failed test")]
pub async fn install(clients: &Clients, diary: &Diary, files: Files, shards: u32) {
    diary.create_table().await.expect("a table");
    clients.scheduler().create_schedule_group().name(ALARM_GROUP).send().await.expect("a group of alarms");
    let secret = || vec![SecretString::from(sample::SECRET)];
    let carts = wasurena_carts::all().map(|cart| (CartId::parse(cart.id()).expect("a cart id"), secret()));
    let wanted =
        ShopSettings { shop: ShopId::parse(sample::SHOP).expect("a shop id"), files, shards, carts: carts.collect() };
    Box::pin(Office::new(clients, TABLE, SECRETS).apply(&wanted)).await.expect("the sample shop");
}

/// The default programme of a shop that has followed up for a month and sends at any hour.
#[expect(clippy::expect_used, reason = "a cloud that does not stand is a failed test")]
fn open_all_day() -> Files {
    let start = (Utc::now() - chrono::Duration::days(30)).date_naive();
    let opened = |path: &str, text: &str| match path {
        "shop.toml" => text.replace("\"09:00\"", "\"00:00\"").replace("\"20:00\"", "\"23:59\""),
        _ => text.to_owned(),
    };
    let files = wasurena_letters::utsuwa(start);
    Files::new(files.iter().map(|(path, text)| (path.to_owned(), opened(path, text)))).expect("files within bounds")
}

async fn answer(State(mut site): State<Site>, request: Request) -> Response {
    let muted = *site.mute.borrow();
    let is_muted = muted.is_some_and(|mute| mute.concerns(&request));
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, REQUEST_MAX).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let answer = site.aws.answer(Request::from_parts(parts, bytes.to_vec()));
    if is_muted {
        site.unanswered.send_modify(|requests| *requests += 1);
        // Ends with an error where the cloud goes: then nobody waits any more.
        let _either_way = site.mute.wait_for(|mute| *mute != muted).await;
    }
    answer.map_or_else(|| StatusCode::GATEWAY_TIMEOUT.into_response(), |answer| answer.map(Body::from))
}
