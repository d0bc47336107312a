//! What a function reads from its environment. Each function names its own variables in its `config.rs`.

use std::collections::BTreeMap;

/// Variables that are missing, all of them at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("these environment variables must be set: {}", .0.join(", "))]
pub struct Missing(pub Vec<&'static str>);

/// Reads variables by name and remembers which were missing.
#[derive(Debug)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    missing: Vec<&'static str>,
}

impl Environment {
    /// The process's environment.
    #[must_use]
    pub fn of_process() -> Self {
        Self::of(std::env::vars())
    }

    /// An environment of these variables.
    #[must_use]
    pub fn of(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { variables: variables.into_iter().collect(), missing: Vec::new() }
    }

    /// The variable's value; where it is missing or empty, that is remembered.
    pub fn text(&mut self, name: &'static str) -> String {
        match self.variables.get(name).filter(|value| !value.is_empty()) {
            Some(value) => value.clone(),
            None => {
                self.missing.push(name);
                String::new()
            }
        }
    }

    /// The finished configuration.
    ///
    /// # Errors
    /// [`Missing`] with the names of all variables that were asked for and are not there.
    pub fn finish<T>(self, config: T) -> Result<T, Missing> {
        if self.missing.is_empty() { Ok(config) } else { Err(Missing(self.missing)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_missing_variables_are_named_at_once() {
        let mut environment =
            Environment::of([("TABLE".to_owned(), "diary".to_owned()), ("EMPTY".to_owned(), String::new())]);
        let config = (environment.text("TABLE"), environment.text("EMPTY"), environment.text("GROUP"));
        assert_eq!(config.0, "diary");
        assert_eq!(environment.finish(config).unwrap_err(), Missing(vec!["EMPTY", "GROUP"]));
    }
}
