"""Whole pictures restored by workers, a way out while they are not there, and what they measure."""

import time
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from aecore.engine import Engine
from aecore.pictures.denoise import Box, to_tensor
from aecore.pictures.filters import FILTERS
from aecore.pictures.io import Photo
from aecore.pictures.restore import SMALL, restore_window
from pages.photos.controls import Subject
from pages.photos.state import state
from ui.server import jobs
from ui.server.jobs import Job

RESTORE = "aecore.pictures.restore:restore"
CURVES, HELD_OUT, PAGE = "photos_curves", "photos_held_out", "photos_page"  # seats, beside one a method
_LINGER = 1.5  # seconds that the stage waits for the other methods once the chosen one is there


def whole(subject: Subject) -> bool:
    """Whether every method restores the whole picture, not only what is seen of it: it is small enough."""
    return subject.photo.pixels.shape[0] * subject.photo.pixels.shape[1] <= SMALL


def start(engine: Engine, subject: Subject, names: list[str], method: str) -> None:
    """Begin what will be wanted, the chosen method first, and give up what no longer is."""
    wanted = [method] + [name for name in names if name != method and whole(subject)]
    jobs.only(CURVES, HELD_OUT, *map(_seat, wanted))
    for name in wanted:
        if result_name(engine, subject, name) != state().stopped:
            ask(engine, subject, name)


def ask(engine: Engine, subject: Subject, method: str) -> Job:
    """Have the picture restored by a method."""
    key = result_name(engine, subject, method)
    wide = _wide(subject, method)
    return jobs.ask(_seat(method), RESTORE, method, subject.photo.pixels, subject.sigma, key=key, wide=wide)


def restored(engine: Engine, subject: Subject, method: str) -> np.ndarray | None:
    """The picture restored by a method, if it is there."""
    return jobs.cached((RESTORE, *result_name(engine, subject, method)))


def _wide(subject: Subject, method: str) -> bool:
    """Whether a network runs over a large picture: on all cores, with a hundred megabytes for each."""
    return method not in FILTERS and not whole(subject)


def _seat(method: str) -> str:
    return f"photos_{method}"


def linger(names: list[str]) -> None:
    """Wait a moment for the other methods, so that they are mostly drawn in one go."""
    until = time.monotonic() + _LINGER
    while any(job is not None and not job.wait(0.02) for job in map(jobs.at, map(_seat, names))):
        if time.monotonic() > until:
            return
        jobs.give_way()


def follow(names: list[str]) -> None:
    """The last of a page: runs it again when something arrives that it still wanted."""
    waiting = [seat for seat in (CURVES, HELD_OUT, *map(_seat, names)) if (job := jobs.at(seat)) and not job.over]
    if waiting:
        jobs.follow(*waiting)


def result_name(engine: Engine, subject: Subject, method: str) -> tuple:
    """Identity of a result; another network gives another one."""
    return (*subject.name, method, "" if method in FILTERS else engine.card(method).sha256)


def wait(seat: str, task: str, *arguments: object, key: tuple, title: str, wide: bool = False) -> object | None:
    """The result of a job, once it is there; a bar with a way out meanwhile, None if the visitor took it.

    Args: seat, task, arguments, key, wide: as `jobs.ask`; title: of the bar.
    """
    if state().stopped == key:
        return _stopped()
    began, bar, told = time.monotonic(), None, None
    place, job = st.empty(), jobs.ask(seat, task, *arguments, key=key, wide=wide)
    while not job.wait(0.04):
        spent, share = time.monotonic() - began, job.news if isinstance(job.news, float) else 0.0
        if bar is None and spent > 0.5:
            with place.container():
                with st.container(horizontal=True, vertical_alignment="center"):
                    bar = st.progress(0.0)
                    st.button("Stop", icon=":material/stop:", key="photos_stop", on_click=_stop, args=(seat, key))
                if not state().shown:  # else the last picture stays in view meanwhile
                    st.skeleton(height=520)
        if bar is not None:
            left = f", about {spent / share * (1 - share):.0f} s left" if share > 0.1 and spent > 2 else ""
            waits = jobs.words(job) if job.state == "waiting" else f"{100 * share:.0f}% done{left}"
            if told != (share, waits):  # each message costs all visitors
                told = share, waits
                bar.progress(share, f"{title}: {waits}")
        jobs.give_way()
    place.empty()
    return job.value()


def chosen(engine: Engine, subject: Subject, method: str, title: str) -> np.ndarray | None:
    """The picture restored by the method that the visitor chose, as `wait`."""
    key, wide = result_name(engine, subject, method), _wide(subject, method)
    return wait(_seat(method), RESTORE, method, subject.photo.pixels, subject.sigma, key=key, title=title, wide=wide)


def _stop(seat: str, key: tuple) -> None:
    state().stopped = key
    jobs.release(seat)


def _stopped() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Stopped: both sides show the picture as it was.")
        st.button("Go on", icon=":material/play_arrow:", key="photos_go_on", on_click=_go_on)


def _go_on() -> None:
    state().stopped = None


def detail_only(engine: Engine, subject: Subject, method: str, box: Box) -> np.ndarray:
    """A window of a picture that is too large for every method to restore it all."""
    left, top, right, bottom = box
    key = (*result_name(engine, subject, method), box)
    pixels = jobs.cached(key, lambda: restore_window(method, subject.photo.pixels, box, subject.sigma))
    alpha = None if subject.photo.alpha is None else subject.photo.alpha[top:bottom, left:right]
    return view(replace(subject.photo, pixels=pixels, alpha=alpha), pixels)


# ---- pictures and numbers


def form(photo: Photo) -> str:
    """In what form a picture comes back, in words."""
    mode, _, depth = photo.mode.partition(";")
    words = f"mode {mode}, {depth} bits a channel" if depth else f"mode {mode}"
    return f"{words}, with its colour profile" if photo.profile else f"{words}, without metadata"


def view(photo: Photo, pixels: np.ndarray) -> np.ndarray:
    """Pixels as a screen shows them: uint8 in sRGB, clear parts on white."""
    pixels = photo.shown(pixels)
    if photo.alpha is None:
        return pixels
    alpha = photo.alpha[..., None] if pixels.ndim == 3 else photo.alpha
    full = np.iinfo(alpha.dtype).max
    return (255 - (255 - pixels.astype(np.uint32)) * alpha // full).astype(np.uint8)


def numbers(name: tuple, truth: np.ndarray, pixels: np.ndarray) -> tuple[float, float]:
    """PSNR in dB and SSIM against the truth; `name` is of the pixels, and keeps them for the next run."""

    def measure() -> np.ndarray:
        from aecore import metrics

        both = to_tensor(truth), to_tensor(pixels)
        return np.array([float(metrics.psnr(*both)), float(metrics.ssim(*both)) if min(truth.shape[:2]) >= 7 else 1.0])

    psnr, ssim = jobs.cached(("numbers", *name), measure)
    return float(psnr), float(ssim)


@dataclass(frozen=True)
class Detail:
    """How a method did in the enlarged place alone. psnr: in dB; share: of the fine detail that is left."""

    psnr: float
    share: float


def detail_numbers(truth: np.ndarray, box: Box, name: tuple, pixels: np.ndarray) -> Detail:
    """The numbers of a window; `name` is of the pixels, and keeps them for the next run."""
    left, top, right, bottom = box

    def measure() -> np.ndarray:
        from aecore import metrics
        from aecore.pictures.detail import share_left

        both = [to_tensor(picture[top:bottom, left:right]) for picture in (truth, pixels)]
        return np.array([float(metrics.psnr(*both)), share_left(truth, pixels, box)])

    return Detail(*map(float, jobs.cached(("detail", *name, box), measure)))


def window(photo: Photo, box: Box, pixels: np.ndarray) -> np.ndarray:
    """A part of a picture's pixels, or of what became of them, as a screen shows it."""
    left, top, right, bottom = box
    alpha = None if photo.alpha is None else photo.alpha[top:bottom, left:right]
    return view(replace(photo, pixels=pixels[:0], alpha=alpha), pixels[top:bottom, left:right])
