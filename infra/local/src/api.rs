//! `/_local/…`: the handles of the embedded cloud, for tests and curious people.

use crate::aws::{Fault, StoredMail, Usage};
use crate::world::{TABLE, World, WorldError};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use wasurena_cloud::diary::{Attention, CustomerFile};
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::follow_up::FollowUp;
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_domain::task::Task;

type Shared = State<Arc<World>>;

/// The routes under `/_local`.
pub(crate) fn routes() -> axum::Router<Arc<World>> {
    axum::Router::new()
        .route("/clock", get(clock).post(move_clock))
        .route("/postbox", get(postbox))
        .route("/usage", get(usage))
        .route("/usage/reset", post(reset_usage))
        .route("/ses-events", post(ses_event))
        .route("/follow-ups", get(follow_ups))
        .route("/tasks", get(tasks))
        .route("/alarms", get(alarms).delete(lose_alarms))
        .route("/faults", get(faults).post(add_fault).delete(end_faults))
        .route("/stop", post(stop))
}

/// A request that cannot be carried out.
#[derive(Debug)]
pub(crate) enum ApiError {
    Bad(String),
    NotFound(String),
    World(String),
}

impl<E: Into<WorldError>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self::World(error.into().to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, detail) = match self {
            Self::Bad(detail) => (StatusCode::BAD_REQUEST, detail),
            Self::NotFound(detail) => (StatusCode::NOT_FOUND, detail),
            Self::World(detail) => (StatusCode::INTERNAL_SERVER_ERROR, detail),
        };
        (status, Json(json!({ "status": status.as_u16(), "detail": detail }))).into_response()
    }
}

type Answer<T> = Result<Json<T>, ApiError>;

fn body<T>(body: Result<Json<T>, JsonRejection>) -> Result<T, ApiError> {
    body.map(|Json(value)| value).map_err(|error| ApiError::Bad(error.body_text()))
}

fn shop_id(text: &str) -> Result<ShopId, ApiError> {
    ShopId::parse(text).map_err(|error| ApiError::Bad(error.to_string()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveClock {
    to: Option<DateTime<Utc>>,
    advance_s: Option<i64>,
}

async fn clock(State(world): Shared) -> Json<Value> {
    Json(json!({ "now": world.now() }))
}

async fn move_clock(State(world): Shared, request: Result<Json<MoveClock>, JsonRejection>) -> Answer<Value> {
    let to = match body(request)? {
        MoveClock { to: Some(to), advance_s: None } => to,
        MoveClock { to: None, advance_s: Some(seconds) } if seconds >= 0 => Duration::try_seconds(seconds)
            .and_then(|by| world.now().checked_add_signed(by))
            .ok_or_else(|| ApiError::Bad("advance_s is too large".to_owned()))?,
        _ => {
            return Err(ApiError::Bad(
                "give either {\"to\": RFC 3339} or {\"advance_s\": n}, n not below 0".to_owned(),
            ));
        }
    };
    let now = world.advance_to(to).await?;
    Ok(Json(json!({ "now": now })))
}

/// A mail, as `GET /_local/postbox` shows it.
#[derive(Debug, Clone, Serialize)]
pub struct MailRow {
    /// SES's message id.
    pub id: String,
    /// Recipients.
    pub to: Vec<String>,
    /// Sender, with its name decoded.
    pub from: String,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
    /// Headers of our own.
    pub headers: BTreeMap<String, String>,
    /// SES's tags.
    pub tags: BTreeMap<String, String>,
    /// When it was accepted.
    pub sent_at: DateTime<Utc>,
    /// The follow-up it carries out; nothing for mail to the owner.
    pub follow_up_id: Option<String>,
    /// The shop.
    pub shop: Option<String>,
}

impl From<StoredMail> for MailRow {
    fn from(mail: StoredMail) -> Self {
        Self {
            follow_up_id: mail.tags.get("follow_up").cloned(),
            shop: mail.tags.get("shop").cloned(),
            from: crate::postbox::decoded(&mail.from),
            id: mail.id,
            to: mail.to,
            subject: mail.subject,
            text: mail.text.unwrap_or_default(),
            html: mail.html.unwrap_or_default(),
            headers: mail.headers,
            tags: mail.tags,
            sent_at: mail.sent_at,
        }
    }
}

impl World {
    /// Every mail that SES accepted, oldest first.
    ///
    /// # Errors
    /// [`WorldError`] where the postbox cannot be read.
    pub fn mails(&self) -> Result<Vec<MailRow>, WorldError> {
        Ok(self.aws.ses().mails()?.into_iter().map(MailRow::from).collect())
    }

    /// Every item of the diary's table, as DynamoDB keeps it. Read beside the meter.
    ///
    /// # Errors
    /// [`WorldError`] where the table cannot be read.
    pub fn items(&self) -> Result<Vec<Value>, WorldError> {
        let table = |error: &dyn std::fmt::Display| WorldError::Table(error.to_string());
        let mut items = Vec::new();
        let mut start = Value::Null;
        loop {
            let request = json!({ "TableName": TABLE, "ExclusiveStartKey": start });
            let request = serde_json::from_value(request).map_err(|error| table(&error))?;
            let page = self.aws.database().scan(request).map_err(|error| table(&error))?;
            let page = serde_json::to_value(page).map_err(|error| table(&error))?;
            items.extend(page["Items"].as_array().cloned().unwrap_or_default());
            start = page["LastEvaluatedKey"].clone();
            if start.is_null() {
                return Ok(items);
            }
        }
    }

    /// The follow-ups of a customer, by id or by mail address, with the next look at them where no message
    /// is planned. Empty for somebody unknown.
    ///
    /// # Errors
    /// [`WorldError`] where the diary cannot be read.
    pub async fn follow_ups(&self, shop: &ShopId, customer: &str) -> Result<Vec<FollowUpRow>, WorldError> {
        let id = match EmailAddress::parse(customer) {
            Ok(address) => {
                let place = self.keyring.keys().await?.identify(shop, address.as_str())?;
                self.diary.owner_of(shop, &place).await?
            }
            Err(_) => CustomerId::parse(customer).ok(),
        };
        let Some(id) = id else { return Ok(Vec::new()) };
        Ok(self.diary.file(shop, &id).await?.map(rows).unwrap_or_default())
    }
}

/// A follow-up, as `GET /_local/follow-ups` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowUpRow {
    /// Its id.
    pub id: String,
    /// Whom it is for.
    pub customer: String,
    /// The step; `review` for a silent look.
    pub step: String,
    /// What it is about.
    pub class: String,
    /// How it reaches the customer.
    pub channel: &'static str,
    /// When it is due.
    pub due_at: DateTime<Utc>,
    /// Where it stands.
    pub state: &'static str,
    /// Why it did not go out.
    pub reason: Option<String>,
}

fn rows(file: CustomerFile) -> Vec<FollowUpRow> {
    let customer = file.record.customer.id.to_string();
    let mut rows: Vec<FollowUpRow> = file.follow_ups.iter().map(|f| row(&customer, f)).collect();
    if let Some(Attention::Review(at)) = file.record.attention {
        rows.push(FollowUpRow {
            id: format!("{customer}_review"),
            customer,
            step: "review".to_owned(),
            class: "review".to_owned(),
            channel: "none",
            due_at: at.start(),
            state: "planned",
            reason: None,
        });
    }
    rows.sort_by_key(|row| row.due_at);
    rows
}

fn row(customer: &str, follow_up: &FollowUp) -> FollowUpRow {
    FollowUpRow {
        id: follow_up.id.to_string(),
        customer: customer.to_owned(),
        step: follow_up.step.to_string(),
        class: follow_up.class.name().to_owned(),
        channel: "mail",
        due_at: follow_up.slot.start(),
        state: follow_up.state.name(),
        reason: follow_up.reason.map(|reason| reason.to_string()),
    }
}

/// A task, as `GET /_local/tasks` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskRow {
    /// What to do.
    pub kind: &'static str,
    /// For whom; nothing where it is for the shop.
    pub customer: Option<String>,
    /// The day by which it should be done.
    pub due: chrono::NaiveDate,
    /// What led to it.
    pub why: String,
}

impl From<&Task> for TaskRow {
    fn from(task: &Task) -> Self {
        Self {
            kind: task.kind.name(),
            customer: task.customer.as_ref().map(ToString::to_string),
            due: task.due,
            why: task.why.to_string(),
        }
    }
}

async fn postbox(State(world): Shared) -> Answer<Value> {
    world.settle().await?;
    Ok(Json(json!({ "mails": world.mails()? })))
}

#[derive(Debug, Serialize)]
struct UsageRow {
    #[serde(flatten)]
    aws: Usage,
    invocations: BTreeMap<&'static str, u64>,
}

async fn usage(State(world): Shared) -> Answer<UsageRow> {
    world.settle().await?;
    Ok(Json(UsageRow { aws: world.aws.usage(), invocations: world.invocations() }))
}

async fn reset_usage(State(world): Shared) -> Answer<Value> {
    world.settle().await?;
    world.reset_usage();
    Ok(Json(json!({})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SesEvent {
    mail: String,
    #[serde(rename = "type")]
    kind: SesEventKind,
    #[serde(default)]
    permanent: bool,
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum SesEventKind {
    Bounce,
    Complaint,
    Delivery,
}

async fn ses_event(State(world): Shared, request: Result<Json<SesEvent>, JsonRejection>) -> Answer<Value> {
    let event = body(request)?;
    let note = json!({ "type": event.kind, "permanent": event.permanent, "at": world.now() });
    world.aws.ses().add_event(&event.mail, &note).map_err(|error| ApiError::NotFound(error.to_string()))?;
    Ok(Json(json!({})))
}

#[derive(Debug, Deserialize)]
struct OfCustomer {
    shop: String,
    customer: String,
}

async fn follow_ups(State(world): Shared, Query(of): Query<OfCustomer>) -> Answer<Vec<FollowUpRow>> {
    world.settle().await?;
    Ok(Json(world.follow_ups(&shop_id(&of.shop)?, &of.customer).await?))
}

#[derive(Debug, Deserialize)]
struct OfShop {
    shop: String,
}

async fn tasks(State(world): Shared, Query(of): Query<OfShop>) -> Answer<Vec<TaskRow>> {
    world.settle().await?;
    let tasks = world.diary.tasks(&shop_id(&of.shop)?).await?;
    Ok(Json(tasks.iter().map(TaskRow::from).collect()))
}

async fn alarms(State(world): Shared) -> Answer<Value> {
    world.settle().await?;
    let alarms = world.aws.scheduler().list()?;
    let rows: Vec<_> = alarms.iter().map(|a| json!({ "name": a.name, "rings_at": a.rings_at })).collect();
    Ok(Json(json!({ "alarms": rows })))
}

async fn lose_alarms(State(world): Shared) -> Answer<Value> {
    world.settle().await?;
    Ok(Json(json!({ "lost": world.aws.scheduler().delete_all()? })))
}

async fn faults(State(world): Shared) -> Json<Vec<Fault>> {
    Json(world.aws.faults().list())
}

async fn add_fault(State(world): Shared, request: Result<Json<Fault>, JsonRejection>) -> Answer<Value> {
    world.settle().await?;
    world.aws.faults().add(body(request)?).map_err(|error| ApiError::Bad(error.to_string()))?;
    Ok(Json(json!({})))
}

async fn end_faults(State(world): Shared) -> Json<Value> {
    world.aws.faults().clear();
    Json(json!({}))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stop {
    shop: String,
    on: bool,
}

async fn stop(State(world): Shared, request: Result<Json<Stop>, JsonRejection>) -> Answer<Value> {
    let Stop { shop, on } = body(request)?;
    world.diary.set_stopped(&shop_id(&shop)?, on).await.map_err(|error| ApiError::NotFound(error.to_string()))?;
    Ok(Json(json!({ "shop": shop, "on": on })))
}
