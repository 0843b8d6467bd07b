"""Live networks: our checkpoints run in the visitor's browser, by plain JavaScript and without the server.

ui/live/network.js reads a checkpoint and runs it. A page brings networks to the browser with `deliver`; whatever
component of that page wants one imports `network` from ui/live/store.js and awaits it by the card's sha256. Tell the
component's Python side which with `reference`, and give its JavaScript to Streamlit with `module`.

How the weights travel: as the bytes of the .safetensors file, unchanged, in the data of a component, and only when the
browser asks for them. The browser first looks in the page's memory, then in its Cache API under the card's sha256, so
a network is sent once a browser, not once a page or visit; a retrained one has another sha256. We chose this over
- static serving, which needs copies or links of checkpoints/ in static/, sends no Cache-Control, and leaves it to us to
  find the address behind a proxy: the websocket works wherever the app does, at any sub-path, with any login;
- a route of st.App, which has the same question of the address (ui/answers.py, which uses one, can do without it);
- float16 in transit, which halves the 0.2 to 4 MB but moves outputs by up to 0.002 (measured on our checkpoints), where
  JavaScript and torch are to agree within 0.0001.
The price: a large network delays other messages of its session once, by its time on the wire.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import streamlit as st

from aecore import checkpoints
from aecore.checkpoints import CheckpointError
from aecore.engine import get_engine
from ui.bundle import bundle, nothing

LIVE = (
    *("ae-linear-32", "ae-tanh-30", "ae-conv", "ae-2"),
    *("dae-tanh-500", "dae"),
    *("vae-nyu", "vae", "vae-2", "cvae", "cvae-2"),
    *("upscaler", "upscaler-no-7"),
    "judge",
)

PART = "live_delivery_part"  # the fragment that brings networks, for st.rerun
_HERE = Path(__file__).parent / "live"


def module(name: str) -> str:
    """The source of ui/live/NAME.js with the modules that it imports: see `bundle`."""
    return bundle(_HERE / f"{name}.js")


_DELIVERY = st.components.v2.component("live_delivery", html="<i></i>", js=module("deliver"))


def available(names: Sequence[str] = LIVE) -> list[str]:
    """Those of `names` that are offered live and whose checkpoints are at hand and carry a card."""
    return [name for name in names if name in LIVE and _sha256(name) is not None]


def reference(name: str) -> dict[str, str]:
    """What a component's data says of a network: its name, title and sha256. Raises: CheckpointError."""
    card = get_engine().card(name)
    return {"name": name, "title": card.title, "sha256": card.sha256}


@st.fragment(key=PART)
def deliver(names: Sequence[str], on_missing: Callable[[], None] = nothing) -> None:
    """Brings networks to this page of the visitor's browser; those that are there already cost nothing.

    Call it once a page, at its end: it shows nothing, and what the visitor sees first should come first.

    Args: names: of LIVE, the most urgent first; a checkpoint that is missing or damaged is left out
          (`available` tells which); on_missing: called with each message of the delivery. When another widget changes
          at the same moment, Streamlit's browser side sends both values with one message, which runs our fragment
          alone: a page that takes uploads or strokes reruns its stage here, and this part, lest they be lost.
    """
    key = "live_delivery"
    names = {_sha256(name): name for name in available(names)}
    data = {"networks": [{"name": name, "sha256": sha256} for sha256, name in names.items()]}
    missing = st.session_state.get(key, {}).get("missing")  # from the browser: a sha256 that it does not have
    wanted = names.get(missing.get("sha256")) if isinstance(missing, dict) else None
    if wanted is not None:
        with suppress(OSError):  # the file has gone since its card was read
            data = (checkpoints.folder() / f"{wanted}.safetensors").read_bytes()
    _DELIVERY(key=key, data=data, height="content", on_missing_change=on_missing)


def _sha256(name: str) -> str | None:
    try:
        return get_engine().card(name).sha256
    except CheckpointError:
        return None
