"""JavaScript modules that need no page, run by node.

Without node these tests are skipped, except where the environment variable CI is set: there they fail.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run(script: str, *given: Any) -> Any:
    """What a script answers.

    Args: script: `async (load, ...given) => answer`; `load("/ui/live/network.js")` imports a module of the repository;
          given: what JSON can say, as the answer.
    """
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("No node found: install nodejs to test the JavaScript.")
    program = f"""
        const load = (place) => import("{ROOT.as_uri()}" + place)
        let given = ""
        for await (const part of process.stdin) given += part
        const answer = await ({script})(load, ...JSON.parse(given))
        process.stdout.write(JSON.stringify(answer ?? null))
    """
    command = [node, "--input-type=module", "--eval", program]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
