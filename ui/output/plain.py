"""Plotly figures without plotly's checks, which cost more than a chart: 15 ms of each for what we wrote ourselves.

A `Plain` takes traces and shapes as `plotly.graph_objects.Figure` does and is one to whoever asks, so that Streamlit
shows it; inside it is the JSON that the browser gets. The tests let plotly check what the pages draw.
"""

import numpy as np
from plotly.basedatatypes import BaseFigure


class Plain(BaseFigure):
    """A figure. layout: as plotly has it, without the short form `title_text` for what lies deeper."""

    def __init__(self, layout: dict):
        object.__setattr__(self, "_said", {"data": [], "layout": layout})

    @property
    def layout(self) -> dict:
        """What is beside the traces: a dict, to read and to change."""
        return self._said["layout"]

    @property
    def data(self) -> tuple[dict, ...]:
        """The traces."""
        return tuple(self._said["data"])

    def to_dict(self) -> dict:
        """What the browser gets; plotly packs arrays of numbers."""
        if any(isinstance(value, np.ndarray) for trace in self.data for value in trace.values()):
            import plotly.graph_objects as go

            return go.Figure(self._said).to_dict()
        return self._said

    def _add(self, kind: str, trace: dict) -> None:
        self._said["data"].append({"type": kind, **trace})

    def add_scatter(self, **trace: object) -> None:
        """Points, lines or both."""
        self._add("scatter", trace)

    def add_scatter3d(self, **trace: object) -> None:
        """The same in space."""
        self._add("scatter3d", trace)

    def add_surface(self, **trace: object) -> None:
        """A surface in space."""
        self._add("surface", trace)

    def add_bar(self, **trace: object) -> None:
        """Bars."""
        self._add("bar", trace)

    def add_annotation(self, **annotation: object) -> None:
        """Words at a place."""
        self.layout.setdefault("annotations", []).append(annotation)

    def add_vline(self, x: float, **shape: object) -> None:
        """A line from the bottom to the top."""
        place = {"x0": x, "x1": x, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain"}
        self.layout.setdefault("shapes", []).append({"type": "line", **place, **shape})

    def add_vrect(self, x0: float, x1: float, **shape: object) -> None:
        """A band from the bottom to the top."""
        place = {"x0": x0, "x1": x1, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain"}
        self.layout.setdefault("shapes", []).append({"type": "rect", **place, **shape})

    def add_hrect(self, y0: float, y1: float, **shape: object) -> None:
        """A band from the left to the right."""
        place = {"x0": 0, "x1": 1, "xref": "x domain", "y0": y0, "y1": y1, "yref": "y"}
        self.layout.setdefault("shapes", []).append({"type": "rect", **place, **shape})

    def update_xaxes(self, **axis: object) -> None:
        """Set more of the x axis."""
        self.layout["xaxis"] = self.layout.get("xaxis", {}) | axis

    def update_yaxes(self, **axis: object) -> None:
        """Set more of the y axis."""
        self.layout["yaxis"] = self.layout.get("yaxis", {}) | axis
