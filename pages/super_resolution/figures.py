"""The Super-resolution page's chart: two networks, ten classes, a dumbbell each."""

from collections.abc import Sequence

from ui import theme
from ui.output.charts import chart

_RED = {"light": "#c2332b", "dark": "#ff7a70"}


def dumbbells(values: Sequence[Sequence[float]], labels: Sequence[str], title: str, marked: int, color: str):
    """One dumbbell a class: a full dot for the first network, a ring for the second, a line between.

    Args:    values: of two networks, ten numbers each; labels: their names; marked: the class that stands out;
             color: of the networks.
    Returns: a plotly Figure.
    """
    text, muted, _, ground = theme.neutral()
    red = _RED[theme.mode()]
    low, high = min(map(min, values)), max(map(max, values))
    margin = 0.14 * max(high - low, 1)
    ticks = [f"<b>{y}</b>" if y == marked else str(y) for y in range(10)]
    figure = chart(
        320,
        title,
        margin={"l": 36, "r": 12, "t": 30, "b": 62},
        legend={"y": -0.2, "itemclick": False, "itemdoubleclick": False},
        xaxis={
            "range": [-0.5, 9.7], "tickvals": list(range(10)), "ticktext": ticks, "showgrid": False,
            "title": {"text": "class", "standoff": 4},
        },
        yaxis={"range": [low - margin, high + margin]},
    )  # fmt: skip
    for y, (a, b) in enumerate(zip(*values, strict=True)):
        line = {"color": red if y == marked else muted, "width": 6 if y == marked else 2}
        figure.add_scatter(x=[y, y], y=[a, b], mode="lines", line=line, hoverinfo="skip", showlegend=False)
    for place, (name, row) in enumerate(zip(labels, values, strict=True)):
        figure.add_scatter(
            x=list(range(10)), y=list(row), mode="markers", name=name,
            marker={"size": 12, "color": ground if place else color, "line": {"color": color, "width": 2.5}},
            hovertemplate="%{y:.1f}<extra>" + name + "</extra>",
        )  # fmt: skip
    higher = int(values[1][marked] > values[0][marked])
    for place, row in enumerate(values):  # one above its dot, one below: beside it stand other classes
        figure.add_annotation(
            x=marked, y=row[marked], text=f"<b>{row[marked]:.1f}</b>", showarrow=False,
            yshift=17 if place == higher else -17, font={"color": red if place else text, "size": 13},
        )  # fmt: skip
    return figure
