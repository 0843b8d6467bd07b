"""The Regularise page's chart: how fast the singular values of each code's derivative fall."""

from collections.abc import Sequence

from ui import theme
from ui.output.charts import chart

_COLORS = {  # on a light and on a dark theme, told apart by every eye
    "light": ("#5b6468", "#216bbb", "#b04d06", "#8438b4", "#0a747a", "#b0306f", "#7a6a00"),
    "dark": ("#a3adb2", "#5fabf0", "#ff9a45", "#bd84e6", "#4fc7cd", "#ee84b8", "#d8c24a"),
}


def spectrum(curves: Sequence[tuple[str, Sequence[float]]]):
    """A line a network, the control first and in grey.

    Args:    curves: (label, singular values over the largest) each.
    Returns: a plotly Figure.
    """
    figure = chart(
        330,
        "Singular values over the largest, mean of 5 digits",
        margin={"l": 40, "r": 12, "t": 30, "b": 90},
        legend={"y": -0.14},
        xaxis={"range": [1, 100]},
        yaxis={"range": [0, 1.02]},
    )
    colors = _COLORS[theme.mode()]
    for place, (label, values) in enumerate(curves):
        line = {"color": colors[place % len(colors)], "width": 2.2, "dash": "dot" if place == 0 else "solid"}
        figure.add_scatter(
            x=list(range(1, len(values) + 1)), y=list(values), mode="lines", name=label, line=line,
            hovertemplate="%{y:.2f}<extra>" + label + "</extra>",
        )  # fmt: skip
    return figure
