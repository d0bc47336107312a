//! A function with the wiring of all the others that does, when its event says so, what none of them should: it shows
//! what Lambda makes of a panic and of a call that never ends.

use chrono::Utc;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};
use wasurena_cloud::telemetry;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::start("misbehaves");
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| async move {
        match event.payload["do"].as_str() {
            Some("panic") => panic!("asked to"),
            Some("panic with a name") => panic!("asked to by {}", event.payload["name"]),
            Some("hang") => std::future::pending().await,
            Some("exit") => std::process::exit(3),
            Some("tell the time") => Ok(json!(Utc::now())),
            Some("fail") => Err("asked to".into()),
            _ => Ok::<_, Error>(json!({ "request": event.context.request_id })),
        }
    }))
    .await
}
