"""The network as a picture: what goes in, the layers, the code as bars, the layers, what comes out, in one row.

The browser draws it from the layers that the card lists, and follows the pen by itself; Python says which networks, and
what goes in. On a page that runs the network anyway the row shows what was run there (ui/live/ran.js).

network([row("ae-conv", engine)], x, key="a_network")
"""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from ui.component import component
from ui.input.digit import PAD
from ui.live.networks import reference, runnable
from ui.output.picture import picture
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
    shown: dict,
    key: str,
    *,
    seq: int | None = None,
    answers: str = "",
    follows: bool = False,
    compact: bool = False,
    title: str = "",
    note: str = "",
) -> None:
    """Draw networks, a row each.

    Args: shown: their `message`; seq: of the pad's drawing that goes in, None where it comes from elsewhere; follows:
          the rows run the networks on what the pad says, nobody else on the page does; answers: the address that has
          the `message` of another drawing; compact: only picture, code and picture; title, note: above, below.
    """
    data = shown | {"pad": "" if seq is None else PAD, "seq": seq or 0, "answers": answers, "follows": follows}
    _NETWORK(key=key, data=data | {"compact": compact, "title": title, "note": note}, height="content")


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


def _message(row: Row) -> dict:
    about = reference(row.name)
    with seen("dark"):  # bars stand on the paper of the pictures, which is dark in both themes
        color = kind_color(row.kind)
    words = {"label": row.label or about["title"], "words": row.words, "wrong": row.wrong, "masked": row.masked}
    return about | words | {"color": color}
