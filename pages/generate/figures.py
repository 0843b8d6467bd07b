"""Chart of a row of styles: what is measured in each column, one line a style."""

from collections.abc import Sequence

from torch import Tensor

from ui import theme
from ui.output.charts import chart

_DASHES = ("solid", "dash", "dot")


def along_columns(x: Sequence[float], change: Tensor, labels: Sequence[str], chosen: int | None, title: str):
    """How slant, width and thickness change over the columns, in standard deviations of real digits.

    Args:    x: of each column: its number, or what it was asked for; change: (columns, styles); labels: of the
             styles; chosen: the style that the columns walk along, then x is in the same unit as `change`, and a
             thin line says what was asked for; title: under the x axis.
    Returns: a plotly Figure.
    """
    text, muted, grid, _ = theme.neutral()
    color = theme.kind_color("cvae")
    figure = chart(
        330,
        margin={"l": 44, "r": 12, "t": 8, "b": 44},
        legend={"y": 1.02, "yanchor": "bottom"},
        xaxis={"dtick": 1, "title": {"text": title, "standoff": 6}},
        yaxis={
            "zeroline": True, "zerolinecolor": grid, "zerolinewidth": 2,
            "title": {"text": "sd from their mean", "standoff": 6},
        },
    )  # fmt: skip
    if chosen is not None:
        figure.add_scatter(
            x=list(x), y=list(x), mode="lines", name="as asked", line={"color": muted, "width": 7}, opacity=0.3,
            hoverinfo="skip",
        )  # fmt: skip
    for place, (label, values) in enumerate(zip(labels, change.T.tolist(), strict=True)):
        main = place == chosen if chosen is not None else place == 0
        figure.add_scatter(
            x=list(x), y=values, name=label, mode="lines+markers", marker={"size": 6},
            line={"color": color if main else (text, muted)[place % 2], "width": 2.4, "dash": _DASHES[place]},
            hovertemplate="%{y:+.1f} sd",
        )  # fmt: skip
    return figure
