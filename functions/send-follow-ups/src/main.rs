//! send-follow-ups on AWS Lambda: wires the function to its environment.

use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use send_follow_ups::SendFollowUps;
use send_follow_ups::config::Config;
use std::sync::Arc;
use wasurena_cloud::alarms::Alarm;
use wasurena_cloud::clock::{Dice, WallClock};
use wasurena_cloud::settings::Environment;
use wasurena_cloud::telemetry::Metric;
use wasurena_cloud::{Clients, deadline, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::start("send-follow-ups");
    let config = Config::read(Environment::of_process())?;
    let clients = Clients::of_function();
    let function = SendFollowUps::new(&config, &clients, Arc::new(WallClock), Arc::new(Dice));
    function.warm_up().await;
    let function = &function;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Alarm>| async move {
        let stop_at = deadline::stop_at(event.context.deadline);
        function.handle(&event.payload, stop_at).await.map(|_| ()).map_err(|error| Diagnostic {
            error_type: Metric::SlotsFailed.name().to_owned(),
            error_message: error.to_string(),
        })
    }))
    .await
}
