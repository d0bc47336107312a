//! What set-alarms reads from its environment.

use wasurena_cloud::alarms::AlarmTarget;
use wasurena_cloud::settings::{Environment, Missing};

/// The configuration of set-alarms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The diary's table.
    pub table: String,
    /// Where alarms go.
    pub target: AlarmTarget,
}

impl Config {
    /// Reads `TABLE` and, for the alarms, `ALARM_GROUP`, `ALARM_FUNCTION_ARN`, `ALARM_ROLE_ARN` and `ALARM_DEAD_LETTER_ARN`.
    ///
    /// # Errors
    /// [`Missing`] names all variables that are not set.
    pub fn read(mut environment: Environment) -> Result<Self, Missing> {
        let config = Self { table: environment.text("TABLE"), target: AlarmTarget::read(&mut environment) };
        environment.finish(config)
    }
}
