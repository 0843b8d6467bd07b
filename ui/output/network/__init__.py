"""The network as a picture: what goes in, the layers, the code as bars, the layers, what comes out, in one row.

The browser draws it from the layers that the card lists, and follows the pen by itself; Python says which networks, and
what goes in. On a page that runs the network anyway the row shows what was run there (ui/live/ran.js).

inside(engine, ["ae-conv"], x, key="a_network")
"""

import functools
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from torch import Tensor

from aecore.engine import Engine, get_engine
from aecore.models.layers import written
from ui.component import component
from ui.input.digit import PAD
from ui.live.networks import reference, runnable
from ui.output.picture import picture
from ui.server import ask
from ui.theme import kind_color, seen

_NETWORK = component("ui/output/network/network", html='<div class="network"></div>')


@dataclass(frozen=True)
class Row:
    """A network's row.

    name: the network's; kind: of its family; label: what it is called here; words: what to notice, beside it; wrong:
    it went wrong; masked: it is told which pixels are missing.
    """

    name: str
    kind: str
    label: str = ""
    words: str = ""
    wrong: bool = False
    masked: bool = False


def network(
    shown: dict, key: str, *, seq: int | None = None, answers: str = "", follows: bool = False, compact: bool = False
) -> None:
    """Draw networks.

    Args: shown: their `message`; seq: of the pad's drawing that goes in, None where it comes from elsewhere; follows:
          a row each, which run the networks on what the pad says, nobody else on the page does; otherwise one row, of
          the network that another part of the page ran last, the first one until then; answers: the address that has
          the `message` of another drawing; compact: only picture, code and picture.
    """
    source = ask.offer(f"{key}_source", _source)
    data = shown | {"source": source, "pad": "" if seq is None else PAD, "seq": seq or 0, "answers": answers}
    _NETWORK(key=key, data=data | {"follows": follows, "compact": compact}, height="content")


def inside(
    engine: Engine,
    names: Sequence[str],
    x: Tensor | None,
    key: str,
    seq: int | None = None,
    y: int | None = None,
    mask: Tensor | None = None,
) -> None:
    """The network that the stage above runs; nothing where none of them runs in the browser.

    Args: names: those that it may be, the first one until another has run; x, y, mask: what goes in, see `message`;
          seq: see `network`.
    """
    rows = [Row(name, engine.card(name).kind, masked=mask is not None) for name in runnable(names)]
    if rows:
        network(message(rows, x, y, mask), key, seq=seq)


def message(rows: Sequence[Row], x: Tensor | None, y: int | None = None, mask: Tensor | None = None) -> dict:
    """What the browser is told, as JSON can say it; networks that do not run there are left out.

    Args: x: what goes in, (1, C, H, W), None where only codes come; y: the class, where the network is told it; mask:
          as x, 1 where a pixel is missing.
    """
    at_hand = runnable([row.name for row in rows])
    return {
        "rows": [_message(row) for row in rows if row.name in at_hand],
        "x": None if x is None else picture(x),
        "y": y,
        "mask": None if mask is None else picture(mask),
    }


def _source(name: object) -> list[list[dict]]:
    """For each layer of a network the lines of source that made it; for the browser, when a number is opened."""
    engine = get_engine()
    if not isinstance(name, str) or not (name in engine.names() or engine.guest(name)):
        raise ValueError("no such network")
    return _lines(name)


@functools.lru_cache(maxsize=32)
def _lines(name: str) -> list[list[dict]]:
    return [[asdict(line) for line in lines] for lines in written(get_engine().model(name))]


def _message(row: Row) -> dict:
    about = reference(row.name)
    with seen("dark"):  # bars stand on the paper of the pictures, which is dark in both themes
        color = kind_color(row.kind)
    words = {"label": row.label or about["title"], "words": row.words, "wrong": row.wrong, "masked": row.masked}
    return about | words | {"color": color}
