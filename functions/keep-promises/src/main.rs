//! keep-promises on AWS Lambda: wires the function to its environment.

use keep_promises::KeepPromises;
use keep_promises::config::Config;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::de::IgnoredAny;
use std::sync::Arc;
use wasurena_cloud::clock::WallClock;
use wasurena_cloud::settings::Environment;
use wasurena_cloud::{Clients, logging};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start();
    let config = Config::read(Environment::of_process())?;
    let function = KeepPromises::new(&config, &Clients::from_environment().await, Arc::new(WallClock));
    let function = &function;
    lambda_runtime::run(service_fn(move |_hourly: LambdaEvent<IgnoredAny>| async move {
        function.handle().await.map(|_| ()).map_err(Error::from)
    }))
    .await
}
