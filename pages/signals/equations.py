"""Signals under the hood: the equations with this trace's numbers, the source that ran, the card."""

import streamlit as st

from aecore.data import signals
from aecore.engine import Engine
from aecore.models.signal_denoiser import Review, SignalDenoiser, UNet1d
from aecore.signals import methods, scores
from aecore.signals.heard import Heard
from aecore.signals.table import MATCHED, NETWORK, UNET
from ui.glossary import explain
from ui.output.equations import card_text, show_source


def show(engine: Engine, heard: Heard) -> None:
    """Fill the expander."""
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _received(heard)
        _network(engine, heard)
        _matched(heard)
        _scores(heard)
    with right:
        card = engine.card(NETWORK)
        st.markdown(f"**{card.title}**")
        st.markdown(card_text(card))


def _received(heard: Heard) -> None:
    settings = heard.settings
    rms, peak = signals.RMS[settings.noise], float(heard.s.abs().max())
    st.markdown("**1. What is received.** A pulse of 30 to 80 MHz, noise, and clipping in the review's sets.")
    formula = r"x_j = s_j + n_j + \tfrac12, \qquad \mathrm{SNR} = \frac{\max_j |s_j|}{\sigma_n}"
    if not settings.silent:
        formula += rf" = \frac{{{peak:.3f}\ \mathrm{{mV}}}}{{{rms:.3f}\ \mathrm{{mV}}}} = {peak / rms:.1f}"
    st.latex(formula)
    st.latex(r"n^{\text{uniform}}_j \sim U(-0.15, 0.15)")
    st.latex(r"n^{\text{cosine}}_j = 0.25\,\bigl(\cos\tfrac{\pi j}{10} - \tfrac12\bigr)")
    show_source(signals.shaped, signals.mixed, signals.received)


def _network(engine: Engine, heard: Heard) -> None:
    _, gain, _ = signals.levelled(heard.x, engine.card(NETWORK).config["level"])
    st.markdown("**2. The network.** Each trace is scaled to one loudness; the target is the pulse alone.")
    st.latex(
        rf"\hat s = \tfrac1g \bigl(f(\tfrac12 + g\,(x - \bar x)) - \tfrac12\bigr), \qquad "
        rf"g = \frac{{0.1}}{{\mathrm{{rms}}(x - \bar x)}} = {float(gain):.2f}"
    )
    st.latex(r"\min_f\ \frac{\lVert f(\tilde x) - \tilde s \rVert^2}{\lVert \tilde s \rVert^2 + 0.1}")
    show_source(signals.levelled, SignalDenoiser.loss, UNet1d.forward, Review.forward)


def _matched(heard: Heard) -> None:
    answer = heard.answers[MATCHED]
    st.markdown("**3. The classical rivals.** " + explain("matched filter") + " " + explain("Wiener filter"))
    st.latex(
        r"c(t) = \frac{\sum_\omega X(\omega)\, T(\omega)\, e^{i\omega t} / N(\omega)}"
        r"{\sum_\omega T(\omega)^2 / N(\omega)}, "
        rf"\qquad \arg\max_t |c(t)| = {answer.place}, \quad |c| = {answer.loud:.3f}\ \mathrm{{mV}}"
    )
    st.latex(r"H_{\text{Wiener}} = \frac{S}{S + N}")
    show_source(methods.matched, methods.wiener, methods.at_rail)


def _scores(heard: Heard) -> None:
    st.markdown("**4. Scores.** Found means within 10 of 500 samples, the review's 2%. " + explain("output SNR"))
    live = "" if heard.settings.silent else rf" = {heard.gain(UNET):.1f}\ \mathrm{{dB}}"
    st.latex(
        rf"10 \log_{{10}} \frac{{\sum_j s_j^2}}{{\sum_j (\hat s_j - s_j)^2}}{live}, \qquad "
        rf"\arg\max_j |\hat s_j| = {heard.answers[UNET].place}"
    )
    show_source(scores.located, scores.output_snr)
