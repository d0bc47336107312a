//! One execution environment: a process of the function with nothing in its environment but what Lambda puts there,
//! and the Runtime API that it speaks to.

use super::runtime_api::{Failure, Invocation, RuntimeApi, Said, Seen};
use crate::clock::Clock;
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// How long a process may take until it asks for its first invocation: Lambda's own bound.
const INIT_MAX: Duration = Duration::from_secs(10);
/// How long a line of the log is waited for, which may come a moment after the answer.
const LINE_MAX: Duration = Duration::from_secs(10);
/// The memory that Lambda says it gives, in MB.
const MEMORY_MB: &str = "256";

/// A function as it is deployed.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// Its name.
    pub name: String,
    /// Its binary.
    pub binary: PathBuf,
    /// The variables that the template gives it.
    pub environment: BTreeMap<String, String>,
    /// Where AWS answers.
    pub endpoint: String,
    /// How long one invocation may take.
    pub timeout: Duration,
    /// The clock that it looks at.
    pub clock: Clock,
}

/// The process ended, or gave up, before it asked for an invocation.
#[derive(Debug)]
pub struct NotStarted {
    /// How it ended.
    pub status: Option<ExitStatus>,
    /// The error that it reported, if it did.
    pub error: Option<Failure>,
    /// What it wrote.
    pub lines: Vec<String>,
}

/// How an invocation ended, as seen from outside of the process.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The process said how.
    Said(Said),
    /// The deadline came first.
    TimedOut,
    /// The process ended without a word.
    Exited(Option<ExitStatus>),
}

/// A running process of a function.
#[derive(Debug)]
pub struct Sandbox {
    child: Child,
    arn: String,
    clock: Clock,
    queue: mpsc::Sender<Invocation>,
    seen: watch::Receiver<Seen>,
    lines: watch::Sender<Vec<String>>,
    readers: Vec<JoinHandle<()>>,
    server: JoinHandle<()>,
    invocations: usize,
}

#[expect(clippy::expect_used, reason = "a sandbox that cannot be made is a failed test")]
impl Sandbox {
    /// Starts a process and waits until it asks for its first invocation: what Lambda calls INIT.
    ///
    /// # Errors
    /// [`NotStarted`] where it ends or says that it cannot, or does not ask within Lambda's ten seconds.
    ///
    /// # Panics
    /// Where the machine gives no port or process.
    pub async fn start(deployed: &Deployed) -> Result<Self, NotStarted> {
        let (queue, invocations) = mpsc::channel(1);
        let (api, seen) = RuntimeApi::new(invocations);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address").to_string();
        let routes = api.routes();
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.expect("served") });
        let mut child = command(deployed, &address).spawn().expect("the binary can be run");
        let lines = watch::Sender::new(Vec::new());
        let readers = vec![
            tokio::spawn(collect(child.stdout.take().expect("its output"), lines.clone())),
            tokio::spawn(collect(child.stderr.take().expect("its errors"), lines.clone())),
        ];
        let arn = format!("arn:aws:lambda:ap-northeast-1:000000000000:function:{}", deployed.name);
        let mut sandbox =
            Self { child, arn, clock: deployed.clock.clone(), queue, seen, lines, readers, server, invocations: 0 };
        if sandbox.asks_first().await { Ok(sandbox) } else { Err(sandbox.not_started().await) }
    }

    async fn asks_first(&mut self) -> bool {
        let mut seen = self.seen.clone();
        let asked = tokio::time::timeout(INIT_MAX, seen.wait_for(|s| s.polls > 0 || s.init_error.is_some()));
        tokio::select! {
            asked = asked => matches!(asked, Ok(Ok(seen)) if seen.init_error.is_none()),
            _status = self.child.wait() => false,
        }
    }

    async fn not_started(mut self) -> NotStarted {
        let error = self.seen.borrow().init_error.clone();
        let status = self.child.try_wait().ok().flatten();
        NotStarted { status, error, lines: self.kill().await }
    }

    /// Hands over one event and waits for what comes of it, until the deadline at the latest.
    pub(crate) async fn invoke(&mut self, event: Vec<u8>, timeout: Duration) -> Ended {
        self.invocations += 1;
        let (said, answer) = oneshot::channel();
        let invocation = Invocation {
            id: format!("00000000-0000-4000-8000-{:012}", self.invocations),
            event,
            deadline: self.clock.now() + timeout,
            arn: self.arn.clone(),
            said,
        };
        if self.queue.send(invocation).await.is_err() {
            return Ended::Exited(None);
        }
        tokio::select! {
            Ok(said) = answer => Ended::Said(said),
            status = self.child.wait() => Ended::Exited(status.ok()),
            () = tokio::time::sleep(timeout) => Ended::TimedOut,
        }
    }

    /// The process's id.
    ///
    /// # Panics
    /// Where it has ended.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id().expect("a process that runs")
    }

    /// The memory that the process holds, in bytes: `VmRSS`.
    ///
    /// # Panics
    /// Where the system does not say.
    #[must_use]
    pub fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("the process's status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its resident memory");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number of kilobytes") * 1024
    }

    /// What the process wrote so far.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.lines.borrow().clone()
    }

    /// The first line that holds all of `parts`, as soon as it is there.
    ///
    /// # Panics
    /// Where there is none within ten seconds.
    pub async fn line(&self, parts: &[&str]) -> String {
        let of_line = |line: &&String| parts.iter().all(|part| line.contains(part));
        let mut lines = self.lines.subscribe();
        let found = tokio::time::timeout(LINE_MAX, lines.wait_for(|lines| lines.iter().any(|line| of_line(&line))));
        match found.await {
            Ok(Ok(lines)) => lines.iter().find(of_line).cloned().unwrap_or_default(),
            _ => panic!("no line with {parts:?} in {:#?}", self.lines()),
        }
    }

    /// Asks the process to end, as Lambda does when it takes an environment down, and answers how it did.
    ///
    /// # Panics
    /// Where it does not end within the two seconds that Lambda gives.
    pub async fn shut_down(mut self) -> (ExitStatus, Vec<String>) {
        self.signal(Signal::TERM);
        let ended = tokio::time::timeout(Duration::from_secs(2), self.child.wait()).await;
        let status = ended.expect("the process ends when it is asked to").expect("its status");
        (status, self.kill().await)
    }

    /// Ends the process at once, and answers what it wrote.
    pub async fn kill(mut self) -> Vec<String> {
        self.signal(Signal::KILL);
        let _already_ended = self.child.wait().await;
        for reader in self.readers.drain(..) {
            let _read = reader.await;
        }
        self.lines()
    }

    /// Signals the process, where it has not been seen to end: until then its id is nobody else's.
    fn signal(&self, signal: Signal) {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(pid) = id {
            // Fails where it has just ended, which is what is wanted.
            let _gone = kill_process(pid, signal);
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The process, with the environment that Lambda gives: nothing of this machine's.
fn command(deployed: &Deployed, runtime_api: &str) -> Command {
    let name = deployed.name.as_str();
    let log_group = format!("/aws/lambda/{name}");
    let mut command = Command::new(&deployed.binary);
    command.env_clear().kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.envs([
        ("AWS_LAMBDA_RUNTIME_API", runtime_api),
        ("AWS_LAMBDA_FUNCTION_NAME", name),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", MEMORY_MB),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        ("AWS_LAMBDA_LOG_LEVEL", "INFO"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", log_group.as_str()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/12/01/[$LATEST]00000000000000000000000000000000"),
        ("AWS_REGION", "ap-northeast-1"),
        ("AWS_DEFAULT_REGION", "ap-northeast-1"),
        ("AWS_ACCESS_KEY_ID", "EMBEDDED"),
        ("AWS_SECRET_ACCESS_KEY", "embedded"),
        ("AWS_SESSION_TOKEN", "embedded"),
        ("AWS_ENDPOINT_URL", deployed.endpoint.as_str()),
        ("_HANDLER", "bootstrap"),
        ("LAMBDA_TASK_ROOT", "/var/task"),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
        ("LANG", "en_US.UTF-8"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin"),
        ("TZ", ":UTC"),
    ]);
    command.envs(&deployed.environment).envs(deployed.clock.environment());
    command
}

async fn collect(output: impl AsyncRead + Unpin, lines: watch::Sender<Vec<String>>) {
    let mut output = BufReader::new(output).lines();
    while let Ok(Some(line)) = output.next_line().await {
        lines.send_modify(|lines| lines.push(line));
    }
}
