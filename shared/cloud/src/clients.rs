//! SDK clients, built in one place, because two of their settings decide whether mails are sent twice.

use crate::clock::{Chance, Dice};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use std::time::Duration;

/// How long one attempt to reach DynamoDB, Scheduler or Parameter Store may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long an attempt to send may take: well below the lease of a claim (2 minutes), so that an attempt
/// has ended before anybody judges it.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// One client for each service.
#[derive(Debug, Clone)]
pub struct Clients {
    /// DynamoDB.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// EventBridge Scheduler.
    pub scheduler: aws_sdk_scheduler::Client,
    /// SES v2. It never retries: the SDK retries time-outs, and a mail that timed out may have been sent.
    pub ses: aws_sdk_sesv2::Client,
    /// Systems Manager, for its Parameter Store.
    pub ssm: aws_sdk_ssm::Client,
}

impl Clients {
    /// Clients as a Lambda function uses them.
    pub async fn from_environment() -> Self {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .build();
        let config = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).load().await;
        let sending =
            TimeoutConfig::builder().operation_attempt_timeout(SEND_TIMEOUT).connect_timeout(CONNECT_TIMEOUT).build();
        Self::new(&config, Some(sending))
    }

    /// Clients of an embedded cloud that answers at `url`. It knows no accounts, so the credentials are any.
    pub async fn of_embedded_cloud(url: &str) -> Self {
        let credentials = Credentials::new("EMBEDDED", "embedded", None, None, "embedded cloud");
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).build();
        let config = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(url)
            .region(Region::from_static("ap-northeast-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .timeout_config(timeouts);
        Self::new(&config.load().await, None)
    }

    /// Clients on a configuration; `sending` are the time-outs of SES, `None` to leave the configuration's.
    #[must_use]
    pub fn new(config: &SdkConfig, sending: Option<TimeoutConfig>) -> Self {
        // A budget of retries of their own: the SDK's is shared by all clients of a process.
        let retries = RetryPartition::new(Dice.name());
        let mut ses = aws_sdk_sesv2::config::Builder::from(config).retry_config(RetryConfig::disabled());
        if let Some(timeouts) = sending {
            ses = ses.timeout_config(timeouts);
        }
        let dynamodb = aws_sdk_dynamodb::config::Builder::from(config).retry_partition(retries.clone());
        let scheduler = aws_sdk_scheduler::config::Builder::from(config).retry_partition(retries.clone());
        let ssm = aws_sdk_ssm::config::Builder::from(config).retry_partition(retries);
        Self {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
            scheduler: aws_sdk_scheduler::Client::from_conf(scheduler.build()),
            ses: aws_sdk_sesv2::Client::from_conf(ses.build()),
            ssm: aws_sdk_ssm::Client::from_conf(ssm.build()),
        }
    }
}
