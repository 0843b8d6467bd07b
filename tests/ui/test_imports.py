"""A page's folder is never taken for a library of its name."""

import importlib
import sys

import pytest

from pages import PAGES
from ui import imports


@pytest.mark.parametrize("page", [page.folder for page in PAGES])
def test_no_page_is_a_library_while_a_script_runs(page, monkeypatch, tmp_path):
    imports.keep_pages_apart()
    monkeypatch.syspath_prepend(imports._PAGES)  # as Streamlit does
    monkeypatch.delitem(sys.modules, page, raising=False)
    (tmp_path / "lib" / page).mkdir(parents=True)
    with pytest.raises(ModuleNotFoundError, match=page):
        importlib.import_module(page)
    (tmp_path / "lib" / page / "__init__.py").write_text("HERE = 1\n")
    monkeypatch.syspath_prepend(tmp_path / "lib")
    assert importlib.import_module(page).HERE == 1  # one that is installed is still found
    monkeypatch.delitem(sys.modules, page)
