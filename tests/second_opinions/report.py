"""How a second opinion speaks: one line for each thing that holds, one sentence for the first that does not.

These scripts show our binaries to other people's implementations of AWS. Those are often thinner than AWS and sometimes
wrong; where they are, the script says so at the place, and checks what they do show.
"""

import argparse
import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


class Differs(Exception):
    """Something is not as it must be; the text says what, and what to look at."""


def check(holds, claim, found=None):
    """Prints the claim where it holds; ends the script with it where it does not."""
    if not holds:
        raise Differs(claim if found is None else f"{claim}\n  found: {found}")
    print(f"  {claim}")


def note(limit):
    """Prints what the tool cannot show, so that nobody takes its silence for an answer."""
    print(f"  (not shown: {limit})")


class Programs:
    """Where the programs are that are shown: release binaries of the functions, and `wasurena`."""

    def __init__(self, release, wasurena):
        self.release = release
        self.wasurena = wasurena

    def function(self, name):
        """The release binary of a function, which is its `bootstrap` on AWS."""
        return self._existing(self.release / name, "cargo build --release")

    def command(self):
        """The command line tool."""
        return self._existing(self.wasurena, "cargo build -p wasurena")

    @staticmethod
    def _existing(path, how):
        if not path.is_file():
            raise Differs(f"{path} does not exist: build it with `{how}`")
        return path


def run(opinion, about):
    """Runs a script: reads its arguments, exits with 1 and a sentence where something differs."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--release", type=Path, default=target / "release", help="folder of the release binaries")
    parser.add_argument("--wasurena", type=Path, default=target / "debug" / "wasurena", help="the binary wasurena")
    arguments = parser.parse_args()
    # Nothing of the caller's own account or proxy may have a say in this.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    os.environ.update(NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
    # So that what it says stands in order where both streams go into one file.
    sys.stdout.reconfigure(line_buffering=True)
    try:
        opinion(Programs(arguments.release.resolve(), arguments.wasurena.resolve()))
    except Differs as difference:
        print(f"DIFFERS: {difference}", file=sys.stderr)
        sys.exit(1)
