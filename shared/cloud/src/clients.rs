//! SDK clients, built in one place, because two of their settings decide whether mails are sent twice.

use crate::clock::{Chance, Dice};
use crate::https;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use std::time::Duration;
use wasurena_domain::mistake::{Mistake, made};

/// How long one attempt to reach DynamoDB, Scheduler or Parameter Store may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long an attempt to send may take: well below the lease of a claim (2 minutes), so that an attempt
/// has ended before anybody judges it.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// A client for each service that somebody asks for. What nobody asks for is not part of a program.
#[derive(Debug, Clone)]
pub struct Clients {
    config: SdkConfig,
    /// Time-outs of SES, where they are others.
    sending: Option<TimeoutConfig>,
    /// A budget of retries of their own: the SDK's is shared by all clients of a process.
    retries: RetryPartition,
}

impl Clients {
    /// Clients as a Lambda function uses them: region and credentials stand in its environment, and nowhere else is
    /// looked for them. `AWS_ENDPOINT_URL`, where it is set, is asked instead of AWS.
    #[must_use]
    pub fn of_function() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let credentials = SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new());
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(set("AWS_REGION").map(Region::new))
            .credentials_provider(credentials)
            .http_client(https::client())
            .timeout_config(timeouts(ATTEMPT_TIMEOUT));
        config.set_endpoint_url(set("AWS_ENDPOINT_URL"));
        Self::new(&config.build(), Some(timeouts(SEND_TIMEOUT)))
    }

    /// Clients as an operator's shell uses them: with profiles, single sign-on and whatever else the SDK looks for.
    pub async fn from_environment() -> Self {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(https::client())
            .timeout_config(timeouts(ATTEMPT_TIMEOUT));
        Self::new(&config.load().await, Some(timeouts(SEND_TIMEOUT)))
    }

    /// Clients of an embedded cloud that answers at `url`. It knows no accounts, so the credentials are any.
    pub async fn of_embedded_cloud(url: &str) -> Self {
        let credentials = Credentials::new("EMBEDDED", "embedded", None, None, "embedded cloud");
        let timeouts = TimeoutConfig::builder().connect_timeout(https::CONNECT_TIMEOUT).build();
        let config = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(url)
            .http_client(https::client())
            .region(Region::from_static("ap-northeast-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .timeout_config(timeouts);
        Self::new(&config.load().await, None)
    }

    /// Clients on a configuration; `sending` are the time-outs of SES, `None` to leave the configuration's.
    #[must_use]
    pub fn new(config: &SdkConfig, sending: Option<TimeoutConfig>) -> Self {
        Self { config: config.clone(), sending, retries: RetryPartition::new(Dice.name()) }
    }

    /// Clients on a configuration, with the time-outs that they have as a Lambda function, and a budget of retries that
    /// is the caller's to share or not.
    #[must_use]
    pub fn as_function(config: &SdkConfig, retries: RetryPartition) -> Self {
        let config = config.to_builder().timeout_config(timeouts(ATTEMPT_TIMEOUT)).build();
        Self { config, sending: Some(timeouts(SEND_TIMEOUT)), retries }
    }

    /// DynamoDB.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let config = aws_sdk_dynamodb::config::Builder::from(&self.config).retry_partition(self.retries.clone());
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    /// EventBridge Scheduler.
    #[must_use]
    pub fn scheduler(&self) -> aws_sdk_scheduler::Client {
        let config = aws_sdk_scheduler::config::Builder::from(&self.config).retry_partition(self.retries.clone());
        aws_sdk_scheduler::Client::from_conf(config.build())
    }

    /// SES v2. It never retries: the SDK retries time-outs, and a mail that timed out may have been sent. The budget is
    /// for whoever only reads.
    #[must_use]
    pub fn ses(&self) -> aws_sdk_sesv2::Client {
        let retries = match made(Mistake::SdkRetriesSending) {
            true => RetryConfig::standard(),
            false => RetryConfig::disabled(),
        };
        let mut config = aws_sdk_sesv2::config::Builder::from(&self.config)
            .retry_partition(self.retries.clone())
            .retry_config(retries);
        if let Some(timeouts) = &self.sending {
            config = config.timeout_config(timeouts.clone());
        }
        aws_sdk_sesv2::Client::from_conf(config.build())
    }

    /// Systems Manager, for its Parameter Store.
    #[must_use]
    pub fn ssm(&self) -> aws_sdk_ssm::Client {
        let config = aws_sdk_ssm::config::Builder::from(&self.config).retry_partition(self.retries.clone());
        aws_sdk_ssm::Client::from_conf(config.build())
    }
}

fn timeouts(attempt: Duration) -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(attempt).connect_timeout(https::CONNECT_TIMEOUT).build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasurena_domain::follow_up::lease;

    #[test]
    fn an_attempt_to_send_ends_long_before_anybody_judges_its_claim() {
        let lease = lease().to_std().unwrap();
        assert!(SEND_TIMEOUT + https::CONNECT_TIMEOUT < lease / 2, "{SEND_TIMEOUT:?} of {lease:?}");
    }
}
