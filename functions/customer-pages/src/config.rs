//! What customer-pages reads from its environment.

use wasurena_cloud::settings::{Environment, Missing};

/// What `PUBLIC_URL` says where the pages answer at the function's own URL.
const OWN: &str = "own";

/// The configuration of customer-pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The diary's table.
    pub table: String,
    /// The path of the secrets in Parameter Store.
    pub secrets_path: String,
    /// SES's configuration set.
    pub configuration_set: String,
    /// Where the pages answer, without a slash at the end; `None` where that is the function's own URL, which AWS tells with
    /// each request: a function cannot be configured with what is made from it.
    pub public_url: Option<String>,
}

impl Config {
    /// Reads `TABLE`, `SECRETS_PATH`, `CONFIGURATION_SET`, and `PUBLIC_URL`.
    ///
    /// # Errors
    /// [`Missing`] names all variables that are not set.
    pub fn read(mut environment: Environment) -> Result<Self, Missing> {
        let config = Self {
            table: environment.text("TABLE"),
            secrets_path: environment.text("SECRETS_PATH"),
            configuration_set: environment.text("CONFIGURATION_SET"),
            public_url: known(&environment.text("PUBLIC_URL")),
        };
        environment.finish(config)
    }
}

/// The address, where it is known beforehand.
fn known(url: &str) -> Option<String> {
    Some(url.trim_end_matches('/')).filter(|url| *url != OWN).map(str::to_owned)
}
