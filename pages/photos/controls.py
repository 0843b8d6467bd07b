"""The Photos page's controls: which picture, how much noise, which method. All of it lives in the URL."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
import torch

from aecore.data.photos import TEST
from aecore.engine import Engine, get_engine
from aecore.errors import AecoreError
from aecore.pictures.filters import FILTERS
from aecore.pictures.io import Photo, as_photo
from aecore.pictures.noise import add_noise, estimate_sigma
from ui import url
from ui.input.choice import choice
from ui.input.more import more
from ui.input.opened import PHOTO, opened
from ui.input.seed import seed_input
from ui.input.upload import Upload, photographed, picture_file
from ui.output import verdict
from ui.server import jobs

NETWORK = "photo"
SOURCES = {"example": "Pick", "upload": "Upload", "camera": "Camera"}
PICTURES = {"coffee": "Coffee", "chelsea": "Cat", "camera": "Cameraman"}
FIRST_SPOTS = {"camera": (268, 158), "chelsea": (172, 110), "coffee": (372, 285)}  # where the methods differ
SOURCE, PICTURE, SIGMA, SEED = "photos_source", "photos_picture", "photos_sigma", "photos_seed"
ADDED, METHOD = "photos_added", "photos_method"
OPENED = "photos_opened"  # seat
FIRST_SEED = 7
SPOT = "photos_spot"  # in the URL: x,y
CROP = 64  # px of the picture, a side of the detail

_SHORT = {
    NETWORK: "learned from twenty other pictures what noise is",
    "non_local_means": "averages places that look alike",
    "total_variation": "as few slopes as the noise allows",
    "median": "the middle of each small window",
}


@dataclass(frozen=True)
class Subject:
    """What is to be restored.

    name: identity of the noisy picture; photo: that picture; truth: the same without noise, or None if nobody knows it;
    sigma: of the noise in grey levels, as the classical methods are told it; added: by us, 0 if none.
    """

    name: tuple
    title: str
    photo: Photo
    truth: np.ndarray | None
    sigma: float
    added: float


def label(method: str) -> str:
    """What a method is called on its own."""
    if method == NETWORK:
        return "Network"
    return FILTERS[method].label if method in FILTERS else get_engine().card(method).title


def named(method: str) -> str:
    """The same within a sentence: "the network", "total variation"."""
    return verdict.within(method, label(method))


def kind(method: str) -> str:
    """Whose colour a method has."""
    return "classical" if method in FILTERS else get_engine().card(method).kind


def methods(engine: Engine) -> tuple[list[str], str]:
    """Names of the methods that can run, the networks first; and what is wrong with our own, or ""."""
    others = [name for name in engine.restorers("photo") if name != NETWORK]
    try:
        engine.model(NETWORK)
    except AecoreError as error:
        return [*others, *FILTERS], str(error)
    return [NETWORK, *others, *FILTERS], ""


# ---- controls


def row(names: list[str], below, inside) -> tuple[Subject | None, str]:
    """In the row above the stage: how much noise, and behind More settings all else.

    Args:    names: of the methods; below: where a picture is brought, if the visitor brings one; inside: where they
             say which picture.
    Returns: what is to be restored, None while there is no picture; the method that the slider shows.
    Raises:  JobError: an uploaded picture that cannot be read, or not now.
    """
    with inside:
        source = choice(
            "Your picture", list(SOURCES), format_func=SOURCES.get, default="example", key=SOURCE,
            label_visibility="collapsed", on_change=forget_spot,
        )  # fmt: skip
    if source == "example":
        with inside:
            picture = choice(
                "Picture", list(PICTURES), format_func=PICTURES.get, default="coffee", key=PICTURE,
                label_visibility="collapsed", on_change=forget_spot,
            )  # fmt: skip
        name, title, key, default = ("example", picture), PICTURES[picture], SIGMA, 25
        clean = jobs.cached(name, lambda: as_photo(TEST[picture]()))
    else:
        with below:
            upload = _brought(source)
        name, title, key, default = ("file", upload and jobs.digest(upload.data)), "Your picture", ADDED, 0
        clean = upload and opened(PHOTO, upload.data, OPENED)
    added, seed = default, FIRST_SEED
    if clean is not None:
        added = st.slider("Noise added, σ", 0, 60, default, key=key, bind="query-params", width=200)
    with more("photos") as says:
        if added:
            with st.container(horizontal=True, vertical_alignment="bottom"):
                seed = seed_input("Noise", SEED, FIRST_SEED)
            if seed != FIRST_SEED:
                says(f"noise {seed}")
        method = choose(names)
    if clean is None:
        return None, method
    with below:
        for note in clean.notes:
            st.caption(note)
    return _noisy(name, title, clean, added, seed), method


def _brought(source: str) -> Upload | None:
    if source == "upload":
        about = "Photo, scan or drawing, up to 20 megapixels; above 4 it is reduced. No metadata comes back."
        return picture_file("Any picture", "photos_upload", about, on_change=forget_spot)
    return photographed("Take a picture, best in dim light", "photos_camera", on_change=forget_spot)


def _noisy(name: tuple, title: str, clean: Photo, added: int, seed: int) -> Subject:
    """The picture with the noise that the visitor asks for."""
    if not added:
        sigma = jobs.cached(("sigma", *name), lambda: estimate_sigma(clean.pixels))
        return Subject(name, title, clean, clean.pixels if name[0] == "example" else None, sigma, 0)
    rng = torch.Generator().manual_seed(seed)
    full = (*name, added, seed)
    pixels = jobs.cached(full, lambda: add_noise(clean.pixels, added, rng))
    photo = replace(clean, pixels=pixels)
    return Subject(full, title, photo, clean.pixels, float(added), added)


def choose(names: list[str]) -> str:
    """Which method the slider shows."""
    if st.session_state.get(METHOD) not in (None, *names):
        del st.session_state[METHOD]  # the network was here when it was chosen
    captions = [_SHORT.get(name) or get_engine().card(name).summary for name in names]
    return st.radio(
        "Restored by", names, format_func=label, captions=captions, key=METHOD, bind="query-params"
    )  # fmt: skip


def forget_spot() -> None:
    """Another picture: the detail goes back to where it is worth looking."""
    url.put({SPOT: None})


def spot(subject: Subject) -> tuple[int, int]:
    """The middle of the detail: what the visitor or their link asks for, where that makes sense."""
    width, height = subject.photo.size
    first = FIRST_SPOTS.get(subject.name[1], (width // 2, height // 2))
    [text] = url.get(SPOT)
    try:
        x, y = (int(number) for number in (text or "").split(",")[:2])
    except ValueError:
        x, y = first
    return _inside(x, width), _inside(y, height)


def _inside(at: int, size: int) -> int:
    half = min(CROP, size) // 2
    return min(max(at, half), size - half)
