//! What send-follow-ups reads from its environment.

use wasurena_cloud::alarms::AlarmTarget;
use wasurena_cloud::settings::{Environment, Missing};

/// The configuration of send-follow-ups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The diary's table.
    pub table: String,
    /// The path of the secrets in Parameter Store.
    pub secrets_path: String,
    /// Where alarms go, for a slot that does not fit into one invocation.
    pub target: AlarmTarget,
    /// SES's configuration set.
    pub configuration_set: String,
    /// Where customer-pages answers, without a slash at the end.
    pub public_url: String,
}

impl Config {
    /// Reads `TABLE`, `SECRETS_PATH`, `CONFIGURATION_SET`, `PUBLIC_URL` and what alarms need.
    ///
    /// # Errors
    /// [`Missing`] names all variables that are not set.
    pub fn read(mut environment: Environment) -> Result<Self, Missing> {
        let config = Self {
            table: environment.text("TABLE"),
            secrets_path: environment.text("SECRETS_PATH"),
            target: AlarmTarget::read(&mut environment),
            configuration_set: environment.text("CONFIGURATION_SET"),
            public_url: environment.text("PUBLIC_URL").trim_end_matches('/').to_owned(),
        };
        environment.finish(config)
    }
}
