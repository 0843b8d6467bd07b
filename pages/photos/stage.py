"""The Photos page's stage: the slider over a picture, the same detail by every method, the verdict, the download."""

from functools import partial

import numpy as np
import streamlit as st

from aecore.engine import Engine, get_engine
from aecore.pictures.denoise import preview_box
from aecore.pictures.filters import FILTERS
from aecore.pictures.noise import judge_result
from pages.photos.before_after import Side, before_after
from pages.photos.controls import CROP, METHOD, NETWORK, SPOT, Subject, kind, label, spot
from pages.photos.crops import Crop, crops
from pages.photos.results import (
    RESTORE,
    chosen,
    detail_only,
    form,
    numbers,
    restored,
    result_name,
    view,
    whole,
    window,
)
from pages.photos.state import DETAIL, PIXEL, TAKEN, state
from ui import messages, theme, url
from ui.output import verdict
from ui.server import jobs


def slider(engine: Engine, subject: Subject, method: str) -> np.ndarray | None:
    """The before/after slider with the chosen method; returns the restored picture if it is there."""
    pixels = subject.photo.pixels
    recon = chosen(engine, subject, method, label(method))
    state().shown = True
    notes = ["", ""]
    if subject.truth is not None and subject.added:
        notes = [f"{numbers(subject.name, subject.truth, pixels)[0]:.1f} dB"] * 2
        if recon is not None:
            notes[1] = f"{numbers(result_name(engine, subject, method), subject.truth, recon)[0]:.1f} dB"
    after = pixels if recon is None else recon
    before = Side("Noisy" if subject.added else "As it came", view(subject.photo, pixels), notes[0])
    result = Side(label(method) if recon is not None else "Stopped", view(subject.photo, after), notes[1])
    before_after(
        Side(before.name, before.pixels, before.note, f"{subject.title}, {before.name.lower()}"),
        Side(result.name, result.pixels, result.note, f"{subject.title}, restored: {result.name}"),
        key="photos_slider",
        height=540,
        spot=spot(subject),
        side=CROP,
        on_spot=_move_spot,
        hint="Drag the line. Click: detail of that place. Double-click or space: before, after.",
    )
    return recon


def _move_spot(x: int, y: int) -> None:
    url.put({SPOT: f"{x},{y}"})
    st.rerun([DETAIL, TAKEN, PIXEL])


def detail(engine: Engine, subject: Subject, names: list[str], method: str) -> None:
    """Verdict and tiles; follows the window on the slider."""

    @messages.fragment(key=DETAIL)
    @messages.shown()
    def show() -> None:
        _tiles(engine, subject, names, method)

    show()


def _tiles(engine: Engine, subject: Subject, names: list[str], method: str) -> None:
    pixels, (x, y) = subject.photo.pixels, spot(subject)
    width, height = subject.photo.size
    box = preview_box(height, width, CROP, (x / width, y / height))
    show = partial(window, subject.photo, box)
    results = {name: restored(engine, subject, name) for name in names} if whole(subject) else {}
    scores = {}
    if subject.truth is not None and subject.added:
        for name, recon in results.items():
            if recon is not None:
                scores[name] = numbers(result_name(engine, subject, name), subject.truth, recon)
    _verdict(engine, subject, names, method, scores, len(scores) == len(names))
    best = max(scores, key=lambda name: scores[name][0]) if len(scores) == len(names) else ""
    tiles = []
    if subject.truth is not None and subject.added:
        tiles.append(Crop("clean", "Clean", show(subject.truth), help="The truth that the numbers compare with"))
        psnr, ssim = numbers(subject.name, subject.truth, pixels)
        tiles.append(Crop("noisy", "Noisy", show(pixels), "", f"{psnr:.1f}", "dB PSNR", f"SSIM {ssim:.2f}"))
    else:
        tiles.append(Crop("noisy", "As it came", show(pixels), "", f"σ ≈ {subject.sigma:.1f}"))
    for name in names:
        recon = results.get(name)
        if recon is not None:
            shown = show(recon)
        elif whole(subject):
            shown = None
        else:
            shown = detail_only(engine, subject, name, box)
        psnr, ssim = scores.get(name, (None, None))
        tiles.append(
            Crop(
                name,
                label(name),
                shown,
                theme.kind_color(kind(name)),
                "" if psnr is None else f"{psnr:.1f}",
                "" if psnr is None else "dB PSNR",
                "" if ssim is None else f"SSIM {ssim:.2f}",
                choice=True,
                best=name == best,
                help=_about(name),
            )
        )
    label_all = "The same detail by every method; choose one for the large picture"
    crops(tiles, "photos_crops", label_all, selected=method, on_pick=_pick)


def _pick(method: str) -> None:
    st.session_state[METHOD] = method
    st.rerun()


def _about(method: str) -> str:
    if method == NETWORK:
        return "A residual network that is told neither the noise's strength nor its place (after Zhang et al. 2017)."
    if method not in FILTERS:
        return get_engine().card(method).summary
    return f"{FILTERS[method].apply.__doc__.splitlines()[0]} ({FILTERS[method].source}). It is told sigma."


def _verdict(engine, subject: Subject, names: list[str], method: str, scores: dict, complete: bool) -> None:
    """In a headline and a sentence: who is ahead, and whether it was worth it."""
    if subject.truth is None or not subject.added:
        return _verdict_without_truth(engine, subject, method)
    noisy = numbers(subject.name, subject.truth, subject.photo.pixels)[0]
    if not complete:
        return st.markdown(f"**Noise of σ = {subject.added:.0f}**  \nThe methods are at work.")
    numbers_of = {name: psnr for name, (psnr, _) in scores.items()}
    return st.markdown(verdict.cleaned(subject.added, noisy, numbers_of, label, NETWORK))


def _verdict_without_truth(engine: Engine, subject: Subject, method: str) -> None:
    recon = restored(engine, subject, method)
    if recon is None:
        return st.markdown(f"**Noise of about σ = {subject.sigma:.1f} of 255**  \nEstimated from the picture itself.")
    judged = judge_result(subject.photo.pixels, recon)
    head = f"Noise of about σ = {judged.sigma:.1f} of 255" if judged.helps else "Hardly any noise here"
    words = judged.sentence if method == NETWORK and not judged.helps else ""
    return st.markdown(
        f"**{head}**  \n{words} {label(method)} took away {judged.removed:.1f} grey levels (standard deviation). "
        "Nobody knows the truth of your picture: look at the details."
    )


def download(engine: Engine, subject: Subject, method: str) -> None:
    """The restored picture at its own size and mode."""
    key = result_name(engine, subject, method)
    again = jobs.later("photos_download", RESTORE, method, subject.photo.pixels, subject.sigma, key=key)

    def make() -> bytes:
        recon = restored(engine, subject, method)
        return subject.photo.png(again() if recon is None else recon)  # None: forgotten meanwhile

    width, height = subject.photo.size
    st.download_button(
        "Restored picture, PNG", make, f"restored-{method.replace('_', '-')}.png", "image/png", on_click="ignore",
        icon=":material/download:", key="photos_png", width="stretch",
        disabled=restored(engine, subject, method) is None,
        help=f"{width:,} × {height:,} pixels, {form(subject.photo)}",
    )  # fmt: skip
