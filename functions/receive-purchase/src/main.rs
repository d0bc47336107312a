//! receive-purchase on AWS Lambda: wires the function to its environment.

use lambda_http::{Error, Request, RequestExt as _, service_fn};
use receive_purchase::ReceivePurchase;
use receive_purchase::config::Config;
use std::sync::Arc;
use wasurena_cloud::clock::WallClock;
use wasurena_cloud::settings::Environment;
use wasurena_cloud::{Clients, Clock as _, deadline, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::start("receive-purchase");
    let config = Config::read(Environment::of_process())?;
    let function = ReceivePurchase::new(&config, &Clients::of_function(), Arc::new(WallClock));
    function.warm_up().await;
    let function = &function;
    lambda_http::run(service_fn(move |request: Request| async move {
        let deadline = request.lambda_context_ref().map_or(0, |context| context.deadline);
        let left = deadline::time_left(deadline, WallClock.now());
        Ok::<_, Error>(function.handle_within(request, left).await)
    }))
    .await
}
