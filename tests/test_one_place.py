"""A new model is one file and one line, a new page one folder and one line: both are added to a copy, and counted."""

import ast
import difflib
import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aecore import checkpoints
from aecore.models import FAMILIES
from aecore.recipes import RECIPES

ROOT = Path(__file__).resolve().parents[1]
TOYS = ROOT / "tests" / "one_place"
CODE = ("aecore", "ui", "pages")


@pytest.fixture
def house(tmp_path):
    """A copy of the code, with its checkpoints in a folder of its own."""
    copy = tmp_path / "house"
    for part in (*CODE, ".streamlit", "benchmarks/results", "tests/one_place"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("*-ubyte.gz"))
    for file in (*(ROOT / "aecore/data").glob("*-ubyte.gz"), ROOT / "app.py", ROOT / "tests/visits.py"):
        (copy / file.relative_to(ROOT)).symlink_to(file)
    (copy / "checkpoints").mkdir()
    for file in checkpoints.folder().iterdir():
        (copy / "checkpoints" / file.name).symlink_to(file)
    return copy


def insert(file: Path, before: str, line: str) -> None:
    """One more line, before the last line that is `before`."""
    lines = file.read_text().splitlines()
    lines.insert(len(lines) - lines[::-1].index(before) - 1, line)
    file.write_text("\n".join(lines) + "\n")


def touched(house: Path) -> dict[str, int]:
    """Files that are not as they were, and how many lines more they have; a line that went would fail."""
    more = {}
    for path in sorted(path for part in CODE for path in (house / part).rglob("*") if path.suffix in (".py", ".js")):
        if "__pycache__" in path.parts:
            continue
        name = str(path.relative_to(house))
        before = (ROOT / name).read_text().splitlines() if (ROOT / name).exists() else []
        after = path.read_text().splitlines()
        changes = [line for line in difflib.ndiff(before, after) if line[0] in "+-"] if before != after else []
        assert not any(line[0] == "-" for line in changes), name
        if changes:
            more[name] = len(changes) if before else 0
    return more


@pytest.mark.skipif(not {"judge", "dae", "upscaler"} <= set(checkpoints.names()), reason="no trained models here")
def test_a_new_model_and_a_new_page_are_one_file_and_one_line_each(house):
    shutil.copy(TOYS / "toy_family.py", house / "aecore/models/toy.py")
    insert(house / "aecore/models/__init__.py", ")", '    "toy",')
    recipe = '    "toy": Recipe(title="Toy", summary="One convolution.", family="toy", epochs=1, first=9000),'
    insert(house / "aecore/recipes.py", "}", recipe)
    (house / "pages/toy").mkdir()
    shutil.copy(TOYS / "toy_page.py", house / "pages/toy/page.py")
    door = '    Page("toy", "Toy", ":material/toys:", "Put to use", "One convolution.", "Play with the toy"),'
    insert(house / "pages/__init__.py", ")", door)
    assert touched(house) == {
        "aecore/models/__init__.py": 1,
        "aecore/models/toy.py": 0,
        "aecore/recipes.py": 1,
        "pages/__init__.py": 1,
        "pages/toy/page.py": 0,
    }
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/one_place/checks.py"]
    env = os.environ | {"AECORE_CHECKPOINTS": str(house / "checkpoints"), "PYTHONPATH": str(house)}
    done = subprocess.run(command, cwd=house, env=env, capture_output=True, text=True, timeout=540)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


# ---- nobody asks for a family by name


@functools.cache
def sources() -> list[tuple[Path, ast.Module]]:
    paths = [path for part in CODE for path in sorted((ROOT / part).rglob("*.py")) if path.name != "recipes.py"]
    others = [path for path in paths if not path.is_relative_to(ROOT / "aecore/models")]
    return [(path.relative_to(ROOT), ast.parse(path.read_text())) for path in others]


def test_no_other_module_names_a_family():
    """Some families share their name with a checkpoint, which a page may name: those are told by how they are used."""
    unambiguous = set(FAMILIES) - set(RECIPES)
    assert unambiguous
    named = [
        f"{path}:{node.lineno}: {node.value!r}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in unambiguous
    ]
    assert not named, named


def is_family(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "family"


def registry(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "FAMILIES"


def asked(node: ast.AST) -> bool:
    """Whether it decides something by a family's name: compares it, or looks it up anywhere but in FAMILIES."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        return any(map(is_family, sides)) and not any(map(registry, sides))
    if isinstance(node, ast.Subscript):
        return is_family(node.slice) and not registry(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        return any(map(is_family, node.args))
    return isinstance(node, ast.Match) and is_family(node.subject)


@pytest.mark.parametrize(
    "line",
    ['card.family == "vae"', 'card.family in ("vae", "cvae")', "KINDS[card.family]", 'KINDS.get(card.family, "")'],
)
def test_deciding_by_a_family_is_recognised(line):
    assert any(map(asked, ast.walk(ast.parse(line))))


def test_no_other_module_decides_by_a_family():
    lines = [f"{path}:{node.lineno}" for path, tree in sources() for node in ast.walk(tree) if asked(node)]
    assert not lines, lines
