//! send-follow-ups on AWS Lambda: wires the function to its environment.

use chrono::DateTime;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use send_follow_ups::SendFollowUps;
use send_follow_ups::config::Config;
use std::sync::Arc;
use wasurena_cloud::alarms::Alarm;
use wasurena_cloud::clock::{Dice, WallClock};
use wasurena_cloud::settings::Environment;
use wasurena_cloud::{Clients, logging};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start();
    let config = Config::read(Environment::of_process())?;
    let clients = Clients::from_environment().await;
    let function = SendFollowUps::new(&config, &clients, Arc::new(WallClock), Arc::new(Dice));
    function.warm_up().await;
    let function = &function;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Alarm>| async move {
        let stop_at = i64::try_from(event.context.deadline).ok().and_then(DateTime::from_timestamp_millis);
        function.handle(&event.payload, stop_at.unwrap_or(DateTime::UNIX_EPOCH)).await.map(|_| ()).map_err(Error::from)
    }))
    .await
}
