"""A component's modules become one text, in which every import has been replaced by what it names."""

import re
from pathlib import Path

import pytest

from aecore.errors import DataError
from ui.component import bundle, component

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = sorted(
    path
    for top in ("pages", "ui")
    for path in (ROOT / top).glob("**/*.js")
    if path.with_suffix("").name == path.parent.name
)


def test_neighbours_come_first_and_once(tmp_path):
    (tmp_path / "deep.js").write_text("export const deep = 1\n")
    (tmp_path / "one.js").write_text('import { deep } from "./deep.js"\nexport const one = deep\n')
    (tmp_path / "two.js").write_text('import { deep } from "./deep.js"\nexport function two() {}\n')
    entry = tmp_path / "entry.js"
    entry.write_text(
        'import {\n  one,\n  other,\n} from "./one.js"\nimport { two } from "./two.js"\nexport default one\n'
    )
    assert bundle(entry) == "const deep = 1\n\nconst one = deep\n\nfunction two() {}\n\nexport default one\n"


def test_a_librarys_short_names_stay_inside():
    source = bundle(ROOT / "ui/vendor/lit-html.js")
    assert source.startswith("const { html, mathml, noChange, nothing, render, svg } = (() => {\n/**\n * @license")
    assert re.search(r"return \{ html: \w+, mathml: .*\}\n\}\)\(\)\n$", source)


def test_a_missing_neighbour_is_said(tmp_path):
    (tmp_path / "entry.js").write_text('import { none } from "./none.js"\n')
    with pytest.raises(FileNotFoundError, match=r"none\.js"):
        bundle(tmp_path / "entry.js")


@pytest.mark.parametrize("missing", ["entry.js", "none.js", "entry.html"])
def test_a_component_with_a_missing_file_says_so_where_it_would_stand(tmp_path, missing):
    (tmp_path / "none.js").write_text("export const none = 1\n")
    (tmp_path / "entry.js").write_text('import { none } from "./none.js"\nexport default () => none\n')
    (tmp_path / "entry.html").write_text("<i></i>")
    (tmp_path / missing).unlink()
    mount = component(str(tmp_path / "entry"))  # an absolute name stands for itself
    with pytest.raises(DataError, match=rf"{missing}.*Restore it"):
        mount(key="entry")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda path: path.stem)
def test_no_import_is_left(entry):
    source = bundle(entry)
    assert not re.search(r"^import\b", source, re.M)
    assert not re.search(r"^import \{[^}]*\bas\b", entry.read_text(), re.M), "a bundle has no other names"
    assert "sourceMappingURL" not in source
    listed = re.findall(r"^const \{ (.*) \} = ", source, re.M)
    names = [name for names in listed for name in names.split(", ")]
    names += re.findall(r"^(?:export (?:default )?)?(?:const|let|class|(?:async )?function\*?) (\w+)", source, re.M)
    assert names and len(names) == len(set(names)), "a name stands twice at the top of a bundle"
