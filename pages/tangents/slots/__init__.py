"""A slot machine of 784 random pixels: how often the judge takes one for a digit; it runs in the browser (slots.js)."""

import functools

import streamlit as st
import torch

from aecore.engine import Engine, get_engine
from ui import serving, url
from ui.component import component
from ui.input.digit import all_test_digits
from ui.live import networks

JUDGE, COPIER = "judge", "ae-conv"
KIND = "tangents_pixels"  # in the URL
KINDS = ("grey", "ink")
DIGITS = 500  # test digits that say what the autoencoder can copy
SHARE = 0.99  # of them it does, by definition
_SLOTS = component("pages/tangents/slots/slots")


def show(engine: Engine) -> None:
    """The machine, and what to make of it."""
    st.markdown(
        "There are about 10¹⁸⁸⁸ pictures of 784 grey pixels. Digits are so thin among them that chance never meets "
        "one. The judge has only ever seen digits and must name one: it can be sure of static. An autoencoder "
        f"is harder to fool. A picture counts as copied if its copy is as close as for {100 * SHARE:.0f}% of test "
        "digits."
    )
    if len(serving.available(engine, JUDGE, COPIER)) < 2 or len(networks.runnable([JUDGE, COPIER])) < 2:
        st.caption(f":material/info: This needs the models {JUDGE} and {COPIER}.")
        return
    key = "tangents_slots_view"

    def drawn() -> None:
        kind = st.session_state[key].get("kind")
        if kind in KINDS:
            url.put({KIND: kind})

    (kind,) = url.get(KIND)
    furthest, ink = familiar()
    data = {
        "networks": {"judge": engine.card(JUDGE).sha256, "back": engine.card(COPIER).sha256},
        "furthest": furthest, "ink": ink, "kind": kind if kind in KINDS else KINDS[0],
    }  # fmt: skip
    _SLOTS(key=key, data=data, height="content", on_kind_change=drawn)


@functools.cache
def familiar() -> tuple[float, float]:
    """Below which distance to its copy a picture counts as copied, and the share of a digit's pixels that have ink."""
    x = all_test_digits()[0][:DIGITS].float() / 255
    off = (get_engine().reconstruct(COPIER, x) - x).flatten(1).norm(dim=1)
    return float(torch.quantile(off, SHARE)), float((x > 0.5).float().mean())
