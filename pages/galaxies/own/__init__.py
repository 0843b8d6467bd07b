"""The visitor's own picture, centred and scaled as the data were; a cat comes back as a galaxy."""

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st
import torch
from PIL import Image
from torch import Tensor

from aecore.data.galaxies import CLASSES, TITLES, galaxies
from aecore.engine import Engine
from aecore.galaxies import flaws, table
from aecore.galaxies.table import NETWORK, SORTER
from pages.galaxies import stage
from pages.galaxies.state import state
from ui.component import component
from ui.input.opened import opened
from ui.input.upload import picture_file

KEY = "galaxies_own_view"
TASK, SEAT = "aecore.galaxies.own:open_framed", "galaxies_own"

_OWN = component("pages/galaxies/own/own", styles=("ui/output/galaxy",))


@dataclass(frozen=True)
class OwnPicture:
    """A picture of the visitor's. end: as the stage's ends are; redrawn: what came back, a file in base64; error: share
    of the light that was not redrawn; rank: percent of the test galaxies that are redrawn better; kind, sure: what the
    classifier says of what came back; note: what was done to it."""

    id: str
    end: dict
    redrawn: str
    error: float
    rank: float
    kind: str
    sure: float
    note: str


def show(engine: Engine, on_walk: Callable[[], None]) -> None:
    """The uploader, and what comes back. on_walk: called once the walk begins at it.

    Raises: JobError: the file cannot be read, or not now. CheckpointError, DataError.
    """
    upload = picture_file("A galaxy, or anything else", "galaxies_upload", "A photo or a telescope picture, in colour.")
    if upload is None:
        state().own = None
        return
    if state().own is None or state().own.id != upload.id:
        framed = opened(TASK, upload.data, SEAT)
        state().own = encoded(engine, upload.id, framed.x, framed.note)
    own = state().own

    def walk() -> None:
        if st.session_state[KEY].get("walk"):
            stage.set_by_page(replace(stage.settings_now(), a=stage.OWN, t=0.5))
            on_walk()

    pictures = [
        {"title": "As the network takes it", "alt": "Your picture, centred and scaled", "webp": own.end["webp"]},
        {"title": "What comes back", "alt": f"A {own.kind}, by the network", "webp": own.redrawn},
    ]
    st.markdown(told(own))
    _OWN(key=KEY, data={"pictures": pictures}, height="content", on_walk_change=walk)


def encoded(engine: Engine, key: str, x: Tensor, note: str) -> OwnPicture:
    """What the networks make of a framed picture (1, 3, SIDE, SIDE)."""
    code = engine.encode(NETWORK, x)[0]
    recon = engine.decode(NETWORK, code[None])
    with torch.inference_mode():
        p = engine.model(SORTER).classify(recon.to(engine.device)).cpu()[0]
    error = float(flaws.relative_error(x, recon))
    unseen = table.load_sky()["error"][len(galaxies("train")) :]
    kind = CLASSES[int(p.argmax())]
    end = {"id": stage.OWN, "kind": CLASSES.index(kind), "test": True, "title": "your picture"}
    end |= {"code": stage.floats(code), "webp": webp(x[0])}
    rank = 100 * float((unseen < error).float().mean())
    return OwnPicture(key, end, webp(recon[0]), error, rank, TITLES[kind], 100 * float(p.max()), note)


def told(own: OwnPicture) -> str:
    """What happened to it, and how unusual it is."""
    if own.rank >= 99.5:
        usual = "All 188 unseen galaxies are redrawn better: the network knows nothing like it."
    else:
        usual = f"{own.rank:.0f}% of 188 unseen galaxies are redrawn better."
    return (
        f"**It comes back as something that looks {_article(own.kind)} ({own.sure:.0f}% sure); "
        f"{100 * own.error:.1f}% of its light is lost.** {usual} {own.note}"
    )


def _article(kind: str) -> str:
    return {"elliptical": "elliptical", "edge-on": "like a galaxy seen edge-on"}.get(kind, f"like a {kind}")


def webp(picture: Tensor) -> str:
    """(3, SIDE, SIDE) in [0, 1] -> a file in base64, without loss."""
    pixels = (picture.permute(1, 2, 0).clamp(0, 1) * 255 + 0.5).byte().numpy()
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "WEBP", lossless=True)
    return base64.b64encode(packed.getvalue()).decode()
