"""Charts: transparent on the theme's background, thin grid, direct labels, one colour a family everywhere.

`chart` begins every one of them, from a template for each theme; what it sets is not said again.
"""

import functools
import textwrap
from collections.abc import Sequence

import streamlit as st

from ui import theme

CEILING = 40.0  # dB; above it nobody sees a difference
_DASHES = ("solid", "dash", "dashdot", "longdash")  # tells methods of one family apart


def chart(height: int, title: str = "", **layout: object):
    """An empty chart in the lab's style, for the present theme.

    Args:    height: px; title: small, in its top left corner; layout: what differs from the template, as plotly has it.
    Returns: a plotly Figure in all that our charts do with one, see `ui.output.plain`.
    """
    from ui.output.plain import Plain  # late: half a second that the first picture need not wait for

    return Plain({"template": _template(theme.mode()), "height": height, "title": {"text": title}, **layout})


def show_chart(figure, key: str, alt: str) -> None:
    """A chart on the page, as wide as its place. alt: what it shows, for those who do not see it; bold is left out."""
    st.plotly_chart(figure, theme=None, config={"displayModeBar": False}, key=key, alt=alt.replace("**", ""))


@functools.cache
def _template(mode: str) -> dict:
    text, muted, grid, ground = theme.neutral()  # of this mode
    font = {"color": text, "size": 13, "family": '"Source Sans", sans-serif'}
    quiet = {"color": muted, "size": 13}
    axis = {"gridcolor": grid, "zeroline": False, "fixedrange": True, "tickfont": quiet, "title": {"font": quiet}}
    return {
        "layout": {
            "margin": {"l": 44, "r": 12, "t": 30, "b": 44},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": font,
            "hovermode": "x unified",
            "hoverlabel": {"bgcolor": ground, "font": font},
            "legend": {"orientation": "h", "x": 0, "font": font},
            "title": {"font": quiet, "x": 0, "xref": "container", "y": 0.985, "yanchor": "top"},
            "xaxis": axis,
            "yaxis": axis,
        }
    }


def sweep(
    curves: dict[str, tuple[str, str, Sequence[float]]],
    strengths: Sequence[float],
    now: tuple[float, dict[str, float]],
    ticks: dict[float, str],
):
    """PSNR against strength, one line a method, labelled at its right end.

    Args:    curves: id -> (label, family, PSNR in dB for each strength); strengths: in [0, 1];
             now: the strength on the stage and each id's PSNR there, marked by dots;
             ticks: strength -> what it means physically.
    Returns: a plotly Figure.
    """
    _, muted, _, ground = theme.neutral()
    figure = chart(
        340,
        "PSNR in dB, higher is better",
        margin={"l": 34, "r": 150, "t": 30, "b": 48},
        showlegend=False,
        xaxis={
            "range": [0, 1],
            "tickvals": list(ticks),
            "ticktext": list(ticks.values()),
            "tickangle": 0,
            "title": {"text": "strength", "standoff": 4},
        },
    )
    seen: dict[str, int] = {}
    shown = [(strength, i) for i, strength in enumerate(strengths) if strength > 0]  # at 0 a copy is perfect
    ends = []
    for key, (label, family, values) in curves.items():
        place = seen.get(family, 0)
        seen[family] = place + 1
        color = theme.kind_color(family) if family else muted
        dash = _DASHES[place % len(_DASHES)] if family else "dot"
        y = [min(values[i], CEILING) for _, i in shown]
        figure.add_scatter(
            x=[strength for strength, _ in shown],
            y=y,
            mode="lines",
            name=label,
            line={"color": color, "width": 2.4 if family != "classical" and family else 1.8, "dash": dash},
            hovertemplate="%{y:.1f} dB<extra>" + label + "</extra>",
        )
        ends.append((y[-1], _folded(label), color))
        if key in now[1]:
            figure.add_scatter(
                x=[now[0]], y=[min(now[1][key], CEILING)], mode="markers", hoverinfo="skip",
                marker={"color": color, "size": 9, "line": {"color": ground, "width": 2}},
            )  # fmt: skip
    for at, label, color in _spread(ends):
        figure.add_annotation(
            x=1, y=at, ax=8, ay=0, xref="x", yref="y", text=label, showarrow=False, xanchor="left", xshift=8,
            align="left",
            font={"color": color if label != "Corrupted" else muted, "size": 13},
        )  # fmt: skip
    figure.add_vline(x=now[0], line={"color": muted, "width": 1, "dash": "dot"}, layer="below")
    return figure


def _folded(label: str, width: int = 20) -> str:
    """A label in lines of at most `width` characters, so that it fits beside the chart."""
    return "<br>".join(textwrap.wrap(label, width))


def _spread(ends: list[tuple[float, str, str]], gap: float = 1.9) -> list[tuple[float, str, str]]:
    """Push labels apart until `gap` dB a line of text lie between their middles: (place, label, color).

    Labels that would touch become one block, whose middle is the mean of where they belong: none strays far.
    """
    blocks: list[tuple[float, float, list]] = []  # middle, height and labels of each, from below
    for y, label, color in sorted(ends):
        middle, height, inside = y, gap * (1 + label.count("<br>")), [(y, label, color)]
        while blocks and blocks[-1][0] + blocks[-1][1] / 2 > middle - height / 2:
            _, below, others = blocks.pop()
            inside, height = others + inside, height + below
            middle = sum(end for end, _, _ in inside) / len(inside)
        blocks.append((middle, height, inside))
    placed = []
    for middle, height, inside in blocks:
        edge = middle - height / 2
        for _, label, color in inside:
            tall = gap * (1 + label.count("<br>"))
            placed.append((edge + tall / 2, label, color))
            edge += tall
    return placed
