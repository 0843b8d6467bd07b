"""Charts of a walk: a number along each path, and the paths on the map."""

from collections.abc import Sequence

import torch
from torch import Tensor

from pages.interpolate.walk import Row
from ui import theme
from ui.output.charts import chart

_DASHES = {"vae-2": "dash", "ae-2": "dash"}  # tells models of one family apart


def along(t: Tensor, rows: Sequence[tuple[Row, Tensor, Tensor]], unit: str, usual: tuple[float, float] | None):
    """One line a row over the way from A to B; digits on it say what the judge reads from there on.

    Args:    t: (T,); rows: (row, values (T,), readings (T,)); unit: of the values; usual: the range in which real
             digits lie, drawn as a band.
    Returns: a plotly Figure.
    """
    _, muted, _, ground = theme.neutral()
    figure = chart(
        360,
        margin={"l": 52, "r": 12, "t": 8, "b": 30},
        legend={"y": 1.02, "yanchor": "bottom"},
        xaxis={"range": [-2, 102], "tickvals": [0, 25, 50, 75, 100], "ticktext": ["A", "25%", "50%", "75%", "B"]},
        yaxis={"rangemode": "tozero", "title": {"text": unit}},
    )
    x = (100 * t).tolist()
    first = int(rows[0][2][0]) if rows else None
    for row, values, reads in rows:
        before = [first if row is not rows[0][0] else None, *reads.tolist()]  # all begin with one reading, as a rule
        changes = [str(now) if now != then else "" for then, now in zip(before, reads.tolist(), strict=False)]
        figure.add_scatter(
            x=x, y=values.tolist(), name=row.label, mode="lines+markers+text", text=changes, textposition="top center",
            line={"color": row.color, "width": 2.4, "dash": _DASHES.get(row.id, "solid")},
            marker={"size": 6, "line": {"color": ground, "width": 1}},
            textfont={"color": row.color, "size": 13, "weight": 650},
            customdata=reads.tolist(), hovertemplate="%{y:.1f} " + unit + ", reads %{customdata}",
            cliponaxis=False,
        )  # fmt: skip
    if usual:
        figure.add_hrect(*usual, fillcolor=muted, opacity=0.13, line={"width": 0}, layer="below")
        figure.add_scatter(  # the legend's entry: no words among the lines
            x=[None], y=[None], name="90% of real digits", mode="markers", hoverinfo="skip",
            marker={"symbol": "square", "size": 13, "color": muted, "opacity": 0.35},
        )  # fmt: skip
    return figure


def on_map(paths: Sequence[tuple[Row, Tensor]], places: Tensor, y: Tensor):
    """Paths over a plane in which real digits lie.

    Args:    paths: (row, (T, 2)); places: (N, 2) of real digits; y: (N,) their classes.
    Returns: a plotly Figure.
    """
    text, _, _, ground = theme.neutral()
    figure = chart(
        360, margin={"l": 0, "r": 0, "t": 8, "b": 0}, legend={"y": 1.02, "yanchor": "bottom"}, hovermode="closest"
    )
    for digit in range(10):
        own = places[y == digit]
        figure.add_scatter(
            x=own[:, 0].tolist(), y=own[:, 1].tolist(), mode="markers", hoverinfo="skip", showlegend=False,
            marker={"color": theme.CLASS_COLORS[digit], "size": 4, "opacity": 0.4},
        )  # fmt: skip
    for digit in range(10):
        own = places[y == digit]
        if len(own):
            x_, y_ = own.median(0).values.tolist()
            figure.add_annotation(
                x=x_, y=y_, text=f"<b>{digit}</b>", showarrow=False, font={"color": text, "size": 15},
                bgcolor=ground, opacity=0.75, borderpad=1,
            )  # fmt: skip
    for row, path in paths:
        figure.add_scatter(
            x=path[:, 0].tolist(), y=path[:, 1].tolist(), name=row.label, mode="lines+markers",
            line={"color": ground, "width": 6}, marker={"size": 9, "color": ground}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
        figure.add_scatter(
            x=path[:, 0].tolist(), y=path[:, 1].tolist(), name=row.label, mode="lines+markers",
            line={"color": row.color, "width": 2.6, "dash": _DASHES.get(row.id, "solid")}, marker={"size": 6},
            hovertemplate="%{x:.2f}, %{y:.2f}",
        )  # fmt: skip
    if paths:
        for name, place in (("A", paths[0][1][0]), ("B", paths[0][1][-1])):
            figure.add_annotation(
                x=float(place[0]), y=float(place[1]), text=f"<b>{name}</b>", ax=0, ay=-22, arrowcolor=text,
                font={"color": ground, "size": 14}, bgcolor=text, borderpad=3, arrowwidth=1.5,
            )  # fmt: skip
    inner = places.quantile(torch.tensor([0.01, 0.99]), 0)  # a few digits lie far out
    shown = torch.cat([inner, *(path for _, path in paths)])
    for axis, update in enumerate((figure.update_xaxes, figure.update_yaxes)):
        low, high = float(shown[:, axis].min()), float(shown[:, axis].max())
        room = 0.06 * (high - low)
        update(visible=False, range=[low - room, high + room])
    figure.update_xaxes(scaleanchor="y")
    return figure
