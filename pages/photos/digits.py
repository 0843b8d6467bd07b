"""A page of digits: each is found, restored and put back in its place; the judge reads them before and after."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch

from aecore import metrics, referee
from aecore.corruptions import CORRUPTIONS
from aecore.engine import Engine
from aecore.errors import CheckpointError
from aecore.pictures.denoise import to_tensor
from aecore.pictures.io import as_photo
from aecore.pictures.pages import Page
from aecore.pictures.sample_pages import SamplePage, sample_page
from pages.photos.before_after import Mark, Side, before_after
from pages.photos.results import PAGE, form, view, wait
from ui.glossary import explain
from ui.input.choice import choice
from ui.input.more import more
from ui.input.opened import PHOTO, opened
from ui.input.seed import seed_input
from ui.input.upload import photographed, picture_file
from ui.output.gallery import Row, gallery
from ui.server import jobs

SOURCES = {"example": "Sample", "upload": "Upload", "camera": "Camera"}
SOURCE, DAMAGE, STRENGTH, SEED = "photos_page", "photos_page_damage", "photos_page_strength", "photos_page_seed"
MODEL, BOXES, PAPER, CHALK = "photos_page_model", "photos_page_boxes", "photos_page_paper", "photos_page_chalk"
DAMAGES = ("salt_pepper", "dropout", "gaussian", "patch", "stripes")
FIRST_STRENGTH = 0.2
FIRST_MODEL = "dae"
LEAST_OVERLAP = 0.3  # of intersection over union: below it, a box is not of that digit


@dataclass(frozen=True)
class Source:
    """A page to restore: name: its identity; picture: bytes or pixels; sample: where it was rendered by us."""

    name: tuple
    picture: bytes | np.ndarray
    sample: SamplePage | None = None


# ---- controls


def row(engine: Engine, below, inside) -> tuple[Source | None, str, bool, bool]:
    """In the row above the stage: the page's damage, and behind More settings all else.

    Args:    below: where a page is brought, if the visitor brings one; inside: where they say which page.
    Returns: the page, None while there is none; which network restores; whether boxes are drawn, and the paper is
             cleaned, too.
    Raises:  CheckpointError: there is no network here that restores digits.
    """
    with inside:
        chosen = choice(
            "Your page", list(SOURCES), format_func=SOURCES.get, default="example", key=SOURCE,
            label_visibility="collapsed",
        )  # fmt: skip
    damage, strength = DAMAGES[0], FIRST_STRENGTH
    if chosen == "example":
        damage = st.selectbox(
            "Damage", DAMAGES, format_func=lambda name: CORRUPTIONS[name].label, key=DAMAGE, bind="query-params",
            width=165,
        )  # fmt: skip
        strength = st.slider(
            "Strength", 0.0, 0.6, FIRST_STRENGTH, 0.05, key=STRENGTH, bind="query-params", format="percent", width=175
        )
    with more("photos_page") as says:
        source = _sample(damage, strength, says) if chosen == "example" else None
        model, boxes, clean = _choices(engine)
    if chosen != "example":
        with below:
            source = _brought(chosen)
    return source, model, boxes, clean


def _brought(chosen: str) -> Source | None:
    if chosen == "upload":
        about = "Pen on paper, chalk on a board, a scan: at most 32 digits and 20 megapixels; above 4 it is reduced."
        upload = picture_file("A page of digits", "photos_page_upload", about)
    else:
        upload = photographed("Hold a page of digits before the camera", "photos_page_camera")
    return None if upload is None else Source(("file", jobs.digest(upload.data)), upload.data)


def _sample(damage: str, strength: float, says) -> Source:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = seed_input("Page", SEED)
    chalk = st.toggle("Chalk on a board", key=CHALK, bind="query-params")
    if chalk:
        says("chalk")
    name = ("page", damage, strength, seed, chalk)

    def render() -> SamplePage:
        rng = torch.Generator().manual_seed(seed)
        return sample_page(rng, damage=damage, strength=strength, chalk=chalk)

    sample = jobs.cached(name, render)
    return Source(name, sample.damaged, sample)


def _choices(engine: Engine) -> tuple[str, bool, bool]:
    """Which network restores, whether boxes are drawn, whether the paper is cleaned, too."""
    names = list(engine.restorers("denoise"))
    if not names:
        raise CheckpointError(f"No network restores digits here. Train one: python -m aecore train {FIRST_MODEL}")
    if st.session_state.get(MODEL) not in (None, *names):
        del st.session_state[MODEL]
    model = st.selectbox(
        "Restored by", names, index=names.index(FIRST_MODEL) if FIRST_MODEL in names else 0, key=MODEL,
        format_func=lambda name: engine.card(name).title, bind="query-params",
    )  # fmt: skip
    boxes = st.toggle("Boxes with the judge's reading", True, key=BOXES, bind="query-params", help=explain("judge"))
    clean = st.toggle(
        "Clean the paper, too", True, key=PAPER, bind="query-params", help="Smooths specks between the digits."
    )
    return model, boxes, clean


# ---- the page


def show(engine: Engine, source: Source, model: str, boxes: bool, clean: bool) -> Page | None:
    """The slider over the page and the digits below it; returns the page once it is restored."""
    name = (*source.name, engine.card(model).sha256, clean)
    task, title = "aecore.pictures.pages:restoring_page", "Finding and restoring digits"
    page = wait(PAGE, task, source.picture, model, clean, key=name, title=title)
    if page is None:
        photo = (
            opened(PHOTO, source.picture, "photos_page_opened") if source.sample is None else as_photo(source.picture)
        )
        shown = view(photo, photo.pixels)
        before_after(Side("Before", shown), Side("Stopped", shown), key="photos_page_slider")
        return None
    x = torch.cat([restored.x for restored in page.digits])
    recon = torch.cat([restored.recon for restored in page.digits])
    p, p_after = engine.classify(x), engine.classify(recon)
    y = None if source.sample is None else truth(page, source.sample)
    strange = strangers(engine, x, recon)
    st.markdown(_verdict(p, p_after, y, source, strange))
    notes = ["", ""]
    if source.sample is not None:
        both = [to_tensor(pixels) for pixels in (page.before, page.after)]
        clear = to_tensor(source.sample.clean)
        notes = [f"{float(metrics.psnr(clear, picture)):.1f} dB" for picture in both]
    before_after(
        Side("Before", page.before, notes[0], f"A page with {len(page.digits)} digits, before"),
        Side("Restored", page.after, notes[1], f"The same page, its {len(page.digits)} digits restored"),
        key="photos_page_slider",
        height=560,
        marks=_marks(page, p, p_after, y, strange) if boxes else (),
        hint="Drag the line; the boxes say what the judge reads on each side. Double-click or space: before, after.",
    )
    for note in page.notes:
        st.caption(note)
    return page


def strangers(engine: Engine, x: torch.Tensor, recon: torch.Tensor) -> list[bool]:
    """Which marks are no digits: the referee refuses them as they were found and as they are restored. Damage alone
    makes many a digit strange, and no network makes one of a scribble. x, recon: (N, 1, 28, 28)."""
    pairs = zip(referee.refusals(engine, x), referee.refusals(engine, recon), strict=True)
    return [before is not None and after is not None for before, after in pairs]


def truth(page: Page, sample: SamplePage) -> list[int | None]:
    """The class of each digit that was found on a page of ours; None where nothing was written."""
    classes = []
    for restored in page.digits:
        overlaps = [_overlap(restored.digit.box, box) for box in sample.boxes]
        best = max(range(len(overlaps)), key=overlaps.__getitem__)
        classes.append(int(sample.y[best]) if overlaps[best] >= LEAST_OVERLAP else None)
    return classes


def _overlap(a, b) -> float:
    """Intersection over union of two boxes."""
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(0.0, across) * max(0.0, down)
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def _verdict(
    p: torch.Tensor, p_after: torch.Tensor, y: list[int | None] | None, source: Source, strange: list[bool]
) -> str:
    digits = [place for place, no_digit in enumerate(strange) if not no_digit]
    n, others = len(digits), sum(strange)
    marks = f"{others} mark{'' if others == 1 else 's'}"
    if not n:
        return f"**Nothing here looks like a digit.** {marks} found, and none is read."
    p, p_after = p[digits], p_after[digits]
    verbs = "does not look like a digit and is" if others == 1 else "do not look like digits and are"
    tail = f" {marks} {verbs} not read." if others else ""
    certain = [f"{100 * float(q.amax(1).mean()):.0f}%" for q in (p, p_after)]
    sure = f"The judge is {certain[0]} sure before, {certain[1]} after"
    if y is None:
        changed = int((p.argmax(1) != p_after.argmax(1)).sum())
        words = f"{changed or 'no'} reading{'' if changed == 1 else 's'} changed"
        return f"**{n} digit{'' if n == 1 else 's'} found.** {sure}; {words}.{tail}"
    written = len(source.sample.y)
    y = [y[place] for place in digits]
    right = [sum(int(read) == actual for read, actual in zip(q.argmax(1), y, strict=True)) for q in (p, p_after)]
    return (
        f"**{sum(actual is not None for actual in y)} of {written} digits found; {right[0]} read as written before, "
        f"{right[1]} after.** {sure}.{tail}"
    )


def _marks(
    page: Page, p: torch.Tensor, p_after: torch.Tensor, y: list[int | None] | None, strange: list[bool]
) -> list[Mark]:
    marks = []
    for i, restored in enumerate(page.digits):
        box = tuple(map(int, restored.digit.box))
        if strange[i]:
            marks.append(Mark(box, ("?", "?"), title="Does not look like a digit: not read"))
            continue
        reads = [int(q[i].argmax()) for q in (p, p_after)]
        sure = [f"{100 * float(q[i].max()):.0f}%" for q in (p, p_after)]
        wrong = (False, False) if y is None else tuple(read != y[i] for read in reads)
        title = f"Read as {reads[0]} ({sure[0]} sure) before, {reads[1]} ({sure[1]}) after"
        words = tuple(f"{read} ✗" if bad else str(read) for read, bad in zip(reads, wrong, strict=True))
        marks.append(Mark(box, words, wrong, title))
    return marks


def digits(engine: Engine, page: Page, source: Source) -> None:
    """Every digit by itself: as it was found, and restored, each with the judge's reading."""
    x = torch.cat([restored.x for restored in page.digits])
    recon = torch.cat([restored.recon for restored in page.digits])
    y = None if source.sample is None else truth(page, source.sample)
    asked = None if y is None or None in y else y
    strange = strangers(engine, x, recon)
    given, back = (
        "what the network is given: 28 × 28, ink 1 and paper 0",
        "what is put back, in the page's own ink and size",
    )
    rows = [
        Row("As found", x, engine.classify(x), asked, given, refused=strange),
        Row("Restored", recon, engine.classify(recon), asked, back, refused=strange),
    ]
    gallery(rows, key="photos_page_gallery", tile=56)


def download(page: Page) -> None:
    """The restored page at its own size and mode."""
    height, width = page.after.shape[:2]
    st.download_button(
        "Restored page, PNG", page.photo.png, "restored-page.png", "image/png", on_click="ignore",
        icon=":material/download:", key="photos_page_png", width="stretch",
        help=f"{width:,} × {height:,} pixels, {form(page.photo)}",
    )  # fmt: skip
