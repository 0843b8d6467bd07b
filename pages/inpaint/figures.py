"""The Inpaint page's chart: methods side by side, one bar each, in the colour of its kind."""

from collections.abc import Mapping

from aecore.restore.inpainting import METHODS
from ui import theme
from ui.output.charts import chart


def bars(values: Mapping[str, float], unit: str):
    """One bar a method, labelled with its number.

    Args:    values: name of METHODS -> number; unit: of the numbers.
    Returns: a plotly Figure.
    """
    text = theme.neutral()[0]
    names = list(values)[::-1]  # the first stands on top
    best = max(values.values(), default=0)
    digits = 1 if unit else 2
    labels = [f"{values[name]:.{digits}f} {unit}".strip().replace(" %", "%") for name in names]
    figure = chart(
        38 * len(names) + 16,
        margin={"l": 4, "r": 64, "t": 4, "b": 4},
        bargap=0.35,
        xaxis={"visible": False, "range": [0, best * 1.02 or 1]},
        yaxis={"automargin": True, "ticksuffix": "  ", "tickfont": {"color": text}},
    )
    figure.add_bar(
        x=[values[name] for name in names],
        y=[METHODS[name].label for name in names],
        orientation="h",
        text=[f"<b>{label}</b>" if values[name] == best else label for name, label in zip(names, labels, strict=True)],
        textposition="outside",
        cliponaxis=False,
        marker={"color": [theme.kind_color(METHODS[name].kind) for name in names]},
        hoverinfo="skip",
    )
    return figure
