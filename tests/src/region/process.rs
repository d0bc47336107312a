//! The driver's side: starts the process, ends it where its fate says so, and starts it again on its folder.

use super::fate::{Fate, Instant, Which};
use super::{CONTROL, REACHED, SERVED};
use crate::clock::Clock;
use aws_lambda_events::event::dynamodb::EventRecord;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::ops::RangeInclusive;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

/// How often a question is asked again whose answer a kill took away.
const ASKED_MAX: usize = 20;
/// How long an answer may take before it counts as taken away: a start of the process lies in between at most.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// An alarm that rings.
#[derive(Debug, Clone, Deserialize)]
pub struct Due {
    /// Its name.
    pub name: String,
    /// What its function is handed, JSON.
    pub input: String,
}

/// A mail that SES accepted, and what SES may say of it.
#[derive(Debug, Clone, Deserialize)]
pub struct Mail {
    /// That it was accepted.
    pub sent: Value,
    /// That it was delivered.
    pub delivered: Value,
}

#[derive(Debug, Deserialize)]
struct Alarms {
    due: Vec<Due>,
    next: Option<DateTime<Utc>>,
}

type Fated = Arc<Mutex<BTreeMap<u64, oneshot::Sender<()>>>>;

/// The embedded AWS in a process that dies and comes back.
#[derive(Debug)]
pub struct Region {
    url: String,
    http: reqwest::Client,
    fated: Fated,
    processes: AtomicU64,
    served: watch::Receiver<u64>,
    kills: Arc<AtomicUsize>,
    end: oneshot::Sender<()>,
    warden: JoinHandle<TempDir>,
}

#[expect(clippy::expect_used, reason = "a region that does not stand is a failed test")]
impl Region {
    /// Starts `binary` on a folder of its own. Each of its lives ends at one of the requests of `life`, which `dice`
    /// choose.
    ///
    /// # Panics
    /// Where the machine gives no folder, port or process.
    #[must_use]
    pub fn open(binary: PathBuf, clock: Clock, life: RangeInclusive<u64>, dice: fastrand::Rng) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let http = reqwest::Client::builder().timeout(ANSWER_MAX).build().expect("an HTTP client");
        let (fated, kills) = (Fated::default(), Arc::default());
        let (say_served, served) = watch::channel(0);
        let (end, ended) = oneshot::channel();
        let warden = Warden {
            birth: Birth { binary, clock, listener },
            fated: Arc::clone(&fated),
            served: say_served,
            kills: Arc::clone(&kills),
        };
        let warden = tokio::spawn(warden.watch(folder, life, dice, ended));
        Self { url, http, fated, processes: AtomicU64::default(), served, kills, end, warden }
    }

    /// Where it answers whoever has no fate.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it answers a process with this fate; and what is told once the fate is reached.
    pub fn address(&self, which: Which, request: u64, instant: Instant) -> (String, oneshot::Receiver<()>) {
        let process = 1 + self.processes.fetch_add(1, Ordering::Relaxed);
        let (reached, told) = oneshot::channel();
        self.fated.lock().unwrap_or_else(PoisonError::into_inner).insert(process, reached);
        (format!("{}{}", self.url, Fate { process, which, request, instant }), told)
    }

    /// Changes whenever some more requests were served.
    #[must_use]
    pub fn served(&self) -> watch::Receiver<u64> {
        self.served.clone()
    }

    /// How often it was killed.
    #[must_use]
    pub fn kills(&self) -> usize {
        self.kills.load(Ordering::Relaxed)
    }

    /// The records of the table's stream that `reader` has not read yet, a batch at most.
    pub async fn unread(&self, reader: &str) -> Vec<EventRecord> {
        self.ask(reqwest::Method::GET, &format!("/stream/{reader}")).await
    }

    /// Says that `reader` has read up to the record with this sequence number.
    pub async fn passed(&self, reader: &str, sequence: &str) {
        self.ask::<()>(reqwest::Method::POST, &format!("/stream/{reader}/{sequence}")).await;
    }

    /// The alarms that ring now.
    pub async fn due_alarms(&self) -> Vec<Due> {
        self.ask::<Alarms>(reqwest::Method::GET, "/alarms").await.due
    }

    /// When the next alarm rings.
    pub async fn next_alarm(&self) -> Option<DateTime<Utc>> {
        self.ask::<Alarms>(reqwest::Method::GET, "/alarms").await.next
    }

    /// Says that an alarm was handed over.
    pub async fn rung(&self, name: &str) {
        self.ask::<()>(reqwest::Method::POST, &format!("/alarms/{name}")).await;
    }

    /// What SES accepted after the first `count` mails.
    pub async fn mails_after(&self, count: usize) -> Vec<Mail> {
        self.ask(reqwest::Method::GET, &format!("/mails/{count}")).await
    }

    /// Asks until there is an answer: every question may be asked twice.
    async fn ask<T: DeserializeOwned>(&self, method: reqwest::Method, what: &str) -> T {
        let url = format!("{}{CONTROL}{what}", self.url);
        let mut last = String::new();
        for _ in 0..ASKED_MAX {
            let answer = match self.http.request(method.clone(), &url).send().await {
                Ok(answer) if answer.status().is_success() => answer.json().await,
                Ok(answer) => panic!("{what}: {} {:?}", answer.status(), answer.text().await),
                Err(error) => Err(error),
            };
            match answer {
                Ok(answer) => return answer,
                Err(error) => last = error.to_string(),
            }
        }
        panic!("{what} was asked {ASKED_MAX} times and not answered: {last}");
    }

    /// Kills it for good. What it kept stands in the folder.
    ///
    /// # Panics
    /// Where it died of something else.
    pub async fn end(self) -> TempDir {
        // Fails where the warden has panicked, which the next line says.
        let _sent = self.end.send(());
        self.warden.await.expect("nothing but its fate ended the embedded AWS")
    }
}

/// How the process is started.
#[derive(Debug)]
struct Birth {
    binary: PathBuf,
    clock: Clock,
    /// Held open here, so that the address stays and whoever connects meanwhile waits for the next life.
    listener: TcpListener,
}

#[expect(clippy::expect_used, reason = "a region that does not stand is a failed test")]
impl Birth {
    fn start(&self, folder: &Path, fate: Fate) -> Child {
        let listener = OwnedFd::from(self.listener.try_clone().expect("the listener, once more"));
        let mut command = Command::new(&self.binary);
        command.arg(folder).arg(fate.to_string()).envs(self.clock.environment()).kill_on_drop(true);
        command.stdin(Stdio::from(listener)).stdout(Stdio::piped()).spawn().expect("the embedded AWS can be run")
    }
}

/// Whoever watches over the process, and over what it says of others.
#[derive(Debug)]
struct Warden {
    birth: Birth,
    fated: Fated,
    served: watch::Sender<u64>,
    kills: Arc<AtomicUsize>,
}

#[expect(clippy::expect_used, reason = "a region that does not stand is a failed test")]
impl Warden {
    async fn watch(
        self,
        folder: TempDir,
        life: RangeInclusive<u64>,
        mut dice: fastrand::Rng,
        mut ended: oneshot::Receiver<()>,
    ) -> TempDir {
        loop {
            let instant = if dice.bool() { Instant::Before } else { Instant::After };
            let fate = Fate { process: 0, which: Which::Any, request: dice.u64(life.clone()), instant };
            let mut child = self.birth.start(folder.path(), fate);
            let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
            let is_over = loop {
                tokio::select! {
                    line = lines.next_line() => {
                        let line = line.expect("its output").expect("the embedded AWS ends by its fate alone");
                        if self.hear(&line) {
                            break false;
                        }
                    }
                    _either_way = &mut ended => break true,
                }
            };
            child.kill().await.expect("it can be killed");
            // What it said before it died is heard as well.
            while let Ok(Some(line)) = lines.next_line().await {
                self.hear(&line);
            }
            if is_over {
                return folder;
            }
            self.kills.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes a line in, and answers whether it says that its process is to die.
    fn hear(&self, line: &str) -> bool {
        if let Some(process) = line.strip_prefix(REACHED).and_then(|number| number.parse().ok()) {
            if process == 0 {
                return true;
            }
            if let Some(reached) = self.fated.lock().unwrap_or_else(PoisonError::into_inner).remove(&process) {
                // It may have been ended for another reason.
                let _gone = reached.send(());
            }
        } else if let Some(more) = line.strip_prefix(SERVED).and_then(|number| number.parse::<u64>().ok()) {
            self.served.send_modify(|served| *served += more);
        }
        false
    }
}
