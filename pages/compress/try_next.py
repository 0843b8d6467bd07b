"""The Compress page's bets, and its sources."""

from functools import partial

import streamlit as st

from aecore.compression import rates
from aecore.compression.codes import PLAIN, VAE
from aecore.compression.container import LEVEL
from aecore.errors import AecoreError
from pages.compress import rate, strangers
from pages.compress.rate import Result, Settings
from pages.compress.state import state
from ui.teach import bets
from ui.teach.bets import Answer, Bet

SMALL = 50.0  # bits at which VAE and autoencoder are compared
SAME = 0.3  # dB; a smaller difference is none
SHARES = (0.5, 0.2)  # of the WebP's bytes

SOURCES = (
    "Sources: “Autoencoders (AEs)”, lecture slides (compression: data-specific, lossy, learned); "
    "[Ballé et al. 2017](https://arxiv.org/abs/1611.01704) (noise for rounding, bits in the loss); "
    "[Choi et al. 2019](https://arxiv.org/abs/1909.04802) (one network, many rates); "
    "Martin 1979 (range coding); [Shannon 1948](https://doi.org/10.1002/j.1538-7305.1948.tb01338.x) (the bound); "
    "[Xiao et al. 2017](https://arxiv.org/abs/1708.07747) (Fashion-MNIST)."
)


def _set(settings: Settings, thing: str = strangers.OWN) -> None:
    rate.set_by_page(settings)
    st.session_state[strangers.KEY] = thing


def share_of_webp(result: Result | None) -> Answer | None:
    """How the bytes compare with a WebP that is as good."""
    if result is None or result.settings.network != PLAIN:
        return None
    webp = next((rival for rival in result.rivals if rival.name == "WebP"), None)
    if webp is None:
        return None
    share = len(result.data) / webp.size
    option = 0 if share > SHARES[0] else 1 if share > SHARES[1] else 2
    return Answer(option, f"{len(result.data)} bytes against {webp.size}: {100 * share:.0f}%.")


def shoe(result: Result | None) -> Answer | None:
    """Whether a shoe costs more than a digit by the same code, and how it looks."""
    if result is None or not result.x.equal(strangers.picture("A shoe")):
        return None
    try:
        usual = rates.load().curves[rates.DIGITS][result.settings.network][result.settings.level]
    except AecoreError:
        return None
    lower = result.psnr < usual.psnr - 1
    return Answer(
        0 if not lower else 1 if result.psnr > 20 else 2,
        f"The shoe comes back at {result.psnr:.1f} dB from {len(result.data)} bytes; digits have {usual.psnr:.1f} dB.",
    )


def at_fifty(result: Result | None) -> Answer | None:
    """Who keeps more in very few bits."""
    try:
        curves = rates.load().curves[rates.DIGITS]
    except AecoreError:
        return None
    vae, plain = (rates.best_within(curves[name], SMALL) for name in (VAE, PLAIN))
    option = 2 if abs(vae - plain) < SAME else int(vae < plain)
    return Answer(option, f"At {SMALL:.0f} bits the VAE keeps {vae:.1f} dB, the plain autoencoder {plain:.1f}.")


BETS = (
    Bet(
        "How large is your digit by 32 numbers, beside a WebP that is as good?",
        ("More than half", "A fifth to a half", "Less than a fifth"),
        partial(_set, Settings(LEVEL, PLAIN)),
        lambda results: share_of_webp(results.shown),
        "compress_stage_view",
    ),
    Bet(
        "The same 32 numbers, but a shoe. How does it come back?",
        ("As good as a digit", "A little worse", "Below 20 dB"),
        partial(_set, Settings(LEVEL, PLAIN), "A shoe"),
        lambda results: shoe(results.shown),
        "compress_stage_view",
    ),
    Bet(
        f"Only {SMALL:.0f} bits. Who keeps more of a digit?",
        ("The VAE", "The plain autoencoder", "Both the same"),
        partial(_set, Settings(6, VAE)),
        lambda results: at_fifty(results.shown),
        "compress_curves",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("compress", BETS, state, SOURCES)
