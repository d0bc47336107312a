//! `/_local/…`: the handles of the embedded cloud, for tests and curious people.

use crate::aws::{EventKind, Fault, MailError, Usage};
use crate::rows::{FollowUpRow, TaskRow};
use crate::world::{World, WorldError};
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
use wasurena_cloud::diary::DiaryError;
use wasurena_domain::ids::ShopId;

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
    kind: EventKind,
    #[serde(default)]
    permanent: bool,
    /// EventBridge loses it: the mail has it, and nobody hears of it.
    #[serde(default)]
    lost: bool,
}

/// Something happens to a mail, and SES says so by EventBridge.
async fn ses_event(State(world): Shared, request: Result<Json<SesEvent>, JsonRejection>) -> Answer<Value> {
    let SesEvent { mail, kind, permanent, lost } = body(request)?;
    let note = json!({ "type": kind, "permanent": permanent, "lost": lost, "at": world.now() });
    let not_found = |error: MailError| ApiError::NotFound(error.to_string());
    world.aws.ses().add_event(&mail, &note).map_err(not_found)?;
    if !lost {
        let event = world.aws.ses().event(&mail, kind, permanent).map_err(not_found)?;
        world.carry_event(event).await?;
    }
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
    world.diary.set_stopped(&shop_id(&shop)?, on).await.map_err(|error| match error {
        DiaryError::NoProgramme(_) => ApiError::NotFound(error.to_string()),
        other => other.into(),
    })?;
    Ok(Json(json!({ "shop": shop, "on": on })))
}
