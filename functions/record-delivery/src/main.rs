//! record-delivery on AWS Lambda: wires the function to its environment.

use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use record_delivery::RecordDelivery;
use record_delivery::config::Config;
use serde_json::Value;
use std::sync::Arc;
use wasurena_cloud::clock::WallClock;
use wasurena_cloud::settings::Environment;
use wasurena_cloud::telemetry::Metric;
use wasurena_cloud::{Clients, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::start("record-delivery");
    let config = Config::read(Environment::of_process())?;
    let function = RecordDelivery::new(&config, &Clients::of_function(), Arc::new(WallClock));
    function.warm_up().await;
    let function = &function;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        function.handle(&event.payload).await.map(|_| ()).map_err(|error| Diagnostic {
            error_type: Metric::EventsFailed.name().to_owned(),
            error_message: error.to_string(),
        })
    }))
    .await
}
