"""The Bottleneck page's charts: what a linear autoencoder's training does, step by step."""

from collections.abc import Sequence

from ui import theme
from ui.output.charts import chart


def training(
    title: str,
    steps: Sequence[int],
    values: Sequence[float],
    own: tuple[Sequence[int], Sequence[float]] | None,
    color: str,
):
    """One quantity over the steps: the recorded training, and the visitor's own on top of it.

    Returns: a plotly Figure.
    """
    muted = theme.neutral()[1]
    figure = chart(
        230,
        title,
        showlegend=False,
        xaxis={"title": {"text": "step", "standoff": 4}, "range": [0, steps[-1]]},
        yaxis={"rangemode": "tozero"},
    )
    recorded = {"color": color if own is None else muted, "width": 2.4 if own is None else 1.6}
    if own is not None:
        recorded["dash"] = "dot"
    figure.add_scatter(
        x=list(steps), y=list(values), mode="lines", line=recorded, hovertemplate="%{y:.3g}<extra>recorded</extra>"
    )
    if own is not None:
        figure.add_scatter(
            x=list(own[0]), y=list(own[1]), mode="lines", line={"color": color, "width": 2.6},
            hovertemplate="%{y:.3g}<extra>yours</extra>",
        )  # fmt: skip
    return figure
