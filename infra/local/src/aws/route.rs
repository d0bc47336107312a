//! Which operation of which service an HTTP request means.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use percent_encoding::percent_decode_str;

use super::wire::ApiError;

/// The services of the embedded cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    DynamoDb,
    Scheduler,
    Ses,
    Ssm,
}

impl Service {
    /// The name in front of the operation, in usage and faults.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::DynamoDb => "dynamodb",
            Self::Scheduler => "scheduler",
            Self::Ses => "ses",
            Self::Ssm => "ssm",
        }
    }

    /// The error by which this service says "slower".
    pub(crate) fn throttled(self) -> ApiError {
        let (status, code) = match self {
            Self::DynamoDb | Self::Ssm => (400, "ThrottlingException"),
            Self::Scheduler => (429, "ThrottlingException"),
            Self::Ses => (429, "TooManyRequestsException"),
        };
        ApiError::new(status, code, "Rate exceeded")
    }

    /// The error by which this service says that it is at fault.
    pub(crate) fn failed(self) -> ApiError {
        let code = match self {
            Self::DynamoDb | Self::Ssm => "InternalServerError",
            Self::Scheduler => "InternalServerException",
            Self::Ses => "InternalServiceErrorException",
        };
        ApiError::new(500, code, "internal failure")
    }
}

/// A request, taken apart.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) service: Service,
    pub(crate) operation: &'static str,
    /// What the path names: a schedule or a group.
    pub(crate) name: String,
    query: Vec<(String, String)>,
}

impl Call {
    /// The name by which usage and faults know the call.
    pub(crate) fn full_name(&self) -> String {
        format!("{}.{}", self.service.name(), self.operation)
    }

    /// A query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The operations that a target header may name.
const TARGETS: [(&str, Service, &[&str]); 2] = [
    (
        "DynamoDB_20120810.",
        Service::DynamoDb,
        &[
            "BatchGetItem",
            "BatchWriteItem",
            "CreateTable",
            "DeleteItem",
            "DeleteTable",
            "DescribeTable",
            "DescribeTimeToLive",
            "GetItem",
            "ListTables",
            "PutItem",
            "Query",
            "Scan",
            "TransactGetItems",
            "TransactWriteItems",
            "UpdateItem",
            "UpdateTimeToLive",
        ],
    ),
    ("AmazonSSM.", Service::Ssm, &["GetParameter", "GetParameters", "GetParametersByPath", "PutParameter"]),
];

/// Finds the operation.
///
/// # Errors
/// What AWS answers to an operation that does not exist.
pub(crate) fn route(request: &HttpRequest) -> Result<Call, ApiError> {
    match request.headers().get("x-amz-target") {
        Some(target) => by_target(target),
        None => by_path(request.method(), request.uri()),
    }
}

fn by_target(target: &str) -> Result<Call, ApiError> {
    for (prefix, service, operations) in TARGETS {
        if let Some(operation) = target.strip_prefix(prefix)
            && let Some(operation) = operations.iter().find(|known| **known == operation)
        {
            return Ok(Call { service, operation, name: String::new(), query: Vec::new() });
        }
    }
    Err(ApiError::unknown_operation(target))
}

fn by_path(method: &str, uri: &str) -> Result<Call, ApiError> {
    let (path, query) = path_and_query(uri);
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let (service, operation, name) = match (method, segments.as_slice()) {
        ("POST", ["v2", "email", "outbound-emails"]) => (Service::Ses, "SendEmail", ""),
        ("GET", ["v2", "email", "account"]) => (Service::Ses, "GetAccount", ""),
        ("GET", ["v2", "email", "identities", name]) => (Service::Ses, "GetEmailIdentity", *name),
        ("GET", ["v2", "email", "configuration-sets", name]) => (Service::Ses, "GetConfigurationSet", *name),
        ("GET", ["schedules"]) => (Service::Scheduler, "ListSchedules", ""),
        ("POST", ["schedules", name]) => (Service::Scheduler, "CreateSchedule", *name),
        ("GET", ["schedules", name]) => (Service::Scheduler, "GetSchedule", *name),
        ("PUT", ["schedules", name]) => (Service::Scheduler, "UpdateSchedule", *name),
        ("DELETE", ["schedules", name]) => (Service::Scheduler, "DeleteSchedule", *name),
        ("POST", ["schedule-groups", name]) => (Service::Scheduler, "CreateScheduleGroup", *name),
        ("GET", ["schedule-groups", name]) => (Service::Scheduler, "GetScheduleGroup", *name),
        ("DELETE", ["schedule-groups", name]) => (Service::Scheduler, "DeleteScheduleGroup", *name),
        _ => return Err(ApiError::unknown_operation(&format!("{method} {path}"))),
    };
    let query =
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(key, value)| (decoded(key), decoded(value)));
    Ok(Call { service, operation, name: decoded(name), query: query.collect() })
}

/// Splits `https://host/path?query` without looking at the host.
fn path_and_query(uri: &str) -> (&str, &str) {
    let after_host = uri.split_once("://").map_or(uri, |(_, rest)| rest.find('/').map_or("", |slash| &rest[slash..]));
    after_host.split_once('?').unwrap_or((after_host, ""))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_without_its_host() {
        for (uri, path, query) in [
            ("https://scheduler.ap-northeast-1.amazonaws.com/schedules/a?groupName=g", "/schedules/a", "groupName=g"),
            ("/schedules", "/schedules", ""),
            ("https://host", "", ""),
        ] {
            assert_eq!(path_and_query(uri), (path, query), "{uri}");
        }
    }

    #[test]
    fn names_are_decoded() {
        let call = by_path("DELETE", "https://host/schedules/a%20b?groupName=g%2Fh&clientToken=t").unwrap();
        assert_eq!((call.operation, call.name.as_str()), ("DeleteSchedule", "a b"));
        assert_eq!((call.query("groupName"), call.query("clientToken")), (Some("g/h"), Some("t")));
        assert_eq!(call.query("nothing"), None);
        assert_eq!(call.full_name(), "scheduler.DeleteSchedule");
    }

    #[test]
    fn what_is_not_served_is_unknown() {
        for (method, path) in [("POST", "/v2/email/identities"), ("PATCH", "/schedules/a"), ("GET", "/")] {
            assert_eq!(by_path(method, path).unwrap_err().code, "UnknownOperationException", "{method} {path}");
        }
        assert_eq!(by_target("DynamoDB_20120810.CreateBackup").unwrap_err().code, "UnknownOperationException");
        assert_eq!(by_target("AmazonSSM.PutItem").unwrap_err().code, "UnknownOperationException");
    }
}
