//! A function as whoever invokes it sees it: it answers, fails, or takes too long; which process does the work is
//! Lambda's business.

use super::runtime_api::Failure;
use super::sandbox::{Deployed, Ended, NotStarted, Sandbox};
use serde_json::Value;
use std::process::ExitStatus;

/// How an invocation ended.
#[derive(Debug)]
pub enum Outcome {
    /// The function answered.
    Answered(Value),
    /// The function said that it failed.
    Failed(Failure),
    /// The function had not answered at its deadline; its process is gone.
    TimedOut,
    /// The process ended on its own, like this where the system says how.
    Exited(Option<ExitStatus>),
    /// The process was killed, as a machine that fails would kill it.
    Killed,
    /// No process could be started.
    NotStarted(NotStarted),
}

impl Outcome {
    /// The answer.
    ///
    /// # Panics
    /// Where there is none.
    #[track_caller]
    pub fn answer(self) -> Value {
        match self {
            Self::Answered(answer) => answer,
            other => panic!("no answer: {other:?}"),
        }
    }

    /// The failure that the function reported.
    ///
    /// # Panics
    /// Where there is none.
    #[track_caller]
    pub fn failure(self) -> Failure {
        match self {
            Self::Failed(failure) => failure,
            other => panic!("no failure: {other:?}"),
        }
    }
}

/// A function and the one environment that it has, if any: who invokes it one after the other needs no second.
#[derive(Debug)]
pub struct Function {
    deployed: Deployed,
    sandbox: Option<Sandbox>,
    starts: usize,
    /// What processes wrote that have ended.
    log: Vec<String>,
}

impl Function {
    /// A function that nobody has invoked yet.
    #[must_use]
    pub fn new(deployed: Deployed) -> Self {
        Self { deployed, sandbox: None, starts: 0, log: Vec::new() }
    }

    /// Hands over one event. A process is started where there is none.
    pub async fn invoke(&mut self, event: &Value) -> Outcome {
        self.invoke_with(event.to_string().into_bytes()).await
    }

    /// Hands over bytes that may be no event at all.
    pub async fn invoke_with(&mut self, event: Vec<u8>) -> Outcome {
        let mut sandbox = match self.take_or_start().await {
            Ok(sandbox) => sandbox,
            Err(not_started) => return Outcome::NotStarted(not_started),
        };
        let ended = sandbox.invoke(event, self.deployed.timeout).await;
        match ended {
            Ended::Said(said) => {
                self.sandbox = Some(sandbox);
                said.map_or_else(Outcome::Failed, Outcome::Answered)
            }
            Ended::TimedOut => {
                self.log.extend(sandbox.kill().await);
                Outcome::TimedOut
            }
            Ended::Exited(status) => {
                self.log.extend(sandbox.kill().await);
                Outcome::Exited(status)
            }
        }
    }

    /// Starts a process ahead of the first event, unless one runs already.
    ///
    /// # Errors
    /// [`NotStarted`] where none can be started.
    pub async fn start(&mut self) -> Result<&mut Sandbox, NotStarted> {
        let sandbox = self.take_or_start().await?;
        Ok(self.sandbox.insert(sandbox))
    }

    async fn take_or_start(&mut self) -> Result<Sandbox, NotStarted> {
        match self.sandbox.take() {
            Some(sandbox) => Ok(sandbox),
            None => {
                self.starts += 1;
                Sandbox::start(&self.deployed).await
            }
        }
    }

    /// The process that runs.
    ///
    /// # Panics
    /// Where none does.
    #[must_use]
    #[track_caller]
    pub fn sandbox(&self) -> &Sandbox {
        match &self.sandbox {
            Some(sandbox) => sandbox,
            None => panic!("{} has no process", self.deployed.name),
        }
    }

    /// Takes the process away, to end it in some way.
    ///
    /// # Panics
    /// Where none runs.
    #[must_use]
    #[track_caller]
    pub fn take_sandbox(&mut self) -> Sandbox {
        match self.sandbox.take() {
            Some(sandbox) => sandbox,
            None => panic!("{} has no process", self.deployed.name),
        }
    }

    /// Kills the process, as a machine that fails would.
    pub async fn crash(&mut self) {
        if let Some(sandbox) = self.sandbox.take() {
            self.log.extend(sandbox.kill().await);
        }
    }

    /// How many processes were started.
    #[must_use]
    pub fn starts(&self) -> usize {
        self.starts
    }

    /// Everything that its processes wrote.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        let running = self.sandbox.iter().flat_map(Sandbox::lines);
        self.log.iter().cloned().chain(running).collect()
    }
}
