"""Charts that plotly does not check while they are made are what plotly would have made."""

import json

import plotly.graph_objects as go
import plotly.io
import plotly.tools
import pytest

from ui import theme
from ui.output import charts
from ui.output.plain import Plain


def drawn(figure: Plain) -> dict:
    """As Streamlit sends it."""
    return json.loads(plotly.io.to_json(plotly.tools.return_figure_from_figure_or_data(figure, validate_figure=True)))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_sweep_is_a_figure_that_plotly_accepts_as_it_is(mode):
    strengths = [i / 20 for i in range(21)]
    curves = {name: (name, "dae", [30.0 - i for i in range(21)]) for name in ("one", "two")}
    with theme.seen(mode):
        figure = charts.sweep(curves, strengths, (0.5, {"one": 20.0}), {0.2: "a", 1.0: "b"})
    checked = go.Figure(figure.to_dict())  # raises for what plotly does not know
    assert drawn(figure) == json.loads(checked.to_json())
    assert len(checked.data) == 3 and checked.layout.shapes[0].x0 == 0.5 and len(checked.layout.annotations) == 2


def test_lines_and_bands_stand_where_plotly_puts_them():
    ours, theirs = Plain({}), go.Figure()
    for figure in (ours, theirs):
        figure.add_scatter(x=[0, 1], y=[0, 1])
        figure.add_vline(x=0.5, line={"width": 1}, layer="below")
        figure.add_hrect(1.0, 2.0, line={"width": 0}, opacity=0.1)
        figure.update_xaxes(range=[0, 1])
    theirs.update_layout(template=None)
    assert go.Figure(ours.to_dict()).update_layout(template=None) == theirs
