"""The Generate page's evidence, agreement against temperature; what ran under the hood; chips to try; sources."""

import functools
import inspect

import streamlit as st
import torch
from torch import Tensor

from aecore import losses
from aecore.engine import Engine
from aecore.latent import styles
from aecore.latent.styles import STYLES, directions
from pages.generate import writer
from pages.generate.controls import MODEL, POSTERIOR, SEED, TEMPERATURE, TEMPERATURES, by_temperature
from pages.generate.writer import Writing
from ui import theme
from ui.glossary import explain
from ui.output import charts, try_next
from ui.output.equations import card_text
from ui.serving import available

_DASHES = {"cvae": "solid", "cvae-2": "dash"}


# ---- agreement against temperature


def temperature(engine: Engine, now: Writing) -> None:
    """Two charts: what the judge still reads, and how varied the slant is, as the temperature rises."""
    names = available(engine, "cvae", "cvae-2")
    curves = {name: by_temperature(engine, name) for name in names if available(engine, "judge")}
    if not curves:
        st.caption("There is no judge here to ask. Train one with: `python -m aecore train judge`.")
        return
    place = min(range(len(TEMPERATURES)), key=lambda i: abs(TEMPERATURES[i] - now.temperature))
    cold, hot = (100 * curves[names[0]][0][i] for i in (0, -1))
    st.markdown(
        f"Near the prior's middle nearly every sample is what was asked ({cold:.1f} % at "
        f"{TEMPERATURES[0]}); far out {100 - hot:.0f} % are not. But cold samples all look alike: what you gain in "
        "certainty you lose in variety."
    )
    titles = (
        "Agreement of the judge, %, higher is better",
        "Variety of the slant, % of real digits', 100 is natural",
    )
    for column, title, which in zip(st.columns(2), titles, (0, 1), strict=True):
        labelled = {
            engine.card(name).title: (name, [100 * value for value in values[which]]) for name, values in curves.items()
        }
        rows = [f"{label} {values[place]:.1f} %" for label, (_, values) in labelled.items()]
        with column:
            st.plotly_chart(
                _chart(labelled, title, now.temperature), theme=None, config={"displayModeBar": False},
                key=f"generate_chart_{which}", alt=f"{title}. At {TEMPERATURES[place]}: {', '.join(rows)}.",
            )  # fmt: skip


def _chart(curves: dict[str, tuple[str, list[float]]], title: str, now: float):
    import plotly.graph_objects as go  # late: half a second that the stage need not wait for

    text, muted, grid, ground = theme.neutral()
    color = theme.kind_color("cvae")
    figure = go.Figure()
    for label, (name, values) in curves.items():
        figure.add_scatter(
            x=TEMPERATURES, y=values, mode="lines+markers", name=label, marker={"size": 6},
            line={"color": color, "width": 2.4, "dash": _DASHES.get(name, "dot")},
            hovertemplate="%{y:.1f} %<extra>" + label + "</extra>",
        )  # fmt: skip
    figure.add_vline(x=now, line={"color": muted, "width": 1, "dash": "dot"}, layer="below")
    figure.update_layout(
        height=300, margin={"l": 40, "r": 12, "t": 30, "b": 66}, hovermode="x unified",
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
        font={"color": text, "size": 13, "family": charts.FONT},
        legend={"orientation": "h", "y": -0.2, "x": 0, "font": {"size": 13, "color": text}},
        title={"text": title, "font": {"size": 13, "color": muted}, "x": 0, "xref": "container", "y": 0.98,
               "yanchor": "top"},
        hoverlabel={"bgcolor": ground, "font": {"color": text, "family": charts.FONT}},
        xaxis={"range": [0.2, 2.05], "tickvals": [0.5, 1, 1.5, 2], "gridcolor": grid, "zeroline": False,
               "fixedrange": True, "tickfont": {"color": muted},
               "title": {"text": "temperature", "font": {"color": muted, "size": 13}, "standoff": 6}},
        yaxis={"gridcolor": grid, "zeroline": False, "fixedrange": True, "tickfont": {"color": muted}},
    )  # fmt: skip
    return figure


# ---- under the hood


def hood(engine: Engine, now: Writing) -> None:
    """The equations with this picture's numbers, the source that ran, the card."""
    model, card = type(engine.model(now.model)), engine.card(now.model)
    dim = card.config["latent_dim"]
    digit = now.number[:1] or "2"
    left, right = st.columns([2, 1], gap="medium")
    with right:
        st.markdown("**Its card**")
        st.markdown(card_text(card))
        st.markdown("**Style directions**", help=explain("style directions"))
        found = directions(engine, now.model)
        reply = _obeyed(engine, now.model, card.sha256)
        st.markdown(
            "\n".join(
                f"- {style.label}: R² {float(found.r2[i]):.2f}; one step asks for "
                f"{float(found.sd[i]):.2g}{'' if style.unit == '°' else ' '}{style.unit} and draws "
                f"{100 * reply[i]:.0f} % of it"
                for i, style in enumerate(STYLES.values())
            )
        )
    with left:
        st.markdown("**1. Sample a style.** The prior is all that is needed; no picture goes in:")
        z = now.z(engine)
        if now.base is not None and len(now.base) == dim:  # a link may carry another model's code
            st.latex(rf"z = {_vector(z)} \quad \text{{chosen by you, from }} \mathbb R^{{{dim}}}")
        else:
            epsilon = now.start(dim) / now.temperature if now.temperature else torch.zeros(dim)
            st.latex(
                rf"z = T \varepsilon = {now.temperature:.2f} \cdot {_vector(epsilon)} = {_vector(now.start(dim))},"
                r"\qquad \varepsilon \sim \mathcal N(0, I)"
            )
        amounts = {name: amount for name, amount in now.amounts.items() if amount}
        if amounts:
            steps = " ".join(rf"{amount:+.2f}\, d_{{\text{{{name}}}}}" for name, amount in amounts.items())
            st.latex(rf"z \leftarrow z {steps} = {_vector(z)}")
        st.markdown("**2. Decode it with a class.** Each pixel is black or white with its own probability:")
        x = engine.decode(now.model, z[None], torch.tensor([int(digit)]))
        ink = float(x.sum())
        st.latex(
            rf"p_\theta(x \mid z, y{{=}}{digit}) = \prod_{{i=1}}^{{{x.numel()}}} "
            r"\hat x_i^{x_i} (1 - \hat x_i)^{1 - x_i}, \qquad \hat x = g_\theta(z, y), \qquad "
            rf"\textstyle\sum_i \hat x_i = {ink:.1f}"
        )
        st.caption("Shown is the mean, x̂, not a draw of single pixels. The source that ran:")
        _code(model.decode_logits, model.decode)
        st.markdown(
            "**3. Where codes come from.** In training, and where another class is written in your style, a digit "
            "gives a distribution:"
        )
        _posterior(now)
        _code(model.posterior, model.reparameterize)
        st.markdown("**4. The loss that trained it**: reconstruction plus the pull to the prior.")
        st.latex(
            r"-\log p(x \mid y) \le \mathbb E_{q(z \mid x, y)}[-\log p_\theta(x \mid z, y)] + "
            r"\mathrm{KL}(q(z \mid x, y) \,\|\, \mathcal N(0, I))"
        )
        beta = card.config.get("beta", 1.0)
        if beta != 1:
            st.caption(
                f"This model weighs the KL by {beta:g}: its codes fill the prior more evenly, so that samples hold, at "
                "the price of blunter strokes."
            )
        _code(model.loss, losses.kl_standard_normal)
        st.markdown("**5. Slant, width and thickness**: codes regressed on what real digits measure.")
        _code(styles.fit, styles.calibrate, styles.measure)


@functools.lru_cache(maxsize=8)
def _obeyed(engine: Engine, name: str, sha256: str) -> list[float]:
    """What each step draws of what it asks for, on other random styles than those that calibrated it."""
    return styles.response(engine, name, directions(engine, name), seed=1).diagonal().tolist()


def _posterior(now: Writing) -> None:
    name, y, found = st.session_state.get(POSTERIOR, ("", 0, {}))
    if now.model not in found:
        return
    mu, logvar = (part[0] for part in found[now.model])
    sigma = (0.5 * logvar).exp()
    epsilon = torch.randn(mu.shape, generator=torch.Generator().manual_seed(now.seed))
    st.latex(
        rf"\begin{{aligned}} z &= \mu + \sigma \odot \varepsilon = {_vector(mu, 2)} + {_vector(sigma, 2)} \odot"
        rf" {_vector(epsilon, 2)} \\ &= {_vector(mu + sigma * epsilon, 2)} \end{{aligned}}"
    )
    kl = float(losses.kl_standard_normal(mu[None], logvar[None]))
    st.caption(f"{name}, taken as a {y}: {kl:.1f} nats of style (KL from the prior).")


def _vector(values: Tensor, most: int = 3) -> str:
    """A vector as LaTeX, its first numbers."""
    shown = [f"{value:.2f}" for value in values[:most].tolist()]
    if len(values) > most:
        shown.append(r"\ldots")
    return f"({', '.join(shown)})"


def _code(*functions) -> None:
    for each in functions:
        st.code(inspect.cleandoc("\n" + inspect.getsource(each)), language="python")


# ---- try next

TRY = (
    (
        "sliders",
        ":material/tune: Sixteen numbers: do all digits lean?",
        {MODEL: "cvae", "generate_columns": "slant"},
        ("2026", None, {"slant": 2.5}),
    ),
    (
        "hot",
        ":material/local_fire_department: Temperature 2: who falls apart first?",
        {MODEL: "cvae-2", TEMPERATURE: 2.0, "generate_columns": "random"},
        ("0123456789", None, {}),
    ),
    (
        "average",
        ":material/person: Temperature 0: the average hand",
        {MODEL: "cvae-2", TEMPERATURE: 0.0, SEED: writer.SEED},
        ("0123456789", None, {}),
    ),
)
SOURCES = (
    "Sources: [Kingma & Welling 2014](https://arxiv.org/abs/1312.6114) (VAE, reparameterisation); "
    "[Sohn et al. 2015](https://papers.nips.cc/paper/5775-learning-structured-output-representation-using-deep-"
    "conditional-generative-models) (conditional VAE); [Kingma et al. 2014](https://arxiv.org/abs/1406.5298) (class "
    "and style, the grid and the analogies); Deepest, season 5 (CVAE on MNIST); "
    "[Larsen et al. 2016](https://arxiv.org/abs/1512.09300) (attribute directions)."
)


def suggestions() -> None:
    """Three chips and one line of sources."""
    try_next.show("generate", [(name, question, rest) for name, question, *rest in TRY], _set, SOURCES)


def _set(settings: dict, written: tuple) -> None:
    for key, value in settings.items():
        st.session_state[key] = value
    number, base, amounts = written
    model = settings[MODEL]
    writer.keep(Writing(model, number, base, {name: amounts.get(name, 0.0) for name in STYLES}))
