"""Whole pictures restored in the background, a way out while they are not there, and what they measure."""

import time
from collections.abc import Iterator
from functools import partial

import numpy as np
import streamlit as st

from aecore.engine import Engine
from aecore.pictures.denoise import Box, denoise, network, tiles, to_tensor
from aecore.pictures.filters import FILTERS, filter_image
from aecore.pictures.io import Photo
from pages.photos import work
from pages.photos.controls import Subject
from ui import messages

SMALL = 700_000  # pixels: up to here every method restores the whole picture at once
_STOPPED = "_photos_stopped"  # the result that the visitor did not want to wait for
_ASKED = "_photos_asked"  # results of the stage that this session wants
SHOWN = "_photos_shown"  # whether a slider has stood on the page since the visitor came
_OPEN = "_photos_open"  # what is still to come of all that the page wants: name -> work
_LINGER = 1.5  # seconds that the stage waits for the other methods once the chosen one is there
_MARGIN = 24  # px around a detail, so that its border is restored as in the whole picture


def whole(found: Subject) -> bool:
    """Whether every method restores the whole picture, not only what is seen of it: it is small enough."""
    return found.photo.pixels.shape[0] * found.photo.pixels.shape[1] <= SMALL


def start(engine: Engine, found: Subject, names: list[str], method: str) -> None:
    """Begin what will be wanted, the chosen method first, and give up what no longer is."""
    wanted = [method] + [name for name in names if name != method and whole(found)]
    now = {result_name(engine, found, name) for name in wanted}
    for name in st.session_state.get(_ASKED, set()) - now:
        work.release(name)
    st.session_state[_ASKED], st.session_state[_OPEN] = now, {}
    for name in wanted:
        pending(engine, found, name)


def pending(engine: Engine, found: Subject, method: str) -> bool:
    """Ask for the result of a method: whether it is still to come. One that was stopped is not asked for."""
    name = result_name(engine, found, method)
    return name != st.session_state.get(_STOPPED) and want(
        name, partial(restore, method, found.photo.pixels, found.sigma)
    )


def want(name: tuple, begin: work.Work) -> bool:
    """Have something made in the background: whether it is still to come. `follow` runs the page again then."""
    if work.ask(name, begin) is None:
        st.session_state.get(_OPEN, {}).pop(name, None)
        return False
    st.session_state.setdefault(_OPEN, {})[name] = begin
    return True


def linger(engine: Engine, found: Subject, names: list[str]) -> None:
    """Wait a moment for the other methods, so that they are mostly drawn in one go."""
    place, until = st.empty(), time.monotonic() + _LINGER
    while whole(found) and any(pending(engine, found, name) for name in names) and time.monotonic() < until:
        place.empty()  # lets Streamlit leave this run when the visitor wants something else
        time.sleep(0.05)


def follow() -> None:
    """The last of a page: runs it again when something arrives that it still wanted."""
    waiting = dict(st.session_state.get(_OPEN, {}))

    @messages.fragment(key="photos_follow", run_every=0.8 if waiting else None)
    @messages.shown()
    def look() -> None:
        if waiting and not all(want(name, begin) for name, begin in waiting.items()):
            st.rerun()

    look()


def result_name(engine: Engine, found: Subject, method: str) -> tuple:
    """Identity of a result; another network gives another one."""
    return (*found.name, method, "" if method in FILTERS else engine.card(method).sha256)


def restore(method: str, pixels: np.ndarray, sigma: float) -> Iterator[float | np.ndarray]:
    """A whole picture by one method, piece by piece."""
    if method not in FILTERS:
        for step in denoise(pixels, model=network(method)):
            yield step.done / step.total
        yield step.recon
    elif pixels.shape[0] * pixels.shape[1] <= SMALL:
        yield filter_image(method, pixels, sigma)
    else:  # in pieces with a margin: a filter looks no further
        recon = np.empty_like(pixels)
        boxes = tiles(*pixels.shape[:2], 384)
        for done, box in enumerate(boxes, 1):
            left, top, right, bottom = box
            recon[top:bottom, left:right] = _filtered_window(method, pixels, box, sigma)
            yield done / len(boxes)
        yield recon


def _filtered_window(method: str, pixels: np.ndarray, box: Box, sigma: float) -> np.ndarray:
    left, top, right, bottom = box
    x0, y0 = max(0, left - _MARGIN), max(0, top - _MARGIN)
    around = filter_image(method, pixels[y0 : bottom + _MARGIN, x0 : right + _MARGIN], sigma)
    return around[top - y0 : bottom - y0, left - x0 : right - x0]


def wait(name: tuple, begin: work.Work, title: str) -> object | None:
    """What `begin` makes, once it is there; a bar with a way out meanwhile, None if the visitor took it.

    Args: name: identity of what is made; title: of the bar.
    """
    if st.session_state.get(_STOPPED) == name:
        return _stopped()
    began, bar = time.monotonic(), None
    place = st.empty()
    while (job := work.ask(name, begin)) is not None:
        work.touch(st.session_state.get(_OPEN, ()))  # what comes after it is wanted meanwhile, too
        spent = time.monotonic() - began
        if bar is None and spent > 0.5:
            with place.container():
                with st.container(horizontal=True, vertical_alignment="center"):
                    bar = st.progress(0.0)
                    st.button("Stop", icon=":material/stop:", key="photos_stop", on_click=_stop, args=(name,))
                if not st.session_state.get(SHOWN):  # else the last picture stays in view meanwhile
                    st.skeleton(height=520)
        if bar is not None:
            left = f", about {spent / job.done * (1 - job.done):.0f} s left" if job.done > 0.1 and spent > 2 else ""
            bar.progress(job.done, f"{title}: {100 * job.done:.0f} % done{left}")
        time.sleep(0.04)
    place.empty()
    return work.kept(name)


def _stop(name: tuple) -> None:
    st.session_state[_STOPPED] = name
    work.release(name)


def _stopped() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Stopped: both sides show the picture as it was.")
        st.button(
            "Go on",
            icon=":material/play_arrow:",
            key="photos_go_on",
            on_click=st.session_state.pop,
            args=(_STOPPED, None),
        )


def detail_only(engine: Engine, found: Subject, method: str, box: Box) -> np.ndarray:
    """A window of a picture that is too large for every method to restore it all."""
    left, top, right, bottom = box

    def make() -> np.ndarray:
        if method in FILTERS:
            return _filtered_window(method, found.photo.pixels, box, found.sigma)
        x0, y0 = (max(0, (at - 32) // 4 * 4) for at in (left, top))
        *_, step = denoise(found.photo.pixels[y0 : bottom + 32, x0 : right + 32], model=network(method))
        return step.recon[top - y0 : bottom - y0, left - x0 : right - x0]

    pixels = work.kept((*result_name(engine, found, method), box), make)
    alpha = None if found.photo.alpha is None else found.photo.alpha[top:bottom, left:right]
    return view(Photo(pixels, alpha, found.photo.mode), pixels)


# ---- pictures and numbers


def view(photo: Photo, pixels: np.ndarray) -> np.ndarray:
    """Pixels as a screen shows them: uint8, clear parts on white."""
    if pixels.dtype != np.uint8:
        pixels = np.clip(np.rint(pixels * 255), 0, 255).astype(np.uint8)
    if photo.alpha is None:
        return pixels
    alpha = photo.alpha[..., None] if pixels.ndim == 3 else photo.alpha
    return (255 - (255 - pixels.astype(np.uint16)) * alpha // 255).astype(np.uint8)


def numbers(name: tuple, truth: np.ndarray, pixels: np.ndarray) -> tuple[float, float]:
    """PSNR in dB and SSIM against the truth; `name` is of the pixels, and keeps them for the next run."""

    def measure() -> np.ndarray:
        from aecore import metrics

        both = to_tensor(truth), to_tensor(pixels)
        return np.array([float(metrics.psnr(*both)), float(metrics.ssim(*both)) if min(truth.shape[:2]) >= 7 else 1.0])

    psnr, ssim = work.kept(("numbers", *name), measure)
    return float(psnr), float(ssim)


def window(photo: Photo, box: Box, pixels: np.ndarray) -> np.ndarray:
    """A part of a picture's pixels, or of what became of them, as a screen shows it."""
    left, top, right, bottom = box
    alpha = None if photo.alpha is None else photo.alpha[top:bottom, left:right]
    return view(Photo(pixels[:0], alpha, photo.mode), pixels[top:bottom, left:right])
