"""JavaScript modules that need no page, run by node: one of them for all tests of this process.

Without node these tests are skipped, except where the environment variable CI is set: there they fail.
"""

import json
import os
import shutil
import subprocess
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
MINUTES = 5.0  # that an answer may take
LISTEN = f"""
    const load = (place) => import("{ROOT.as_uri()}" + place)
    const lost = []
    process.on("unhandledRejection", (error) => lost.push(error))
    globalThis.console = new console.Console(process.stderr)
    let parts = []
    for await (const part of process.stdin) {{
        parts.push(part)
        if (part.at(-1) !== 10) continue // a line is a question
        const [script, given] = JSON.parse(Buffer.concat(parts))
        parts = []
        let said
        try {{
            const answer = await eval("(" + script + ")")(load, ...given)
            await new Promise((next) => setImmediate(next))
            if (lost.length) throw lost[0]
            said = {{ answer: answer ?? null }}
        }} catch (error) {{
            said = {{ error: error?.stack ?? String(error) }}
        }}
        lost.length = 0
        process.stdout.write(JSON.stringify(said) + "\\n")
    }}
"""


class Node:
    """A node that answers one script after the other, in one realm: a module is loaded once, its state stays."""

    def __init__(self) -> None:
        program = shutil.which("node")
        if program is None:
            why = "No node found: install nodejs to test the JavaScript."
            (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
        self.log = tempfile.TemporaryFile()  # noqa: SIM115
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self.log}
        self.process = subprocess.Popen([program, "--input-type=module", "--eval", LISTEN], **pipes)

    def run(self, script: str, given: tuple) -> Any:
        """What a script answers."""
        late = threading.Timer(60 * MINUTES, self.process.kill)
        late.daemon = True
        late.start()
        try:
            self.process.stdin.write(json.dumps([script, given]).encode() + b"\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            late.cancel()
        if not line:
            self.end()
            self.log.seek(0)
            raise AssertionError(f"node has ended:\n{self.log.read().decode()[-3000:]}")
        said = json.loads(line)
        assert "error" not in said, said["error"]
        return said["answer"]

    def end(self) -> None:
        """Stop it. Idempotent."""
        self.process.kill()
        self.process.communicate()


@cache
def shared() -> Node:
    """The node of this process; it ends with it."""
    return Node()


def run(script: str, *given: Any) -> Any:
    """What a script answers, which changes nothing that other scripts see.

    Args: script: `async (load, ...given) => answer`; `load("/ui/live/network.js")` imports a module of the repository;
          given: what JSON can say, as the answer.
    """
    if shared().process.poll() is not None:
        shared.cache_clear()
    return shared().run(script, given)


def run_alone(script: str, *given: Any) -> Any:
    """The same in a node of its own: for scripts that put up a document, a clock or a shelf of networks."""
    node = Node()
    try:
        return node.run(script, given)
    finally:
        node.end()
