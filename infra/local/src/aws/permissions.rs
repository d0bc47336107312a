//! Which permissions a call needs on AWS: IAM's own names of actions, and what they are about.
//!
//! Source: the Service Authorization Reference (DynamoDB, EventBridge Scheduler, SES v2, Systems Manager). A
//! transaction has no action of its own: it needs those of the writes in it.

use serde_json::Value;

use super::route::{Call, Service};

/// What the caller of `call` needs permission for.
pub(crate) fn permissions(call: &Call, body: &[u8]) -> Vec<String> {
    let operation = call.operation;
    match (call.service, operation) {
        (Service::DynamoDb, "TransactWriteItems" | "TransactGetItems") => in_transaction(body),
        (Service::DynamoDb, _) => vec![format!("dynamodb:{operation} {}", about(&json(body)))],
        (Service::Scheduler, "CreateSchedule" | "UpdateSchedule") => {
            vec![format!("scheduler:{operation}"), "iam:PassRole".to_owned()]
        }
        (Service::Scheduler, _) => vec![format!("scheduler:{operation}")],
        (Service::Ses, _) => vec![format!("ses:{operation}")],
        (Service::Ssm, _) => vec![format!("ssm:{operation}")],
    }
}

fn json(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}

/// The table, or one of its indexes: each is a resource of its own.
fn about(request: &Value) -> String {
    request["IndexName"].as_str().map_or_else(|| "table".to_owned(), |index| format!("index/{index}"))
}

fn in_transaction(body: &[u8]) -> Vec<String> {
    let request = json(body);
    let parts = request["TransactItems"].as_array().into_iter().flatten().filter_map(Value::as_object);
    let action = |part: &str| match part {
        "Put" => "PutItem",
        "Update" => "UpdateItem",
        "Delete" => "DeleteItem",
        "Get" => "GetItem",
        _ => "ConditionCheckItem",
    };
    parts.flat_map(serde_json::Map::keys).map(|part| format!("dynamodb:{} table", action(part))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
    use aws_smithy_types::body::SdkBody;

    fn needed(target: &str, body: &str) -> Vec<String> {
        let request = http::Request::post("https://host/").header("x-amz-target", target);
        let request = HttpRequest::try_from(request.body(SdkBody::from(body)).unwrap()).unwrap();
        permissions(&super::super::route::route(&request).unwrap(), body.as_bytes())
    }

    #[test]
    fn a_transaction_needs_the_permissions_of_its_parts() {
        let body = r#"{"TransactItems": [{"Put": {}}, {"Update": {}}, {"ConditionCheck": {}}]}"#;
        assert_eq!(
            needed("DynamoDB_20120810.TransactWriteItems", body),
            ["dynamodb:PutItem table", "dynamodb:UpdateItem table", "dynamodb:ConditionCheckItem table"]
        );
    }

    #[test]
    fn an_index_is_a_resource_of_its_own() {
        let query = "DynamoDB_20120810.Query";
        assert_eq!(needed(query, r#"{"TableName": "t"}"#), ["dynamodb:Query table"]);
        assert_eq!(needed(query, r#"{"TableName": "t", "IndexName": "due"}"#), ["dynamodb:Query index/due"]);
    }

    #[test]
    fn who_sets_an_alarm_passes_a_role_on() {
        let request = http::Request::post("https://host/schedules/a").body(SdkBody::empty()).unwrap();
        let call = super::super::route::route(&HttpRequest::try_from(request).unwrap()).unwrap();
        assert_eq!(permissions(&call, b""), ["scheduler:CreateSchedule", "iam:PassRole"]);
    }
}
