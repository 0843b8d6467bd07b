"""The latent map's stage: which maps stand side by side, and what the browser is told of each."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import streamlit as st

from aecore import projections
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.projections import Map
from ui import inputs, live, maps, theme
from ui.access import available
from ui.cards import with_unit
from ui.glossary import TERMS, explain
from ui.strip import pixels

FIRST = ("ae-2", "vae-2", "pca", "umap")
HIDDEN = "map_hidden"  # in the URL
COUNTS = {500: "500 digits", 2_000: "2,000", 10_000: "All 10,000"}
LABELS = {  # metric -> (short label, term in the glossary)
    "knn_accuracy": ("k-NN", "k-NN accuracy"),
    "trustworthiness": ("trust", "trustworthiness"),
    "continuity": ("contin.", "continuity"),
    "silhouette": ("silhouette", "silhouette"),
    "prior_accepted": ("prior area read", "prior accepted"),
    "kl_aggregate": ("KL to N(0, I)", "aggregate KL"),
}
_ARROWS = {"higher": "↑", "lower": "↓"}
_HERE = Path(__file__).parent / "live"
_BOARD = st.components.v2.component(
    "latent_map",
    html='<div class="board"></div>',
    css=(_HERE / "latent_map.css").read_text(encoding="utf-8"),
    js=live.module("latent_map"),
)


def controls() -> tuple[list[str], int, bool]:
    """Which maps, how many digits, and whether a grid of decoded digits lies behind them."""
    here = projections.names()
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Maps", icon=":material/grid_view:"):
            chosen = st.pills(
                "Maps side by side",
                here,
                selection_mode="multi",
                default=[name for name in FIRST if name in here],
                format_func=lambda name: projections.RECIPES[name].title,
                key="map_panels",
                bind="query-params",
            )
        count = st.segmented_control(
            "Test digits",
            list(COUNTS),
            default=10_000,
            required=True,
            format_func=COUNTS.get,
            key="map_count",
            bind="query-params",
            label_visibility="collapsed",
        )
        grid = st.toggle("Decode a grid behind the points", key="map_grid", bind="query-params", help=explain("grid"))
    return [name for name in here if name in chosen], count, grid


def show(
    engine: Engine,
    names: Sequence[str],
    count: int,
    grid: bool,
    digit: inputs.Chosen,
    key: str,
    on_settled: Callable[[], None] = lambda: None,
) -> None:
    """Draw maps side by side, with a digit on all of them.

    Args: names: of shipped maps; count: how many test digits, the first ones; digit: the visitor's, or the example;
          on_settled: called once another digit has been on the maps for half a second.
    """
    specs, usable = [], []
    for name in names:
        try:
            specs.append(panel(engine, projections.load(name)))
            usable.append(name)
        except AecoreError as error:
            st.caption(f":material/info: {error}")
    if not specs:
        st.caption(
            ":material/info: No map to show. Choose some under Maps, or make one with: python -m aecore map vae-2"
        )
    judge = available(engine, "judge")
    data = {
        "panels": specs,
        "colors": list(theme.CLASS_COLORS),
        "count": count,
        "grid": grid,
        "hidden": hidden_classes(),
        "judge": engine.card("judge").sha256 if judge else "",
        "digits": maps.digits_sha256(),
        "pad": inputs.PAD,
        "drawn": {"x": pixels(digit.x), "name": digit.name, "places": places(usable, digit)},
    }
    with st.container(gap=None):
        _BOARD(key=key, data=data, on_hidden_change=lambda: _keep_hidden(key), on_settled_change=on_settled)
        for name in usable:
            maps.bring(name)


def hidden_classes() -> list[int]:
    """The classes that the visitor has switched off, from the URL; what is no class there is ignored."""
    return sorted({int(each) for each in st.query_params.get(HIDDEN, "") if each in "0123456789"})


def _keep_hidden(key: str) -> None:
    hidden = st.session_state[key].get("hidden")
    if not isinstance(hidden, list):  # comes from the browser
        return
    text = "".join(str(each) for each in range(10) if each in hidden)
    if text:
        st.query_params[HIDDEN] = text
    else:
        st.query_params.pop(HIDDEN, None)


def panel(engine: Engine, found: Map) -> dict:
    """What the browser is told of one map. Raises: CheckpointError: its model is missing or damaged."""
    card = found.card
    model = live.reference(card.model) if card.model else None
    family = engine.card(card.model).family if card.model else ""
    in_browser = card.method == "code" or card.method == "pca"
    return {
        "name": found.name,
        "id": maps.identity(found.name),
        "title": found.title,
        "subtitle": card.model or "",
        "summary": found.summary,
        "color": theme.family_color({"autoencoder": "ae", "vae": "vae"}.get(family, "classical")),
        "model": model,
        "decodes": found.decodable,
        "prior": found.decodable and found.logvar is not None,
        "place": "browser" if in_browser else "server",
        "numbers": numbers(found),
    }


def numbers(found: Map) -> list[dict[str, str]]:
    """A map's measured numbers as they stand under its panel."""
    return [
        {
            "label": LABELS.get(name, (name.replace("_", " "), ""))[0],
            "value": with_unit(metric),
            "arrow": _ARROWS.get(metric.better, ""),
            "help": f"{metric.definition}; {metric.better} is better.",
        }
        for name, metric in found.metrics.items()
    ]


def places(names: Sequence[str], digit: inputs.Chosen) -> dict[str, list[float]]:
    """Where the digit lands on maps that the browser cannot compute; those that are not ready yet are missing."""
    return {}


def manual() -> None:
    """What the hand can do here, in four lines."""
    st.caption(
        ":material/arrow_selector_tool: **Move** over a map: rings show the same digits in all.  \n"
        ":material/push_pin: **Click** to pin a place; arrow keys move it, Escape lets go.  \n"
        ":material/gesture: **Lasso**, or Shift and drag: mark digits in every map.  \n"
        ":material/zoom_in: **Drag** to move, scroll on a clicked map to zoom, until points become digits."
    )


def sound() -> list[Map]:
    """The shipped maps that can be used now."""
    found = []
    for name in projections.names():
        with suppress(AecoreError):  # the stage says what is wrong with it
            found.append(projections.load(name))
    return found


def evidence() -> None:
    """Every map's numbers in one table."""
    rows, columns = [], {}
    for found in sound():
        row = {"Map": found.title}
        for key, metric in found.metrics.items():
            label, term = LABELS.get(key, (key.replace("_", " "), ""))
            row[label] = metric.value
            columns[label] = st.column_config.NumberColumn(
                f"{label} {_ARROWS.get(metric.better, '')}",
                format="%.1f %%" if metric.unit == "%" else f"%.2f {metric.unit}".strip(),
                help=explain(term) if term in TERMS else metric.definition,
            )
        rows.append(row)
    if not rows:
        return
    st.subheader("Who keeps neighbours together?", anchor=False)
    st.dataframe(rows, column_config=columns, hide_index=True)
