//! What plan-follow-ups reads from its environment.

use wasurena_cloud::settings::{Environment, Missing};

/// The configuration of plan-follow-ups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The diary's table.
    pub table: String,
}

impl Config {
    /// Reads `TABLE`.
    ///
    /// # Errors
    /// [`Missing`] names all variables that are not set.
    pub fn read(mut environment: Environment) -> Result<Self, Missing> {
        let config = Self { table: environment.text("TABLE") };
        environment.finish(config)
    }
}
