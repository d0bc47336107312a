//! How the functions are configured in an embedded cloud, as the template configures them on AWS.

use wasurena_cloud::alarms::AlarmTarget;

/// The diary's table.
pub const TABLE: &str = "wasurena";
/// The path of secrets.
pub const SECRETS: &str = "/wasurena";
/// The group that alarms stand in.
pub const ALARM_GROUP: &str = "wasurena";

/// The configuration of each function.
#[derive(Debug, Clone)]
pub struct Configs {
    /// receive-purchase.
    pub receive: receive_purchase::config::Config,
    /// plan-follow-ups.
    pub plan: plan_follow_ups::config::Config,
    /// set-alarms.
    pub alarms: set_alarms::config::Config,
    /// send-follow-ups.
    pub send: send_follow_ups::config::Config,
    /// customer-pages.
    pub pages: customer_pages::config::Config,
    /// keep-promises.
    pub keeper: keep_promises::config::Config,
    /// record-delivery.
    pub delivery: record_delivery::config::Config,
}

impl Configs {
    /// The configuration of functions whose pages answer at `public_url`, without a slash at the end.
    #[must_use]
    pub fn new(public_url: &str) -> Self {
        let table = || TABLE.to_owned();
        let secrets_path = || SECRETS.to_owned();
        let target = AlarmTarget {
            group: ALARM_GROUP.to_owned(),
            function_arn: "arn:aws:lambda:ap-northeast-1:000000000000:function:send-follow-ups".to_owned(),
            role_arn: "arn:aws:iam::000000000000:role/alarms".to_owned(),
            dead_letter_arn: "arn:aws:sqs:ap-northeast-1:000000000000:alarms-undelivered".to_owned(),
        };
        Self {
            receive: receive_purchase::config::Config { table: table(), secrets_path: secrets_path() },
            plan: plan_follow_ups::config::Config { table: table() },
            alarms: set_alarms::config::Config { table: table(), target: target.clone() },
            send: send_follow_ups::config::Config {
                table: table(),
                secrets_path: secrets_path(),
                target,
                configuration_set: "wasurena".to_owned(),
                public_url: public_url.to_owned(),
            },
            pages: customer_pages::config::Config {
                table: table(),
                secrets_path: secrets_path(),
                configuration_set: "wasurena".to_owned(),
                public_url: Some(public_url.to_owned()),
            },
            keeper: keep_promises::config::Config { table: table(), secrets_path: secrets_path() },
            delivery: record_delivery::config::Config { table: table(), secrets_path: secrets_path() },
        }
    }
}
