"""The Tangents page's charts: a curve and a surface in three dimensions, and what all test digits measure."""

from collections.abc import Sequence

import numpy as np

from ui import theme
from ui.output.charts import chart

EYE = {"x": 1.35, "y": 1.35, "z": 0.85}


def curve(places: np.ndarray, now: int, tangent: np.ndarray, shifts: Sequence[float], color: str):
    """A curve in the plane of its first principal components, with the tangent at one place.

    Args:    places: (S, 3); now: which; tangent: (3), of the length that is drawn to either side; shifts: pixels.
    Returns: a plotly Figure.
    """
    text, muted = theme.neutral()[:2]
    figure = space(380)
    figure.add_scatter3d(
        x=places[:, 0], y=places[:, 1], z=places[:, 2], mode="lines", line={"color": color, "width": 7},
        text=[f"{shift:+.1f} pixels" for shift in shifts], hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    ends = np.stack([places[now] - tangent, places[now] + tangent])
    figure.add_scatter3d(
        x=ends[:, 0], y=ends[:, 1], z=ends[:, 2], mode="lines", line={"color": text, "width": 4}, hoverinfo="skip"
    )
    figure.add_scatter3d(
        x=[places[now, 0]], y=[places[now, 1]], z=[places[now, 2]], mode="markers", hoverinfo="skip",
        marker={"color": text, "size": 5},
    )  # fmt: skip
    chords = places[[0, -1]]
    figure.add_scatter3d(
        x=chords[:, 0], y=chords[:, 1], z=chords[:, 2], mode="lines", hoverinfo="skip",
        line={"color": muted, "width": 2, "dash": "dot"},
    )  # fmt: skip
    return figure


def space(height: int):
    """An empty 3-D chart in the lab's style, without numbers on its axes."""
    _, _, grid, _ = theme.neutral()
    axis = {
        "showticklabels": False, "title": {"text": ""}, "showbackground": False, "gridcolor": grid, "zeroline": False,
        "showspikes": False,
    }  # fmt: skip
    scene = {"xaxis": axis, "yaxis": axis, "zaxis": axis, "aspectmode": "data", "camera": {"eye": EYE}}
    return chart(height, margin={"l": 0, "r": 0, "t": 0, "b": 0}, showlegend=False, hovermode="closest", scene=scene)


def spectra(curves: dict[str, tuple[str, Sequence[float], str]]):
    """Mean singular values, one line a network, labelled at its right end.

    Args:    curves: name -> (label, values relative to the first, colour).
    Returns: a plotly Figure.
    """
    figure = chart(
        300,
        "Singular values, the first = 1",
        margin={"l": 44, "r": 96, "t": 30, "b": 44},
        showlegend=False,
        yaxis={"type": "log", "range": [-2, 0.05], "tickvals": [0.01, 0.03, 0.1, 0.3, 1]},
        xaxis={"title": {"text": "direction", "standoff": 4}, "range": [1, max(len(v) for _, v, _ in curves.values())]},
    )
    for label, values, color in curves.values():
        figure.add_scatter(
            x=list(range(1, len(values) + 1)), y=list(values), mode="lines", line={"color": color, "width": 2.4},
            hovertemplate="%{y:.2f}<extra>" + label + "</extra>",
        )  # fmt: skip
        figure.add_annotation(
            x=len(values), y=float(np.log10(max(values[-1], 0.01))), text=label, showarrow=False, xanchor="left",
            xshift=6, yshift=8, font={"color": color, "size": 13},
        )  # fmt: skip
    return figure


def intervals(rows: Sequence[tuple[str, dict[str, tuple[float, float, float]]]], colors: dict[str, str], title: str):
    """One dot with its interval a row and estimator: rows of (label, estimator -> (mean, low, high))."""
    figure = chart(
        90 + 26 * len(rows), title, margin={"l": 76, "r": 12, "t": 30, "b": 34},
        xaxis={"rangemode": "tozero"}, yaxis={"autorange": "reversed", "tickvals": list(range(len(rows)))},
        hovermode="closest", legend={"y": 1.0, "yanchor": "bottom", "x": 1, "xanchor": "right"},
    )  # fmt: skip
    figure.update_yaxes(ticktext=[label for label, _ in rows])
    for place, (estimator, color) in enumerate(colors.items()):
        points = [(i, values[estimator]) for i, (_, values) in enumerate(rows) if estimator in values]
        mean, low, high = zip(*(values for _, values in points), strict=True)
        figure.add_scatter(
            x=list(mean), y=[i + 0.24 * (place - (len(colors) - 1) / 2) for i, _ in points], mode="markers",
            name=estimator, marker={"color": color, "size": 8},
            error_x={
                "type": "data", "symmetric": False, "color": color, "thickness": 1.6, "width": 3,
                "array": [h - m for h, m in zip(high, mean, strict=True)],
                "arrayminus": [m - lo for m, lo in zip(mean, low, strict=True)],
            },
            hovertemplate="%{x:.1f}<extra>" + estimator + "</extra>",
        )  # fmt: skip
    return figure


def patches(cloud, circles, grid):
    """Patches in three of their eight coordinates: two slopes, and the bend across.

    Args:    cloud: (N, 8); circles: the primary and the two secondary ones, (n, 8) each; grid: (G, G, 8) or None.
    Returns: a plotly Figure.
    """
    text, muted = theme.neutral()[:2]
    figure = space(440)
    if grid is not None:
        figure.add_surface(
            x=grid[..., 0].numpy(), y=grid[..., 1].numpy(), z=grid[..., 2].numpy(), opacity=0.28, showscale=False,
            colorscale=[[0, theme.kind_color("cae")], [1, theme.kind_color("cae")]], hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter3d(
        x=cloud[:, 0].numpy(), y=cloud[:, 1].numpy(), z=cloud[:, 2].numpy(), mode="markers", hoverinfo="skip",
        marker={"color": muted, "size": 2, "opacity": 0.65},
    )  # fmt: skip
    colors = (text, theme.kind_color("dae"), theme.kind_color("ae"))
    for line, color in zip(circles, colors, strict=True):
        figure.add_scatter3d(
            x=line[:, 0].numpy(), y=line[:, 1].numpy(), z=line[:, 2].numpy(), mode="lines", hoverinfo="skip",
            line={"color": color, "width": 6},
        )  # fmt: skip
    for title, axis in (("slope across", "xaxis"), ("slope down", "yaxis"), ("bend across", "zaxis")):
        figure.layout["scene"][axis] = figure.layout["scene"][axis] | {"title": {"text": title}}
    return figure


def reaches(curves: dict, random: float):
    """How far each direction carries, one line a network, its 95% interval as a bar; dotted: a random direction.

    Args:    curves: name -> (label, mean, low, high, colour), lists over the directions; random: the mean reach there.
    Returns: a plotly Figure.
    """
    muted = theme.neutral()[1]
    count = max(len(mean) for _, mean, *_ in curves.values())
    figure = chart(
        300, "How far until the judge reads another digit", margin={"l": 34, "r": 96, "t": 30, "b": 44},
        showlegend=False, yaxis={"rangemode": "tozero"},
        xaxis={"title": {"text": "direction", "standoff": 4}, "dtick": 1, "range": [0.5, count + 0.5]},
    )  # fmt: skip
    ends = []
    for name, mean, low, high, color in curves.values():
        figure.add_scatter(
            x=list(range(1, len(mean) + 1)), y=mean, mode="lines+markers", line={"color": color, "width": 2.2},
            error_y={
                "type": "data", "symmetric": False, "color": color, "thickness": 1.4, "width": 2,
                "array": [h - m for h, m in zip(high, mean, strict=True)],
                "arrayminus": [m - lo for m, lo in zip(mean, low, strict=True)],
            },
            hovertemplate="%{y:.1f}<extra>" + name + "</extra>",
        )  # fmt: skip
        ends.append((mean[-1], name, color, len(mean)))
    figure.add_scatter(
        x=[1, count], y=[random, random], mode="lines", line={"color": muted, "width": 1.6, "dash": "dot"},
        hovertemplate="%{y:.1f}<extra>Random</extra>",
    )  # fmt: skip
    ends.append((random, "Random", muted, count))
    edge = -1.0
    for y, name, color, last in sorted(ends):
        edge = max(y, edge + 0.7)  # no label on another
        figure.add_annotation(
            x=last, y=edge, text=name, showarrow=False, xanchor="left", xshift=12, font={"color": color, "size": 13}
        )
    return figure
