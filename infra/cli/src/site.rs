//! Where a command works: on AWS, or at a `wasurena up` that runs here.

use anyhow::Context;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clap::Args;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use wasurena_cloud::bookshelf::Bookshelf;
use wasurena_cloud::clock::WallClock;
use wasurena_cloud::keyring::Keyring;
use wasurena_cloud::{Clients, Clock, Diary};

/// Where a command works.
#[derive(Debug, Args)]
pub(crate) struct Site {
    /// Work at a running `wasurena up` instead of AWS
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "http://127.0.0.1:8787")]
    local: Option<String>,
    /// The diary's table
    #[arg(long, default_value = "wasurena")]
    pub(crate) table: String,
    /// The path of secrets in Parameter Store
    #[arg(long, default_value = "/wasurena")]
    pub(crate) secrets_path: String,
}

impl Site {
    /// The address of the `wasurena up` it works at; `None` for AWS.
    pub(crate) fn local(&self) -> Option<&str> {
        self.local.as_deref().map(|url| url.trim_end_matches('/'))
    }

    /// Clients of the services there.
    pub(crate) async fn clients(&self) -> Clients {
        match self.local() {
            Some(url) => Clients::of_embedded_cloud(&format!("{url}/_aws")).await,
            None => Clients::from_environment().await,
        }
    }

    /// The clock there: an embedded cloud has its own, which may be years ahead.
    async fn clock(&self) -> anyhow::Result<Arc<dyn Clock>> {
        #[derive(Deserialize)]
        struct Shown {
            now: DateTime<Utc>,
        }
        let Some(url) = self.local() else { return Ok(Arc::new(WallClock)) };
        let unanswered = || format!("nothing answered at {url}: is `wasurena up` running there?");
        let answer = reqwest::get(format!("{url}/_local/clock")).await.with_context(unanswered)?;
        Ok(Arc::new(At(answer.json::<Shown>().await.with_context(unanswered)?.now)))
    }

    /// Diary, programmes and secrets there.
    pub(crate) async fn open(&self) -> anyhow::Result<Rooms> {
        let clients = self.clients().await;
        let clock = self.clock().await?;
        let diary = Diary::new(clients.dynamodb(), &self.table);
        Ok(Rooms {
            bookshelf: Bookshelf::new(diary.clone()),
            keyring: Keyring::new(clients.ssm(), &self.secrets_path, Arc::clone(&clock)),
            diary,
            clock,
        })
    }
}

/// The moment at which a command was given.
#[derive(Debug)]
struct At(DateTime<Utc>);

#[async_trait]
impl Clock for At {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// What a command works with.
#[derive(Clone)]
pub(crate) struct Rooms {
    pub(crate) diary: Diary,
    pub(crate) bookshelf: Bookshelf,
    pub(crate) keyring: Keyring,
    pub(crate) clock: Arc<dyn Clock>,
}
