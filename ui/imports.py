"""Pages are no libraries: while a script runs, Streamlit puts its folder, pages/, before all others on Python's path.

A page's folder would then be taken for any library of its name: pandas, where it asks whether "bottleneck" is
installed, would get our page of that name, and give up.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

_PAGES = Path(__file__).resolve().parents[1] / "pages"


class _Elsewhere(MetaPathFinder):
    """Finds a module that is called like a page where libraries are, and nowhere else."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As importlib asks for it. Raises: ModuleNotFoundError: only a page is called so."""
        if path is not None or not (_PAGES / fullname).is_dir():
            return None
        spec = PathFinder.find_spec(fullname, [place for place in sys.path if Path(place).resolve() != _PAGES])
        if spec is None:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return spec


def keep_pages_apart() -> None:
    """From now on, in this process."""
    if not any(isinstance(finder, _Elsewhere) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Elsewhere())
