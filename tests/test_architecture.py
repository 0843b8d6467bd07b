"""The rules of the house: imports run one way, the engine knows no screen, names mean something."""

import ast
import functools
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("aecore", "ui", "pages")
FILES = [ROOT / "app.py", *sorted(path for top in LAYERS for path in (ROOT / top).rglob("*.py"))]
ALLOWED = {"aecore": {"aecore"}, "ui": {"aecore", "ui"}, "pages": {"aecore", "ui", "pages"}, "app.py": {"ui"}}
OURS = {"aecore", "ui", "pages", "app", "benchmarks", "tests"}


@functools.cache
def parsed(path):
    return ast.parse(path.read_text())


def name(path):
    return str(path.relative_to(ROOT))


def imported(path):
    """Every module that a file imports, in full: "ui.output.strip" for both ways to say it."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_run_one_way():
    for path in FILES:  # a test for each of them took longer than all that it does
        layer, *rest = path.relative_to(ROOT).parts
        modules = set(imported(path))
        tops = {module.split(".")[0] for module in modules}
        assert not (tops & OURS) - ALLOWED[layer], name(path)
        if layer == "aecore":
            assert "streamlit" not in tops, name(path)
        if layer == "pages":
            of_pages = {f"{module}.".split(".")[1] for module in modules if module.split(".")[0] == "pages"}
            assert of_pages <= {"PAGES", rest[0]}, f"{name(path)} imports another page"


@pytest.fixture(scope="module")
def imports():
    """A process that imports the engine, with no Streamlit to be found, and then the benchmarks with it."""
    modules = [str(p.relative_to(ROOT))[:-3].replace("/", ".") for p in (ROOT / "aecore").rglob("*.py")]
    lines = ["import sys; sys.modules['streamlit'] = None"]
    lines += [f"import {name.removesuffix('.__init__')}" for name in modules]
    lines += ["print('engine', flush=True); del sys.modules['streamlit']"]
    lines += [f"import benchmarks.{path.stem}" for path in sorted((ROOT / "benchmarks").glob("*.py"))]
    lines += ["print('benchmarks', flush=True)"]
    return subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=ROOT, capture_output=True, text=True)


def test_the_engine_runs_without_streamlit(imports):
    assert "engine" in imports.stdout.split(), imports.stderr


def test_every_file_says_what_lives_there():
    assert not [name(path) for path in FILES if not ast.get_docstring(parsed(path))]


def test_names_that_mean_nothing_are_not_used():
    assert not [path for path in FILES if path.stem in {"utils", "util", "helpers", "common", "misc"}]


def test_models_and_losses_take_no_catch_all():
    for path in [*(ROOT / "aecore/models").glob("*.py"), ROOT / "aecore/losses.py"]:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef):
                assert node.args.kwarg is None, f"{path.name}: {node.name} takes **{node.args.kwarg.arg}"


def test_nothing_is_loaded_through_pickle():
    for path in FILES:
        assert not re.search(r"\btorch\.load\(|import pickle|allow_pickle=True", path.read_text()), path


def test_every_benchmark_can_be_started(imports):
    assert "benchmarks" in imports.stdout.split() and imports.returncode == 0, imports.stderr


def test_the_browser_alone_chooses_pages():
    """ui.server.late tells by that which questions come too late."""
    assert not [path for path in FILES if "switch_page(" in path.read_text()]


def test_no_handler_cancels_an_event_by_what_it_happens_to_return():
    """`root.onkeydown = (event) => condition && f()` returns false for every other key, and so cancels it, also Tab."""
    returns = re.compile(r"\.on[a-z]+ = (?:\([^)]*\)|\w+) => [^{\n]*&&")
    assert returns.search("root.onkeydown = (event) => event.key === 'Escape' && this.escape(event)")
    scripts = [path for top in ("ui", "pages") for path in (ROOT / top).rglob("*.js")]
    assert not [path.name for path in scripts if returns.search(path.read_text(encoding="utf-8"))]
