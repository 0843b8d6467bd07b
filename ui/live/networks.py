"""Live networks: our checkpoints run in the visitor's browser, without the server.

ui/live/network.js reads a checkpoint and runs the layers that its card lists. A page brings networks to the browser
with `deliver`; whatever component of that page wants one imports `network` from ui/live/store.js and awaits it by the
card's sha256. Tell the component's Python side which with `reference`. The weights travel as the unchanged .safetensors
file: see ui/server/files.py.
"""

from collections.abc import Sequence

from aecore.checkpoints import CheckpointError
from aecore.engine import get_engine
from aecore.models import FAMILIES
from ui.component import component
from ui.server import files

_DELIVERY = component("ui/live/deliver", html="<i></i>")


def runnable(names: Sequence[str]) -> list[str]:
    """Those of `names` that are at hand and sound, and that the browser runs."""
    engine = get_engine()
    at_hand = set(engine.names())
    return [name for name in names if (name in at_hand or engine.guest(name)) and _sha256(name) is not None]


def reference(name: str) -> dict[str, str]:
    """What a component's data says of a network: its name, title and sha256. Raises: CheckpointError."""
    card = get_engine().card(name)
    return {"name": name, "title": card.title, "sha256": card.sha256}


def deliver(names: Sequence[str], part: str = "", late: bool = False) -> None:
    """Brings networks to this page of the visitor's browser; those that are there already cost nothing.

    It shows nothing. Call it once a page, where a rerun of what chooses the networks reaches it; and once more, with a
    name, in a part of the page that has networks of its own and comes later.

    Args: names: the most urgent first; those that are not `runnable` are left out; part: its name, for such a part;
          late: they come once a component asks for them, as one that has come into sight does.
    """
    wanted = {name: _sha256(name) for name in runnable(names)}
    networks = [{"sha256": sha256, "address": files.address(name, sha256)} for name, sha256 in wanted.items()]
    key = f"live_delivery_{part}" if part else "live_delivery"
    _DELIVERY(key=key, data={"networks": networks, "late": late}, height="content")


def _sha256(name: str) -> str | None:
    try:
        card = get_engine().card(name)
    except CheckpointError:
        return None
    return card.sha256 if FAMILIES[card.family].live and card.network.layers else None
