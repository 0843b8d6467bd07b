"""Live networks: our checkpoints run in the visitor's browser, by plain JavaScript and without the server."""

import re
from pathlib import Path

from aecore import checkpoints
from aecore.checkpoints import CheckpointError

LIVE = ("ae-linear-32", "ae-conv", "ae-2", "vae-2", "vae", "vae-nyu", "cvae", "cvae-2", "dae", "judge")

_HERE = Path(__file__).parent / "live"


def module(name: str) -> str:
    """The source of ui/live/NAME.js with the modules that it imports, as one module for a Components-v2 component.

    A component is one JavaScript text without an address that others could be imported from; so imports of
    neighbours are replaced by what they name, in order. Names at the top level are unique in ui/live/.
    """
    seen: dict[str, str] = {}

    def visit(name: str) -> None:
        source = (_HERE / f"{name}.js").read_text(encoding="utf-8")
        for needed in re.findall(r'^import .* from "\./(\w+)\.js"$', source, re.M):
            if needed not in seen:
                visit(needed)
        source = re.sub(r'^import .* from "\./\w+\.js"\n', "", source, flags=re.M)
        seen[name] = source

    visit(name)
    *needed, entry = seen.values()
    return "\n".join([*(re.sub(r"^export ", "", source, flags=re.M) for source in needed), entry])


def available() -> list[str]:
    """Names of LIVE whose checkpoints are at hand and carry a card."""
    return [name for name in LIVE if name in checkpoints.names() and _card(name) is not None]


def _card(name: str) -> checkpoints.Card | None:
    try:
        return checkpoints.read_card(name)
    except CheckpointError:
        return None
