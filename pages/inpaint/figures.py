"""The Inpaint page's chart: methods side by side, one bar each, in the colour of its kind."""

from collections.abc import Mapping

from aecore.restore.inpainting import METHODS
from ui import theme
from ui.output.charts import FONT


def bars(values: Mapping[str, float], unit: str):
    """One bar a method, labelled with its number.

    Args:    values: name of METHODS -> number; unit: of the numbers.
    Returns: a plotly Figure.
    """
    import plotly.graph_objects as go  # late: half a second that the first picture need not wait for

    text = theme.neutral()[0]
    names = list(values)[::-1]  # the first stands on top
    best = max(values.values(), default=0)
    digits = 1 if unit else 2
    labels = [f"{values[name]:.{digits}f} {unit}".strip() for name in names]
    figure = go.Figure(
        go.Bar(
            x=[values[name] for name in names],
            y=[METHODS[name].label for name in names],
            orientation="h",
            text=[
                f"<b>{label}</b>" if values[name] == best else label for name, label in zip(names, labels, strict=True)
            ],
            textposition="outside",
            cliponaxis=False,
            marker={"color": [theme.kind_color(METHODS[name].kind) for name in names]},
            hoverinfo="skip",
        )
    )
    figure.update_layout(
        height=38 * len(names) + 16,
        margin={"l": 4, "r": 64, "t": 4, "b": 4},
        bargap=0.35,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": text, "size": 13, "family": FONT},
        xaxis={"visible": False, "fixedrange": True, "range": [0, best * 1.02 or 1]},
        yaxis={"fixedrange": True, "automargin": True, "ticksuffix": "  ", "tickfont": {"color": text}},
    )
    return figure
