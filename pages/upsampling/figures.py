"""The Upsampling page's chart."""

from collections.abc import Mapping, Sequence

from aecore.upsampling.table import Moment
from ui import theme
from ui.output.charts import chart

DASHES = ("solid", "dot", "dash", "dashdot")


def training(curves: Mapping[str, tuple[str, Sequence[Moment]]], digits: float):
    """Energy at period 2 while decoders train, one line each, labelled where it begins.

    Args:    curves: name -> (label, moments); digits: percent of the digits themselves, dotted.
    Returns: a plotly Figure.
    """
    text, muted = theme.neutral()[:2]
    figure = chart(
        300, "Energy at period 2 in %, of the output before clipping", margin={"l": 48, "r": 140, "t": 30, "b": 44},
        showlegend=False, yaxis={"type": "log", "dtick": 1},
        xaxis={"type": "log", "title": {"text": "steps of training", "standoff": 4}, "dtick": 1, "tickformat": ","},
    )  # fmt: skip
    ends = []
    for (label, moments), dash in zip(curves.values(), DASHES, strict=True):
        steps = [max(moment.step, 1) for moment in moments]  # the first weights stand at 1: there is no 0
        shares = [max(moment.period_two, 1e-3) for moment in moments]
        figure.add_scatter(
            x=steps, y=shares, mode="lines+markers", line={"color": theme.kind_color("ae"), "width": 2.2, "dash": dash},
            hovertemplate="%{y:.2f}%<extra>" + label + "</extra>",
        )  # fmt: skip
        ends.append((_log10(shares[-1]), label, text, _log10(steps[-1])))
    last = max(end[3] for end in ends)
    figure.add_scatter(
        x=[1, 10**last], y=[digits, digits], mode="lines", line={"color": muted, "width": 1.6, "dash": "dot"},
        hovertemplate="%{y:.2f}%<extra>The digits</extra>",
    )  # fmt: skip
    ends.append((_log10(digits), "The digits", muted, last))
    edge = -9.0
    for y, label, color, x in sorted(ends):
        edge = max(y, edge + 0.42)  # no label on another
        figure.add_annotation(
            x=x, y=edge, text=label, showarrow=False, xanchor="left", xshift=10, font={"color": color, "size": 13}
        )
    return figure


def _log10(value: float) -> float:
    from math import log10

    return log10(value)
