//! The `SdkConfig` from which every real SDK client is built, so that the
//! functions run unchanged: only transport, time and sleep are ours.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::TimeSource;

use super::connector::Connector;
use super::time::VirtualTime;

/// The one region of the embedded cloud.
pub const REGION: &str = "ap-northeast-1";

/// The one account of the embedded cloud.
pub const ACCOUNT: &str = "000000000000";

pub(crate) fn config(connector: Connector, time: Arc<dyn VirtualTime>) -> SdkConfig {
    let time = SdkTime(time);
    let credentials = Credentials::new("EMBEDDED", "embedded", None, None, "embedded cloud");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .identity_cache(IdentityCache::no_cache())
        .http_client(connector)
        .time_source(time.clone())
        .sleep_impl(time)
        .retry_config(RetryConfig::standard())
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build()
}

/// Gives the SDK virtual time.
#[derive(Debug, Clone)]
struct SdkTime(Arc<dyn VirtualTime>);

impl TimeSource for SdkTime {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
}

impl AsyncSleep for SdkTime {
    fn sleep(&self, duration: Duration) -> Sleep {
        Arc::clone(&self.0).sleep(duration)
    }
}
