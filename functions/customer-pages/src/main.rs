//! customer-pages on AWS Lambda: wires the function to its environment.

use customer_pages::CustomerPages;
use customer_pages::config::Config;
use lambda_http::{Error, Request, service_fn};
use std::sync::Arc;
use wasurena_cloud::clock::WallClock;
use wasurena_cloud::settings::Environment;
use wasurena_cloud::{Clients, logging};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start();
    let config = Config::read(Environment::of_process())?;
    let function = CustomerPages::new(&config, &Clients::from_environment().await, Arc::new(WallClock));
    function.warm_up().await;
    let function = &function;
    lambda_http::run(service_fn(move |request: Request| async move { Ok::<_, Error>(function.handle(request).await) }))
        .await
}
