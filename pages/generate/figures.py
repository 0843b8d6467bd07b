"""Chart of a row of styles: what is measured in each column, one line a style."""

from collections.abc import Sequence

from torch import Tensor

from ui import theme
from ui.output.charts import FONT

_DASHES = ("solid", "dash", "dot")


def along_columns(x: Sequence[float], change: Tensor, labels: Sequence[str], chosen: int | None, title: str):
    """How slant, width and thickness change over the columns, in standard deviations of real digits.

    Args:    x: of each column: its number, or what it was asked for; change: (columns, styles); labels: of the
             styles; chosen: the style that the columns walk along, then x is in the same unit as `change`, and a
             thin line says what was asked for; title: under the x axis.
    Returns: a plotly Figure.
    """
    import plotly.graph_objects as go  # late: half a second that the stage need not wait for

    text, muted, grid, ground = theme.neutral()
    color = theme.kind_color("cvae")
    figure = go.Figure()
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
    figure.update_layout(
        height=330, margin={"l": 44, "r": 12, "t": 8, "b": 44}, hovermode="x unified",
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
        font={"color": text, "size": 13, "family": FONT},
        hoverlabel={"bgcolor": ground, "font": {"color": text, "family": FONT}},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    axis = {"gridcolor": grid, "fixedrange": True, "tickfont": {"color": muted}}
    words = {"font": {"color": muted, "size": 13}, "standoff": 6}
    ticks = {"dtick": 1}
    figure.update_xaxes(**axis, **ticks, zeroline=False, title={"text": title} | words)
    figure.update_yaxes(**axis, zerolinecolor=grid, zerolinewidth=2, title={"text": "sd from their mean"} | words)
    return figure
