"""Charts: transparent on the theme's background, thin grid, direct labels, one colour a family everywhere."""

from collections.abc import Sequence

from ui import theme

_DASHES = ("solid", "dash", "dot", "dashdot")  # tells methods of one family apart


def sweep(
    curves: dict[str, tuple[str, str, Sequence[float]]],
    strengths: Sequence[float],
    now: float,
    ticks: dict[float, str],
):
    """PSNR against strength, one line a method, labelled at its right end.

    Args:    curves: id -> (label, family, PSNR in dB for each strength); strengths: in [0, 1];
             now: the strength on the stage, marked; ticks: strength -> what it means physically.
    Returns: a plotly Figure.
    """
    import plotly.graph_objects as go  # late: half a second that the first picture need not wait for

    dark = theme.mode() == "dark"
    text, muted, grid = ("#e8ecee", "#a3adb2", "#2a3338") if dark else ("#1b2124", "#5b6468", "#e3e6e1")
    figure = go.Figure()
    seen: dict[str, int] = {}
    shown = [(strength, i) for i, strength in enumerate(strengths) if strength > 0]  # at 0 a copy is perfect
    ends = []
    for label, family, values in curves.values():
        place = seen.get(family, 0)
        seen[family] = place + 1
        color = theme.family_color(family) if family else muted
        dash = _DASHES[place % len(_DASHES)] if family else "dot"
        y = [min(values[i], CEILING) for _, i in shown]
        figure.add_scatter(
            x=[strength for strength, _ in shown],
            y=y,
            mode="lines",
            name=label,
            line={"color": color, "width": 2.4 if family != "classical" and family else 1.8, "dash": dash},
            hovertemplate="%{y:.1f} dB<extra>" + label + "</extra>",
        )
        ends.append((y[-1], label, color))
    for y, at, label, color in _spread(ends):
        figure.add_annotation(
            x=1, y=at, ax=8, ay=0, xref="x", yref="y", text=label, showarrow=False, xanchor="left", xshift=8,
            font={"color": color if label != "Corrupted" else muted, "size": 13},
        )  # fmt: skip
    figure.add_vline(x=now, line={"color": text, "width": 1, "dash": "dot"})
    figure.update_layout(
        height=340,
        margin={"l": 52, "r": 172, "t": 16, "b": 44},
        showlegend=False,
        hovermode="x unified",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": text, "size": 13},
        xaxis={
            "range": [0, 1], "tickvals": list(ticks), "ticktext": list(ticks.values()), "gridcolor": grid,
            "zeroline": False, "fixedrange": True, "tickfont": {"color": muted},
        },
        yaxis={
            "title": {"text": "PSNR, dB (higher is better)"}, "gridcolor": grid, "zeroline": False,
            "fixedrange": True, "tickfont": {"color": muted},
        },
    )  # fmt: skip
    return figure


CEILING = 40.0  # dB; above it nobody sees a difference


def _spread(ends: list[tuple[float, str, str]], gap: float = 1.9) -> list[tuple[float, float, str, str]]:
    """Push labels apart until they stand `gap` dB from each other: (value, place, label, color)."""
    placed, floor = [], -float("inf")
    for y, label, color in sorted(ends):
        at = max(y, floor + gap)
        placed.append((y, at, label, color))
        floor = at
    return placed
