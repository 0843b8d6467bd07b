"""Under the hood of the Photos page: the equations with this picture's numbers, the source that ran, the card."""

import numpy as np
import streamlit as st

from aecore.data.photos import TEST, TRAIN
from aecore.engine import Engine
from aecore.models import blocks
from aecore.models.photo_denoiser import PhotoDenoiser
from aecore.pictures import pages
from aecore.pictures.denoise import clean_tile
from aecore.pictures.filters import FILTERS
from aecore.pictures.pages import Page
from pages.photos.controls import NETWORK, Subject, label, spot
from pages.photos.results import numbers, restored, result_name
from pages.photos.state import PIXEL
from ui import messages
from ui.output.equations import card_text, show_source


def picture(engine: Engine, subject: Subject, names: list[str], method: str) -> None:
    """Fill the expander for any picture: the noise, then each method on a tab, the chosen one first."""
    st.markdown("**1. Noise.** To each value, its own draw; then rounded and clipped, as a picture file does:")
    st.latex(
        r"\tilde x = \mathrm{clip}(x + \sigma\,\varepsilon), \quad \varepsilon \sim \mathcal N(0, 1), \quad "
        + (
            rf"\sigma = \tfrac{{{subject.added:.0f}}}{{255}} = {subject.added / 255:.3f}"
            if subject.added
            else rf"\hat\sigma = \tfrac{{{subject.sigma:.1f}}}{{255}} = {subject.sigma / 255:.3f} \text{{ (estimated)}}"
        )
    )
    order = [method, *(name for name in names if name != method)]
    for name, tab in zip(order, st.tabs([label(name) for name in order]), strict=True):
        with tab:
            if name == NETWORK:
                _network(engine, subject)
            elif name in FILTERS:
                _filter(name, subject)
            else:
                st.markdown("**2. Restore**, as it ran, and **the loss that trained it**:")
                show_source(type(engine.model(name)).forward, type(engine.model(name)).loss)
                st.markdown(card_text(engine.card(name)))
            _score(engine, subject, name)


def _network(engine: Engine, subject: Subject) -> None:
    left, right = st.columns([2, 1], gap="medium")
    with left:
        st.markdown("**2. Restore.** The network learns the noise $R$, not the picture; what is left is the picture:")
        _pixel(engine, subject)
        show_source(PhotoDenoiser.forward, PhotoDenoiser.noise)
        st.markdown(
            "**3. The loss that trained it**, divided by about what can be reached, so that every σ counts alike:"
        )
        st.latex(
            r"\mathcal L = \mathbb E_{x, \sigma, \varepsilon}\; "
            r"\frac{\lVert \tilde x - R(\tilde x) - x \rVert^2}{\sigma + 5/255}, \qquad "
            r"\sigma \sim \mathcal U(0, \tfrac{60}{255})"
        )
        show_source(PhotoDenoiser.loss, PhotoDenoiser.corrupt)
        st.markdown("**4. Any size**: tiles with an overlap, of which nothing is kept, so that there is no seam.")
        show_source(clean_tile, blocks.UNet.forward)
    with right:
        card = engine.card(NETWORK)
        st.markdown("**Its card**")
        st.markdown(card_text(card))
        st.markdown(f"**Trained on patches of {len(TRAIN)} pictures**")
        st.caption(", ".join(name.replace("_", " ") for name in TRAIN) + ", all from scikit-image and scikit-learn.")
        st.markdown("**Kept out, for the test**")
        st.caption(", ".join(TEST) + ".")


def _pixel(engine: Engine, subject: Subject) -> None:
    """The equation with the numbers of the pixel in the middle of the detail window."""

    @messages.fragment(key=PIXEL)
    @messages.shown()
    def show() -> None:
        recon = restored(engine, subject, NETWORK)
        if recon is None:
            st.latex(r"\hat x = \tilde x - R(\tilde x)")
            return
        column, row = spot(subject)
        noisy, clean = (_grey(picture[row, column], picture.dtype) for picture in (subject.photo.pixels, recon))
        st.latex(
            r"\hat x = \tilde x - R(\tilde x): \qquad "
            rf"\underbrace{{{clean:.3f}}}_{{\hat x}} = \underbrace{{{noisy:.3f}}}_{{\tilde x}} - "
            rf"\underbrace{{({noisy - clean:+.3f})}}_{{R}} \quad \text{{in column {column}, row {row}}}"
        )
        scale = 1.0 if recon.dtype == np.uint8 else 255.0
        gone = scale * float(np.std(subject.photo.pixels.astype(np.float32) - recon))
        st.caption(f"Over the whole picture, R has a standard deviation of {gone:.1f} of 255 grey levels.")

    show()


def _grey(value, dtype) -> float:
    return float(np.mean(value)) / (255 if dtype == np.uint8 else 1)


_EQUATIONS = {
    "non_local_means": (
        "Every pixel becomes an average, weighted by how alike the patches $P$ around two pixels are:",
        r"\hat x_i = \frac{\sum_j w_{ij}\,\tilde x_j}{\sum_j w_{ij}}, \qquad w_{ij} = \exp\left(-\frac{\max(0, "
        r"\lVert P_i - P_j \rVert^2 - 2\sigma^2)}{h^2}\right), \qquad h = 0.6\,\sigma = HHH",
    ),
    "total_variation": (
        "The picture that is close to the noisy one and has little slope altogether; fine texture is slope, too:",
        r"\hat x = \arg\min_u \; \sum_i \lvert \nabla u_i \rvert + \frac{1}{2 w} \lVert u - \tilde x \rVert^2, "
        r"\qquad w = 0.8\,\sigma = WWW",
    ),
    "median": (
        "The middle value of each pixel's window, channel by channel; made for specks, not for this noise:",
        r"\hat x_i = \mathrm{median}\,\{\tilde x_j : j \in \text{window around } i\}",
    ),
}


def _filter(name: str, subject: Subject) -> None:
    words, equation = _EQUATIONS[name]
    sigma = subject.sigma / 255
    st.markdown(f"**2. Restore.** {words}")
    st.latex(equation.replace("HHH", f"{0.6 * sigma:.3f}").replace("WWW", f"{0.8 * sigma:.3f}"))
    show_source(FILTERS[name].apply)
    told = "the σ that was added" if subject.added else "the σ that is estimated from the picture"
    st.caption(f"{FILTERS[name].source}. It is told {told}.")


def _score(engine: Engine, subject: Subject, name: str) -> None:
    recon = restored(engine, subject, name)
    if recon is None or subject.truth is None or not subject.added:
        return
    psnr, _ = numbers(result_name(engine, subject, name), subject.truth, recon)
    mse = 10 ** (-psnr / 10)
    st.latex(
        rf"\mathrm{{MSE}} = \tfrac{{1}}{{{subject.truth.size}}} \textstyle\sum_i (x_i - \hat x_i)^2 = {mse:.6f}, "
        r"\qquad "
        rf"\mathrm{{PSNR}} = 10 \log_{{10}} \tfrac{{1}}{{{mse:.6f}}} = {psnr:.1f}\ \mathrm{{dB}}"
    )


def page(engine: Engine, restored: Page, model: str) -> None:
    """Fill the expander for a page of digits: there, through the network, and back."""
    left, right = st.columns([2, 1], gap="medium")
    first = restored.digits[0]
    with left:
        st.markdown("**1. Find.** The page is read at several degrees of smoothing; the surest reading wins:")
        show_source(pages.find)
        box, frame = first.digit.box, first.digit.frame
        st.markdown("**2. Take.** Contrast to the paper $s$, as a share of the ink's, brought to 28 × 28:")
        st.latex(
            r"x = \mathrm{clip}\left(\frac{\langle p - s,\; d \rangle}{\langle a,\; d \rangle}\right), \qquad "
            rf"\text{{first digit: }} {box[2] - box[0]:.0f} \times {box[3] - box[1]:.0f} \text{{ px}}, "
            rf"\quad 1 \text{{ px of the 28}} = {(frame[2] - frame[0]) / 28:.1f} \text{{ px of the page}}"
        )
        st.markdown("**3. Restore, 4. put back.** Old ink becomes paper, new ink $a$ stands on it, edges blend:")
        ink = float(first.recon.sum())
        st.latex(
            r"\hat p = s + g_\theta(x)\, a, \qquad "
            rf"\textstyle\sum_i x_i = {float(first.x.sum()):.0f} \;\to\; \sum_i g_\theta(x)_i = {ink:.0f}"
        )
        show_source(pages._put_back)
    with right:
        st.markdown("**The network's card**")
        st.markdown(card_text(engine.card(model)))
