"""ministack as a child process: started on a free port of 127.0.0.1 with a folder of its own, ended by its own id.

It runs with AUTH=true: then each call of a function is judged by the policies of that function's role, as IAM would.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3

from report import Differs

REGION = "ap-northeast-1"
ACCOUNT = "123456789012"
# ministack takes twelve digits for the keys of that account's root user.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "example"}
READY_WITHIN_S = 60
# How often something is looked at that is awaited.
LOOK_EVERY_S = 0.2


def until(look, within_s, what):
    """Looks until there is something to see, and returns it; ends the script where that takes too long."""
    end = time.monotonic() + within_s
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > end:
            raise Differs(f"{what} did not happen within {within_s} s")
        time.sleep(LOOK_EVERY_S)


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class LocalAws:
    """A running ministack. Leaving the block ends it with all functions that it started."""

    def __init__(self, folder):
        self._folder = folder
        self._log = folder / "ministack.log"

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        # ministack cannot be asked to choose a port, and a free one may be taken before it starts.
        for _ in range(3):
            self._start(free_port())
            if until(self._is_ready_or_gone, READY_WITHIN_S, "the start of ministack") == "ready":
                return self
            self._end()
        raise Differs(f"ministack does not start:\n{self.last_lines()}")

    def __exit__(self, *_):
        self._end()

    def _start(self, port):
        self.url = f"http://127.0.0.1:{port}"
        temporary = self._folder / "tmp"
        temporary.mkdir(exist_ok=True)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "TMPDIR": str(temporary),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            **CREDENTIALS,
        }
        ministack = {
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "MINISTACK_HOST": "localhost",
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "LAMBDA_EXECUTOR": "local",
            "AUTH": "true",
            # These two would listen on ports of their own, on all interfaces.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "STATE_DIR": str(temporary),
            "S3_DATA_DIR": str(temporary),
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ministack"],
                cwd=self._folder,
                env={**self.environment, **ministack},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _is_ready_or_gone(self):
        if self._process.poll() is not None:
            return "gone"
        try:
            with urllib.request.urlopen(f"{self.url}/_ministack/ready", timeout=5):
                return "ready"
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return None

    def _end(self):
        # Its functions are in the process group that it leads.
        for how in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, how)
                self._process.wait(timeout=10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue

    def client(self, service):
        """boto3's client for a service, as the account's root."""
        keys = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": CREDENTIALS["AWS_SECRET_ACCESS_KEY"]}
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **keys)

    def inspect(self, what):
        """One of ministack's own views, such as `ses/messages`."""
        with urllib.request.urlopen(f"{self.url}/_ministack/{what}", timeout=30) as answer:
            return json.load(answer)

    def last_lines(self):
        """The end of its log, for whoever has to find out what happened."""
        since_its_start = self._log.read_text(errors="replace").split("Running on")[-1]
        return "\n".join(since_its_start.splitlines()[-40:])
