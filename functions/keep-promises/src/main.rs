//! keep-promises on AWS Lambda: wires the function to its environment.

use keep_promises::KeepPromises;
use keep_promises::config::Config;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::de::IgnoredAny;
use std::sync::Arc;
use wasurena_cloud::clock::WallClock;
use wasurena_cloud::settings::Environment;
use wasurena_cloud::telemetry::Metric;
use wasurena_cloud::{Clients, deadline, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::start("keep-promises");
    let config = Config::read(Environment::of_process())?;
    let function = KeepPromises::new(&config, &Clients::of_function(), Arc::new(WallClock));
    function.warm_up().await;
    let function = &function;
    lambda_runtime::run(service_fn(move |hourly: LambdaEvent<IgnoredAny>| async move {
        function.handle(deadline::stop_at(hourly.context.deadline)).await.map_err(|error| Diagnostic {
            error_type: Metric::ShopsFailed.name().to_owned(),
            error_message: error.to_string(),
        })
    }))
    .await
}
