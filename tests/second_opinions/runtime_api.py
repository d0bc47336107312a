"""The Lambda Runtime API, as little of it as one function needs: next, response, error.

By it a release binary runs here as Lambda runs it, with an environment of our choosing.
"""

import json
import os
import queue
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from report import Differs

API = "/2018-06-01/runtime"
# What an invocation may take before we call it stuck. A bound, not a measure.
STUCK_AFTER_S = 60


class Function:
    """A function's binary and the Runtime API that it asks for events. Leaving the block ends both."""

    def __init__(self, binary, environment):
        self._binary = binary
        self._environment = environment
        self._events = queue.Queue()
        self._answers = queue.Queue()
        self._count = 0

    def __enter__(self):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        lambda_environment = {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": self._binary.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self._binary.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "second-opinion",
        }
        environment = {"PATH": os.environ["PATH"], **lambda_environment, **self._environment}
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen([self._binary], env=environment, stdout=self._log, stderr=self._log)
        # Waiting for its end here means that nobody waits for an answer which can no longer come.
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._server.shutdown()
        self._server.server_close()
        self._log.close()

    def invoke(self, event):
        """Hands the function an event; returns its answer."""
        self._count += 1
        self._events.put((f"invocation-{self._count}", event))
        try:
            kind, body = self._answers.get(timeout=STUCK_AFTER_S)
        except queue.Empty:
            raise self._differs(f"did not answer within {STUCK_AFTER_S} s") from None
        if kind != "response":
            raise self._differs(f"answered with {kind}: {body}")
        return json.loads(body)

    def _differs(self, what):
        self._log.seek(0)
        return Differs(f"{self._binary.name} {what}\nits log:\n{self._log.read().decode(errors='replace')}")

    def _watch(self):
        code = self._process.wait()
        self._answers.put((f"its end (exit code {code})", ""))

    def _handler(function):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                """The only question there is: the next event. It waits until there is one."""
                request, event = function._events.get()
                headers = {
                    "lambda-runtime-aws-request-id": request,
                    "lambda-runtime-deadline-ms": str(int((time.time() + STUCK_AFTER_S) * 1000)),
                    "lambda-runtime-invoked-function-arn": "arn:aws:lambda:ap-northeast-1:123456789012:function:it",
                }
                self._answer(200, headers, json.dumps(event).encode())

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
                function._answers.put((self.path.rsplit("/", 1)[-1], body))
                self._answer(202, {}, b"{}")

            def _answer(self, status, headers, body):
                self.send_response(status)
                for name, value in {"content-type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Says nothing: the function's own lines are of interest."""

        return Handler
