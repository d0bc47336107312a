//! What record-delivery reads from its environment.

use wasurena_cloud::settings::{Environment, Missing};

/// The configuration of record-delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The diary's table.
    pub table: String,
    /// The path of the secrets in Parameter Store, which name the shops.
    pub secrets_path: String,
}

impl Config {
    /// Reads `TABLE` and `SECRETS_PATH`.
    ///
    /// # Errors
    /// [`Missing`] names all variables that are not set.
    pub fn read(mut environment: Environment) -> Result<Self, Missing> {
        let config = Self { table: environment.text("TABLE"), secrets_path: environment.text("SECRETS_PATH") };
        environment.finish(config)
    }
}
