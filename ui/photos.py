"""The Photos page's stage: a noisy picture, the slider over it, and the same detail by every method."""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st
import torch

from aecore import photos
from aecore.data.photos import TEST
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.photos import FILTERS, Photo
from ui import photos_work as work
from ui import theme
from ui.before_after import Side, before_after
from ui.glossary import explain
from ui.inputs import FORMATS
from ui.photos_tiles import Crop, crops

NETWORK = "photo"
SOURCES = {"example": "Pick", "upload": "Upload", "camera": "Camera"}
PICTURES = {"camera": "Cameraman", "chelsea": "Cat", "coffee": "Coffee"}
FIRST_SPOTS = {"camera": (268, 158), "chelsea": (172, 110), "coffee": (420, 250)}  # where the methods differ
SOURCE, PICTURE, SIGMA, SEED = "photos_source", "photos_picture", "photos_sigma", "photos_seed"
ADDED, METHOD = "photos_added", "photos_method"
SPOT = "photos_spot"  # in the URL: x,y
FOLLOWED = "_photos_followed"  # how often a chip was clicked: the slider scrolls into view when it grows
CROP = 64  # px of the picture, a side of the detail
SMALL = 700_000  # pixels: up to here every method restores the whole picture at once
LEAST_GAIN = 0.3  # dB, below which we do not call it a help

_SHORT = {
    NETWORK: "learned from twenty other pictures what noise is",
    "non_local_means": "averages places that look alike",
    "total_variation": "as few slopes as the noise allows",
    "median": "the middle of each small window",
}
_STOPPED = "_photos_stopped"  # the result that the visitor did not want to wait for
_ASKED = "_photos_asked"  # results that this session waits for
_MARGIN = 24  # px around a detail, so that its border is restored as in the whole picture


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
    """What a method is called on the page."""
    return "Network" if method == NETWORK else FILTERS[method].label


def methods(engine: Engine) -> tuple[list[str], str]:
    """Names of the methods that can run, the network first; and what is wrong with the network, or ""."""
    try:
        engine.model(NETWORK)
    except AecoreError as error:
        return list(FILTERS), str(error)
    return [NETWORK, *FILTERS], ""


# ---- controls


def subject() -> Subject | None:
    """Let the visitor choose a picture and its noise; None while there is no picture.

    Raises: ImageError: an uploaded picture that cannot be read.
    """
    source = st.segmented_control(
        "Your picture", list(SOURCES), format_func=SOURCES.get, default="example", required=True, key=SOURCE,
        bind="query-params", label_visibility="collapsed", width="stretch", on_change=forget_spot,
    )  # fmt: skip
    if source == "example":
        return _example()
    if source == "upload":
        file = st.file_uploader(
            "Any picture, 10 MB and 4 megapixels at most", type=FORMATS, key="photos_upload", on_change=forget_spot,
            help="Photo, scan or drawing, grey or colour. It stays in your session, and no metadata comes back.",
        )  # fmt: skip
    else:
        file = st.camera_input("Take a picture, best in dim light", key="photos_camera", on_change=forget_spot)
    if file is None:
        return None
    photo = work.kept(("file", file.file_id), lambda: photos.read_photo(file.getvalue()))
    for note in photo.notes:
        st.caption(note)
    return _noisy(("file", file.file_id), "Your picture", photo, ADDED, 0)


def _example() -> Subject:
    name = st.segmented_control(
        "Picture", list(PICTURES), format_func=PICTURES.get, default="camera", required=True, key=PICTURE,
        bind="query-params", label_visibility="collapsed", width="stretch", on_change=forget_spot,
    )  # fmt: skip
    photo = work.kept(("example", name), lambda: photos.as_photo(TEST[name]()))
    return _noisy(("example", name), PICTURES[name], photo, SIGMA, 25)


def _noisy(name: tuple, title: str, clean: Photo, key: str, default: int) -> Subject:
    """The picture with the noise that the visitor asks for."""
    added = st.slider(
        "Noise added, σ of 255 grey levels", 0, 60, default, key=key, bind="query-params", help=explain("sigma")
    )
    if not added:
        sigma = photos.estimate_sigma(clean.pixels)
        return Subject(name, title, clean, clean.pixels if name[0] == "example" else None, sigma, 0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = st.number_input("Noise", 0, 9999, 7, key=SEED, bind="query-params", help=explain("seed"), width=125)
        st.button("New noise", icon=":material/casino:", on_click=_new_seed, key="photos_new_noise")
    rng = torch.Generator().manual_seed(seed)
    full = (*name, added, seed)
    pixels = work.kept(full, lambda: photos.add_noise(clean.pixels, added, rng))
    photo = Photo(pixels, clean.alpha, clean.mode, clean.levels, clean.notes)
    return Subject(full, title, photo, clean.pixels, float(added), added)


def choose(names: list[str]) -> str:
    """Which method the slider shows."""
    if st.session_state.get(METHOD) not in (None, *names):
        del st.session_state[METHOD]  # the network was here when it was chosen
    return st.radio(
        "Restored by", names, format_func=label, captions=[_SHORT[name] for name in names], key=METHOD,
        bind="query-params",
    )  # fmt: skip


def _new_seed() -> None:
    st.session_state[SEED] = secrets.randbelow(10_000)


def forget_spot() -> None:
    """Another picture: the detail goes back to where it is worth looking."""
    st.query_params.pop(SPOT, None)


def spot(found: Subject) -> tuple[int, int]:
    """The middle of the detail, from the URL where that makes sense."""
    width, height = found.photo.size
    first = FIRST_SPOTS.get(found.name[1], (width // 2, height // 2))
    try:
        x, y = (int(each) for each in st.query_params.get(SPOT, "").split(",")[:2])
    except ValueError:
        x, y = first
    inside = [(min(max(at, min(CROP, size) // 2), size - min(CROP, size) // 2)) for at, size in ((x, width), (y, height))]
    return inside[0], inside[1]


# ---- results


def result_name(engine: Engine, found: Subject, method: str) -> tuple:
    """Identity of a result; another network gives another one."""
    return (*found.name, method, engine.card(NETWORK).sha256 if method == NETWORK else "")


def ask(engine: Engine, found: Subject, method: str) -> work.Job | None:
    """Have a whole picture restored in the background: see `photos_work.ask`."""
    name = result_name(engine, found, method)
    return work.ask(name, partial(_restore, method, found.photo.pixels, found.sigma))


def _restore(method: str, pixels: np.ndarray, sigma: float) -> Iterator[float | np.ndarray]:
    """A whole picture by one method, piece by piece."""
    if method == NETWORK:
        for step in photos.denoise(pixels):
            yield step.done / step.total
        yield step.recon
    elif pixels.shape[0] * pixels.shape[1] <= SMALL:
        yield photos.filter_image(method, pixels, sigma)
    else:  # in pieces with a margin: a filter looks no further
        recon = np.empty_like(pixels)
        boxes = photos.tiles(*pixels.shape[:2], 384)
        for done, box in enumerate(boxes, 1):
            left, top, right, bottom = box
            recon[top:bottom, left:right] = _filtered_window(method, pixels, box, sigma)
            yield done / len(boxes)
        yield recon


def _filtered_window(method: str, pixels: np.ndarray, box: photos.Box, sigma: float) -> np.ndarray:
    left, top, right, bottom = box
    x0, y0 = max(0, left - _MARGIN), max(0, top - _MARGIN)
    around = photos.filter_image(method, pixels[y0 : bottom + _MARGIN, x0 : right + _MARGIN], sigma)
    return around[top - y0 : bottom - y0, left - x0 : right - x0]


def wait(engine: Engine, found: Subject, method: str) -> np.ndarray | None:
    """The restored picture, once it is there; a bar with a way out meanwhile, None if the visitor took it."""
    name = result_name(engine, found, method)
    if st.session_state.get(_STOPPED) == name:
        return _stopped()
    began, bar = time.monotonic(), None
    place = st.empty()
    while (job := ask(engine, found, method)) is not None:
        spent = time.monotonic() - began
        if bar is None and spent > 0.5:
            with place.container(horizontal=True, vertical_alignment="center"):
                bar = st.progress(0.0)
                st.button("Stop", icon=":material/stop:", key="photos_stop", on_click=_stop, args=(name,))
        if bar is not None:
            left = f", about {spent / job.done * (1 - job.done):.0f} s left" if job.done > 0.1 and spent > 2 else ""
            bar.progress(min(job.done, 1.0), f"{label(method)}: {100 * job.done:.0f} % done{left}")
        time.sleep(0.04)
    place.empty()
    return work.kept(name)


def _stop(name: tuple) -> None:
    st.session_state[_STOPPED] = name
    work.release(name)


def _stopped() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Stopped: both sides show the noisy picture.")
        st.button(
            "Go on", icon=":material/play_arrow:", key="photos_go_on", on_click=st.session_state.pop, args=(_STOPPED,)
        )


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

        both = photos.to_tensor(truth), photos.to_tensor(pixels)
        return np.array([float(metrics.psnr(*both)), float(metrics.ssim(*both)) if min(truth.shape[:2]) >= 7 else 1.0])

    psnr, ssim = work.kept(("numbers", *name), measure)
    return float(psnr), float(ssim)


def slider(engine: Engine, found: Subject, method: str) -> np.ndarray | None:
    """The before/after slider with the chosen method; returns the restored picture if it is there."""
    recon = wait(engine, found, method)
    pixels = found.photo.pixels
    notes = ["", ""]
    if found.truth is not None and found.added:
        notes = [f"{numbers(found.name, found.truth, pixels)[0]:.1f} dB"] * 2
        if recon is not None:
            notes[1] = f"{numbers(result_name(engine, found, method), found.truth, recon)[0]:.1f} dB"
    after = pixels if recon is None else recon
    before = Side("Noisy" if found.added else "As it came", view(found.photo, pixels), notes[0])
    restored = Side(label(method) if recon is not None else "Stopped", view(found.photo, after), notes[1])
    before_after(
        Side(before.name, before.pixels, before.note, f"{found.title}, {before.name.lower()}"),
        Side(restored.name, restored.pixels, restored.note, f"{found.title}, restored: {restored.name}"),
        key="photos_slider",
        height=540,
        spot=spot(found),
        side=CROP,
        on_spot=_move_spot,
        reveal=st.session_state.get(FOLLOWED, 0),
        hint="Drag the line. Click: detail of that place. Double-click or space: before, after.",
    )
    return recon


def _move_spot(x: int, y: int) -> None:
    st.query_params[SPOT] = f"{x},{y}"
    st.rerun("photos_detail")


# ---- the detail, by every method


def whole(found: Subject) -> bool:
    """Whether every method restores the whole picture: it is small, or it has a truth to measure against."""
    return found.photo.pixels.shape[0] * found.photo.pixels.shape[1] <= SMALL


def start(engine: Engine, found: Subject, names: list[str], method: str) -> None:
    """Begin what will be wanted, the chosen method first, and give up what no longer is."""
    wanted = [method] + [name for name in names if name != method and whole(found)]
    now = {result_name(engine, found, name) for name in wanted}
    for name in st.session_state.get(_ASKED, set()) - now:
        work.release(name)
    st.session_state[_ASKED] = now
    for name in wanted:
        if result_name(engine, found, name) != st.session_state.get(_STOPPED):
            ask(engine, found, name)


def detail(engine: Engine, found: Subject, names: list[str], method: str) -> None:
    """Verdict and tiles; follows the window on the slider, and fills up while results arrive."""
    waiting = whole(found) and any(work.kept(result_name(engine, found, name)) is None for name in names)

    @st.fragment(key="photos_detail", run_every=0.5 if waiting else None)
    def show() -> None:
        if not waiting:
            return _tiles(engine, found, names, method)
        jobs = [ask(engine, found, name) for name in names]
        if any(jobs):
            return _tiles(engine, found, names, method)
        return st.rerun()

    show()


def _tiles(engine: Engine, found: Subject, names: list[str], method: str) -> None:
    pixels, (x, y) = found.photo.pixels, spot(found)
    width, height = found.photo.size
    box = photos.preview_box(height, width, CROP, (x / width, y / height))
    window = partial(_window, found.photo, box)
    results = {name: work.kept(result_name(engine, found, name)) for name in names} if whole(found) else {}
    scores = {}
    if found.truth is not None and found.added:
        for name, recon in results.items():
            if recon is not None:
                scores[name] = numbers(result_name(engine, found, name), found.truth, recon)
    _verdict(engine, found, names, method, scores, len(scores) == len(names))
    best = max(scores, key=lambda name: scores[name][0]) if len(scores) == len(names) else ""
    tiles = []
    if found.truth is not None and found.added:
        tiles.append(Crop("clean", "Clean", window(found.truth), help="The truth that the numbers compare with"))
        psnr, ssim = numbers(found.name, found.truth, pixels)
        tiles.append(Crop("noisy", "Noisy", window(pixels), "", f"{psnr:.1f}", "dB PSNR", f"SSIM {ssim:.2f}"))
    else:
        tiles.append(Crop("noisy", "As it came", window(pixels), "", f"σ ≈ {found.sigma:.1f}"))
    for name in names:
        recon = results.get(name)
        if recon is not None:
            shown = window(recon)
        elif whole(found):
            shown = None
        else:
            shown = _detail_only(engine, found, name, box)
        psnr, ssim = scores.get(name, (None, None))
        tiles.append(
            Crop(
                name, label(name), shown, theme.family_color("dae" if name == NETWORK else "classical"),
                "" if psnr is None else f"{psnr:.1f}", "" if psnr is None else "dB PSNR",
                "" if ssim is None else f"SSIM {ssim:.2f}", choice=True, best=name == best, help=_about(name),
            )  # fmt: skip
        )
    crops(tiles, method, "photos_crops", _pick)


def _window(photo: Photo, box: photos.Box, pixels: np.ndarray) -> np.ndarray:
    left, top, right, bottom = box
    alpha = None if photo.alpha is None else photo.alpha[top:bottom, left:right]
    return view(Photo(pixels[:0], alpha, photo.mode), pixels[top:bottom, left:right])


def _detail_only(engine: Engine, found: Subject, method: str, box: photos.Box) -> np.ndarray:
    """A window of a picture that is too large for every method to restore it all."""
    left, top, right, bottom = box

    def make() -> np.ndarray:
        if method != NETWORK:
            return _filtered_window(method, found.photo.pixels, box, found.sigma)
        x0, y0 = (max(0, (at - 32) // 4 * 4) for at in (left, top))
        *_, step = photos.denoise(found.photo.pixels[y0 : bottom + 32, x0 : right + 32])
        return step.recon[top - y0 : bottom - y0, left - x0 : right - x0]

    pixels = work.kept((*result_name(engine, found, method), box), make)
    alpha = None if found.photo.alpha is None else found.photo.alpha[top:bottom, left:right]
    return view(Photo(pixels, alpha, found.photo.mode), pixels)


def _pick(method: str) -> None:
    st.session_state[METHOD] = method


def _about(method: str) -> str:
    if method == NETWORK:
        return "A residual network that is told neither the noise's strength nor its place (after Zhang et al. 2017)."
    return f"{FILTERS[method].apply.__doc__.splitlines()[0]} ({FILTERS[method].source}). It is told sigma."


def _verdict(engine, found: Subject, names: list[str], method: str, scores: dict, complete: bool) -> None:
    """In a headline and a sentence: who is ahead, and whether it was worth it."""
    if found.truth is None or not found.added:
        return _verdict_without_truth(engine, found, method)
    noisy = numbers(found.name, found.truth, found.photo.pixels)[0]
    if not complete:
        return st.markdown(f"**Noise of σ = {found.added:.0f}**  \nThe methods are at work.")
    ranked = sorted(scores, key=lambda name: -scores[name][0])
    first, second = ranked[:2]
    if scores[first][0] - noisy < LEAST_GAIN:
        return st.markdown(
            "**Hardly any noise here**  \nNo method gains anything worth having: the picture is best left as it is."
        )
    lead = scores[first][0] - scores[second][0]
    gain = scores[first][0] - noisy
    words = f"{gain:.1f} dB above the noisy picture, {lead:.1f} dB above {label(second).lower()}."
    if first != NETWORK and NETWORK in names:
        words += f" The network does not help here: {scores[NETWORK][0] - noisy:+.1f} dB.".replace("-", "−")
    return st.markdown(f"**{label(first)} leads**  \n{words}")


def _verdict_without_truth(engine: Engine, found: Subject, method: str) -> None:
    recon = work.kept(result_name(engine, found, method))
    if recon is None:
        return st.markdown(f"**Noise of about σ = {found.sigma:.1f} of 255**  \nEstimated from the picture itself.")
    judged = photos.judge_result(found.photo.pixels, recon)
    head = f"Noise of about σ = {judged.sigma:.1f}" if judged.helps else "Hardly any noise here"
    return st.markdown(
        f"**{head}**  \n{judged.sentence} Taken away: {judged.removed:.1f} grey levels. "
        "Nobody knows the truth of your picture: look at the details."
    )


def download(engine: Engine, found: Subject, method: str) -> None:
    """The restored picture at its own size and mode."""
    name = result_name(engine, found, method)

    def make() -> bytes:
        recon = work.kept(name)
        if recon is None:  # forgotten meanwhile
            *_, recon = _restore(method, found.photo.pixels, found.sigma)
        return photos.png(found.photo.image(recon))

    width, height = found.photo.size
    st.download_button(
        "Restored picture, PNG", make, f"restored-{method.replace('_', '-')}.png", "image/png", on_click="ignore",
        icon=":material/download:", key="photos_png", width="stretch", disabled=work.kept(name) is None,
        help=f"{width:,} × {height:,} pixels, mode {found.photo.mode}, without metadata",
    )  # fmt: skip
