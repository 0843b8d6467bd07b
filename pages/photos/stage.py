"""The Photos page's stage: the slider over a picture, the same detail by every method, the verdict, the download."""

from functools import partial

import numpy as np
import streamlit as st

from aecore.engine import Engine, get_engine
from aecore.pictures.denoise import preview_box
from aecore.pictures.filters import FILTERS
from aecore.pictures.noise import judge_result
from pages.photos.before_after import Side, before_after
from pages.photos.controls import CROP, FOLLOWED, METHOD, NETWORK, SPOT, Subject, kind, label, spot
from pages.photos.crops import Crop, crops
from pages.photos.results import (
    RESTORE,
    SHOWN,
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
from ui import messages, theme, url
from ui.server import jobs

LEAST_GAIN = 0.3  # dB, below which we do not call it a help


def slider(engine: Engine, found: Subject, method: str) -> np.ndarray | None:
    """The before/after slider with the chosen method; returns the restored picture if it is there."""
    pixels = found.photo.pixels
    recon = chosen(engine, found, method, label(method))
    st.session_state[SHOWN] = True
    notes = ["", ""]
    if found.truth is not None and found.added:
        notes = [f"{numbers(found.name, found.truth, pixels)[0]:.1f} dB"] * 2
        if recon is not None:
            notes[1] = f"{numbers(result_name(engine, found, method), found.truth, recon)[0]:.1f} dB"
    after = pixels if recon is None else recon
    before = Side("Noisy" if found.added else "As it came", view(found.photo, pixels), notes[0])
    result = Side(label(method) if recon is not None else "Stopped", view(found.photo, after), notes[1])
    before_after(
        Side(before.name, before.pixels, before.note, f"{found.title}, {before.name.lower()}"),
        Side(result.name, result.pixels, result.note, f"{found.title}, restored: {result.name}"),
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
    url.put({SPOT: f"{x},{y}"})
    st.rerun(["photos_detail", "photos_taken", "photos_pixel"])


def detail(engine: Engine, found: Subject, names: list[str], method: str) -> None:
    """Verdict and tiles; follows the window on the slider."""

    @messages.fragment(key="photos_detail")
    @messages.shown()
    def show() -> None:
        _tiles(engine, found, names, method)

    show()


def _tiles(engine: Engine, found: Subject, names: list[str], method: str) -> None:
    pixels, (x, y) = found.photo.pixels, spot(found)
    width, height = found.photo.size
    box = preview_box(height, width, CROP, (x / width, y / height))
    show = partial(window, found.photo, box)
    results = {name: restored(engine, found, name) for name in names} if whole(found) else {}
    scores = {}
    if found.truth is not None and found.added:
        for name, recon in results.items():
            if recon is not None:
                scores[name] = numbers(result_name(engine, found, name), found.truth, recon)
    _verdict(engine, found, names, method, scores, len(scores) == len(names))
    best = max(scores, key=lambda name: scores[name][0]) if len(scores) == len(names) else ""
    tiles = []
    if found.truth is not None and found.added:
        tiles.append(Crop("clean", "Clean", show(found.truth), help="The truth that the numbers compare with"))
        psnr, ssim = numbers(found.name, found.truth, pixels)
        tiles.append(Crop("noisy", "Noisy", show(pixels), "", f"{psnr:.1f}", "dB PSNR", f"SSIM {ssim:.2f}"))
    else:
        tiles.append(Crop("noisy", "As it came", show(pixels), "", f"σ ≈ {found.sigma:.1f}"))
    for name in names:
        recon = results.get(name)
        if recon is not None:
            shown = show(recon)
        elif whole(found):
            shown = None
        else:
            shown = detail_only(engine, found, name, box)
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
        own = scores[NETWORK][0] - noisy
        behind = f"{scores[first][0] - scores[NETWORK][0]:.1f} dB behind"
        words += f" The network is {behind}." if own >= LEAST_GAIN else f" The network does not help here: {behind}."
    return st.markdown(f"**{label(first)} leads**  \n{words}")


def _verdict_without_truth(engine: Engine, found: Subject, method: str) -> None:
    recon = restored(engine, found, method)
    if recon is None:
        return st.markdown(f"**Noise of about σ = {found.sigma:.1f} of 255**  \nEstimated from the picture itself.")
    judged = judge_result(found.photo.pixels, recon)
    head = f"Noise of about σ = {judged.sigma:.1f} of 255" if judged.helps else "Hardly any noise here"
    words = judged.sentence if method == NETWORK and not judged.helps else ""
    return st.markdown(
        f"**{head}**  \n{words} {label(method)} took away {judged.removed:.1f} grey levels (standard deviation). "
        "Nobody knows the truth of your picture: look at the details."
    )


def download(engine: Engine, found: Subject, method: str) -> None:
    """The restored picture at its own size and mode."""
    key = result_name(engine, found, method)
    again = jobs.later("photos_download", RESTORE, method, found.photo.pixels, found.sigma, key=key)

    def make() -> bytes:
        recon = restored(engine, found, method)
        return found.photo.png(again() if recon is None else recon)  # None: forgotten meanwhile

    width, height = found.photo.size
    st.download_button(
        "Restored picture, PNG", make, f"restored-{method.replace('_', '-')}.png", "image/png", on_click="ignore",
        icon=":material/download:", key="photos_png", width="stretch", disabled=restored(engine, found, method) is None,
        help=f"{width:,} × {height:,} pixels, {form(found.photo)}",
    )  # fmt: skip
