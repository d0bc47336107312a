//! A schedule as the API takes and gives it, and what makes it valid.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::expression::instant;
use crate::aws::wire::ApiError;

/// The group that always exists.
pub(super) const DEFAULT_GROUP: &str = "default";

/// The longest name, group name and client token.
const NAME_MAX: usize = 64;

/// The body of CreateSchedule and UpdateSchedule, and what is kept of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ScheduleBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) client_token: Option<String>,
    #[serde(default = "default_group")]
    pub(super) group_name: String,
    pub(super) schedule_expression: String,
    #[serde(default = "utc")]
    pub(super) schedule_expression_timezone: String,
    pub(super) flexible_time_window: FlexibleTimeWindow,
    pub(super) target: Target,
    #[serde(default)]
    pub(super) action_after_completion: ActionAfterCompletion,
    #[serde(default)]
    pub(super) state: State,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FlexibleTimeWindow {
    pub(super) mode: String,
}

/// What the ring is delivered to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Target {
    pub(super) arn: String,
    pub(super) role_arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) input: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) retry_policy: Option<RetryPolicy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) dead_letter_config: Option<DeadLetterConfig>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RetryPolicy {
    #[serde(default = "day")]
    pub(super) maximum_event_age_in_seconds: u32,
    #[serde(default = "most_retries")]
    pub(super) maximum_retry_attempts: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { maximum_event_age_in_seconds: day(), maximum_retry_attempts: most_retries() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeadLetterConfig {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) arn: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum ActionAfterCompletion {
    Delete,
    #[default]
    None,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum State {
    #[default]
    Enabled,
    Disabled,
}

fn default_group() -> String {
    DEFAULT_GROUP.to_owned()
}

fn utc() -> String {
    "UTC".to_owned()
}

const fn day() -> u32 {
    86_400
}

const fn most_retries() -> u32 {
    185
}

impl ScheduleBody {
    /// Reads and checks a body; answers it with the instant it is due.
    pub(super) fn parse(body: serde_json::Value) -> Result<(Self, DateTime<Utc>), ApiError> {
        let body: Self = serde_json::from_value(body).map_err(|error| invalid(error.to_string()))?;
        check_name("GroupName", &body.group_name)?;
        if let Some(token) = &body.client_token {
            check_token(token)?;
        }
        if body.flexible_time_window.mode != "OFF" {
            return Err(invalid("FlexibleTimeWindow: the embedded Scheduler knows the mode OFF only"));
        }
        body.target.check()?;
        let due = instant(&body.schedule_expression, &body.schedule_expression_timezone)
            .map_err(|error| invalid(error.to_string()))?;
        Ok((body, due))
    }

    /// When to ring, if at all.
    pub(super) fn rings_at(&self, due: DateTime<Utc>) -> Option<i64> {
        (self.state == State::Enabled).then(|| due.timestamp_millis())
    }
}

impl Target {
    fn check(&self) -> Result<(), ApiError> {
        for (field, arn) in [("Target.Arn", &self.arn), ("Target.RoleArn", &self.role_arn)] {
            if !arn.starts_with("arn:") || arn.len() > 1600 {
                return Err(invalid(format!("{field} is not an ARN")));
            }
        }
        if let Some(policy) = &self.retry_policy
            && !(policy.maximum_retry_attempts <= most_retries()
                && (60..=day()).contains(&policy.maximum_event_age_in_seconds))
        {
            return Err(invalid("RetryPolicy: 0 to 185 attempts, 60 to 86400 seconds"));
        }
        Ok(())
    }
}

/// 1 to 64 of `[0-9a-zA-Z-_.]`.
pub(super) fn check_name(field: &str, name: &str) -> Result<(), ApiError> {
    check_text(field, name, |byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// 1 to 64 of `[a-zA-Z0-9-_]`.
pub(super) fn check_token(token: &str) -> Result<(), ApiError> {
    check_text("ClientToken", token, |byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn check_text(field: &str, text: &str, allowed: impl Fn(u8) -> bool) -> Result<(), ApiError> {
    if (1..=NAME_MAX).contains(&text.len()) && text.bytes().all(allowed) {
        return Ok(());
    }
    Err(invalid(format!("{field} must have 1 to {NAME_MAX} characters of its alphabet")))
}

pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "ValidationException", message)
}
