"""The Photos page's stage: the slider over a picture, the same detail by every method, the verdict, the download."""

from functools import partial

import numpy as np
import streamlit as st

from aecore.engine import Engine, get_engine
from aecore.pictures.denoise import preview_box
from aecore.pictures.filters import FILTERS
from aecore.pictures.noise import Verdict, judge_result
from pages.photos.before_after import Side, before_after
from pages.photos.controls import CROP, METHOD, NETWORK, SPOT, Subject, kind, label, named, spot
from pages.photos.crops import Crop, crops
from pages.photos.results import (
    RESTORE,
    Detail,
    chosen,
    detail_numbers,
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

MOST_LOST = 50  # percent of a place's fine detail that a method must keep, or it has failed there
PATCHY = 2.0  # times what is estimated, from which on more was taken away than the estimate explains

ALONE = "Scores for the boxed area."


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
        hint="Click to magnify an area.",
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
    complete = len(scores) == len(names)
    _verdict(engine, subject, names, method, scores, complete)
    tiles, here = [], numbers_here(engine, subject, names)
    if subject.truth is not None and subject.added:
        noisy = detail_numbers(subject.truth, box, subject.name, pixels)
        tiles.append(Crop("clean", "Clean", show(subject.truth), help="The truth that the numbers compare with"))
        tiles.append(Crop("noisy", "Noisy", show(pixels), "", f"{noisy.psnr:.1f}", "dB"))
    else:
        tiles.append(Crop("noisy", "As it came", show(pixels), "", f"σ ≈ {subject.sigma:.1f}"))
    best = max(here, key=lambda name: here[name].psnr) if complete and here else ""
    for name in names:
        recon = results.get(name)
        if recon is not None:
            shown = show(recon)
        elif whole(subject):
            shown = None
        else:
            shown = detail_only(engine, subject, name, box)
        crop = here.get(name)
        tiles.append(
            Crop(
                name,
                label(name),
                shown,
                theme.kind_color(kind(name)),
                "" if crop is None else f"{crop.psnr:.1f}",
                "" if crop is None else "dB",
                "" if crop is None else f"keeps {100 * crop.share:.0f}%",
                choice=True,
                best=name == best,
                help=_about(name),
            )
        )
    label_all = "The same detail by every method; choose one for the large picture"
    crops(tiles, "photos_crops", label_all, size=170, selected=method, on_pick=_pick)
    if complete and here:
        st.caption(in_detail(here))


def in_detail(here: dict[str, Detail]) -> str:
    """What the tiles do not say of the enlarged place: whether the network fails there, and who keeps more.

    Args: here: method -> its numbers in this place.
    """
    shares = {name: round(100 * numbers.share) for name, numbers in here.items()}
    first = max(shares, key=shares.get)
    own = shares.get(NETWORK, MOST_LOST)
    if own >= MOST_LOST:
        return ALONE
    lost = f"{ALONE} The network fails here, too: {100 - own}% of the fine detail is gone"
    return f"{lost}." if first == NETWORK else f"{lost}; {named(first)} keeps more, {shares[first]}%."


def numbers_here(engine: Engine, subject: Subject, names: list[str]) -> dict[str, Detail]:
    """Method -> its numbers in the enlarged place, of those that have ended; {} where nobody knows the truth."""
    if subject.truth is None or not subject.added or not whole(subject):
        return {}
    width, height = subject.photo.size
    box = preview_box(
        height, width, CROP, tuple(at / size for at, size in zip(spot(subject), (width, height), strict=True))
    )
    recons = {name: restored(engine, subject, name) for name in names}
    return {
        name: detail_numbers(subject.truth, box, result_name(engine, subject, name), recon)
        for name, recon in recons.items()
        if recon is not None
    }


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
        return st.markdown(f"**Noise of σ = {subject.added:.0f}**  \nWorking …")
    numbers_of = {name: psnr for name, (psnr, _) in scores.items()}
    return st.markdown(verdict.cleaned(subject.added, noisy, numbers_of, named, NETWORK))


def _verdict_without_truth(engine: Engine, subject: Subject, method: str) -> None:
    recon = restored(engine, subject, method)
    if recon is None:
        return st.markdown(f"**Noise of about σ = {subject.sigma:.1f} of 255**  \nEstimated from the picture itself.")
    name = ("verdict", *result_name(engine, subject, method))
    judged = jobs.cached(name, lambda: judge_result(subject.photo.pixels, recon))
    return st.markdown(blind_verdict(judged, verdict.upper(named(method)), method == NETWORK))


def blind_verdict(judged: Verdict, method: str, network: bool) -> str:
    """What can be said of a picture whose truth nobody knows, as Markdown: the noise that its smooth places show, and
    what was taken away from all of it.

    Args: judged: of the result; method: that made it; network: it is ours, which `judged` speaks of.
    """
    taken = f"{method} changed the picture by {judged.removed:.1f} of 255 grey levels (standard deviation)"
    if not judged.helps:
        why = f" {judged.sentence}" if network else ""
        return f"**Hardly any noise here**  \n{taken}.{why}"
    if judged.removed > PATCHY * max(judged.sigma, 0.05):
        return (
            f"**Clean in its smooth places**  \n{taken}, nearly all of it in the rough ones. Noise or texture? Only "
            "your eye can tell: click such a place."
        )
    return f"**Noise of about σ = {judged.sigma:.1f}**  \n{taken}. Nobody knows the truth: look at the details."


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
        icon=":material/download:", key="photos_png",
        disabled=restored(engine, subject, method) is None,
        help=f"{width:,} × {height:,} pixels, {form(subject.photo)}",
    )  # fmt: skip
