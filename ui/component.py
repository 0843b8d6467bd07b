"""What every Components-v2 component of ours needs: its registration, and a callback that does nothing."""

import functools
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from ui.server import scripts, values

_ROOT = Path(__file__).resolve().parents[1]
_LIBRARIES = _ROOT / "ui/vendor"
_IMPORT = re.compile(r'^import \{[\w\s,]*\} from "(\.{1,2}/[\w./-]+\.js)"\n', re.M)
_EXPORT = re.compile(r"export\{([^}]*)\}.*", re.S)  # the last statement of a minified library


def component(name: str, html: str = "", styles: tuple[str, ...] = (), isolated: bool = True) -> Callable:
    """The component of a script: what mounts it; if a file of it is missing, what says so.

    Beside the script stand its skeleton NAME.html, unless `html` says all there is, and NAME.css if it has styles of
    its own.

    Args:    name: of the script, from the root and without ending, as "ui/input/pad/pad"; styles: style sheets that
             come before, named in the same way; isolated: False where its style is for the page around it.
    """
    try:
        register = _read(name, html, styles, isolated)

        def mount(**settings: object) -> object:
            guarded = {key: values.forgiving(value) for key, value in settings.items() if key.startswith("on_")}
            return register()(**(settings | guarded))

        return mount
    except (OSError, UnicodeDecodeError) as error:
        missing = Path(getattr(error, "filename", None) or f"{name}.js").name

        def say_so(**_: object) -> None:
            from aecore.errors import DataError  # late: it brings torch

            raise DataError(
                f"A part of this page is missing: the file {missing} cannot be read. "
                "Restore it from the project's repository, then start the lab again."
            )

        return say_so


def _read(name: str, html: str, styles: tuple[str, ...], isolated: bool) -> Callable[[], Callable]:
    """The component of these files, as they are now: registers it where it is mounted first, and gives its mount."""
    own = _ROOT / f"{name}.css"
    sheets = [*(_ROOT / f"{sheet}.css" for sheet in styles), *([own] if own.exists() else [])]
    markup = html or (_ROOT / f"{name}.html").read_text(encoding="utf-8")
    css, source = "\n".join(path.read_text(encoding="utf-8") for path in sheets), bundle(_ROOT / f"{name}.js")

    @functools.cache
    def register() -> Callable:  # not before: by then it is known whether this process serves scripts
        return st.components.v2.component(
            name.replace("/", "_"),
            html=markup,
            css=css or None,
            js=scripts.offer(source),
            isolate_styles=isolated,
        )

    return register


def bundle(path: Path) -> str:
    """The source of a module with its imports, as one module for a Components-v2 component.

    A component is one JavaScript text without an address that others could be imported from; so the imported
    neighbours come first and the import lines go. Names at the top level are therefore unique in a bundle; a library's
    own, in ui/vendor, stay inside a function.

    Args:    path: of the entry, whose exports stay; its imports are written `import { ... } from "./NAME.js"` or
             "../NAME.js", without `as`.
    Raises:  FileNotFoundError: an import of a file that is not there.
    """
    sources: dict[Path, str] = {}

    def visit(path: Path) -> None:
        source = path.read_text(encoding="utf-8")
        for neighbour in _IMPORT.findall(source):
            if (path.parent / neighbour).resolve() not in sources:
                visit((path.parent / neighbour).resolve())
        sources[path] = _enclosed(source) if path.parent == _LIBRARIES else _IMPORT.sub("", source)

    visit(path.resolve())
    *neighbours, entry = sources.values()
    return "\n".join([*(re.sub(r"^export ", "", source, flags=re.M) for source in neighbours), entry])


def _enclosed(library: str) -> str:
    """A minified library, of whose many short names only those that it exports come out."""
    exports = [pair.split(" as ") for pair in _EXPORT.search(library)[1].split(",")]
    names = {public: own for own, public in exports if public.isalpha()}
    inner = ", ".join(f"{public}: {own}" for public, own in names.items())
    body = _EXPORT.sub(lambda _: f"return {{ {inner} }}", library)
    return f"const {{ {', '.join(names)} }} = (() => {{\n{body}\n}})()\n"


def version(content: object) -> str:
    """What tells one content of a component from another: equal for equal content that JSON can say."""
    return hashlib.blake2b(json.dumps(content).encode(), digest_size=8).hexdigest()


def nothing() -> None:
    """A callback that does nothing: with it Streamlit always reports a component's state."""
