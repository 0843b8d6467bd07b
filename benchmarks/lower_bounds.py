"""The lower bounds of requirements.txt are true: with the oldest release that each of them allows, the tests pass.

    python -m benchmarks.lower_bounds        # half an hour and 6 GB of disk: by hand, before a bound is changed

uv resolves `--resolution lowest-direct` and installs it into a fresh environment, where the engine's tests run and
every page is opened once in Streamlit's test runner. Writes benchmarks/results/lower_bounds.json; CI fails where a
bound in requirements.txt is not one that was tested.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).parent / "results/lower_bounds.json"
SHOWN = ("torch", "torchvision", "numpy", "pillow", "streamlit", "starlette", "uvicorn", "scikit-image", "umap-learn")
TESTS = {
    "engine": ["tests/aecore", "-n", "2"],
    "every page": ["tests/pages/test_pages.py", "-n", "0", "-k", "page_runs_and_says"],
    "server": ["tests/ui/server", "tests/test_public.py", "-n", "0"],
}


def bounds() -> list[str]:
    """What requirements.txt asks for, a line a package."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def install(folder: Path) -> Path:
    """The environment's Python."""
    lowest, python = folder / "lowest.txt", folder / "venv/bin/python"
    this = f"{sys.version_info.major}.{sys.version_info.minor}"
    resolve = ["uv", "pip", "compile", "-q", "requirements.txt", "--resolution", "lowest-direct"]
    subprocess.run([*resolve, "--python-version", this, "-o", str(lowest)], cwd=ROOT, check=True)
    subprocess.run(["uv", "venv", "-q", "--python", this, str(folder / "venv")], check=True)
    subprocess.run(["uv", "pip", "install", "-q", "--python", str(python), "-r", str(lowest)], check=True)
    return python


def main() -> int:
    """Install, test, save; the exit status is 1 if a test failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, help="of an environment that was installed before")
    parser.add_argument("--tests", nargs="*", choices=[[], *TESTS], help="all by default")
    options = parser.parse_args()
    record = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    if record.get("bounds") != bounds():
        record = {"bounds": bounds(), "tests": {}}
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        python = options.python or install(Path(folder))
        ask = f"import importlib.metadata as m, json; print(json.dumps({{n: m.version(n) for n in {SHOWN}}}))"
        asked = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=True)
        record["installed"] = json.loads(asked.stdout)
        for name in options.tests or TESTS:
            command = [str(python), "-m", "pytest", "-p", "no:cacheprovider", *TESTS[name]]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            last = re.sub(r"\x1b\[[\d;]*m", "", (done.stdout.strip().splitlines() or ["nothing ran"])[-1])
            print(f"{name}: {last}", flush=True)
            if done.returncode:
                print(done.stdout[-4000:])
            record["tests"][name] = re.sub(r" in [\d.]+s.*", "", last.strip("= "))
            failed = failed or done.returncode != 0
    RESULTS.write_text(json.dumps(record, indent=1) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
