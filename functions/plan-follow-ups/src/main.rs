//! plan-follow-ups on AWS Lambda: wires the function to its environment.

use aws_lambda_events::event::dynamodb::Event;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use plan_follow_ups::PlanFollowUps;
use plan_follow_ups::config::Config;
use std::sync::Arc;
use wasurena_cloud::clock::WallClock;
use wasurena_cloud::settings::Environment;
use wasurena_cloud::{Clients, deadline, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::start("plan-follow-ups");
    let config = Config::read(Environment::of_process())?;
    let function = PlanFollowUps::new(&config, &Clients::of_function(), Arc::new(WallClock));
    function.warm_up().await;
    let function = &function;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| async move {
        Ok::<_, Error>(function.handle(event.payload, deadline::stop_at(event.context.deadline)).await)
    }))
    .await
}
