"""The latent map's stage: which maps stand side by side, and what the browser is told of each."""

import functools
import re
from collections.abc import Callable, Sequence
from contextlib import suppress

import streamlit as st
from torch import Tensor

from aecore.checkpoints import Metric
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.maps import shipped
from aecore.maps.shipped import Map
from pages.latent_map import points, yours
from ui import messages, theme, url
from ui.component import component, nothing, version
from ui.glossary import explain
from ui.input import own_network
from ui.input.choice import choice
from ui.input.digit import PAD, Chosen, all_test_digits
from ui.input.more import more
from ui.live.networks import reference
from ui.output.picture import pixels
from ui.server import files, jobs
from ui.server.jobs import Job
from ui.serving import available

NETWORKS = ("ae-2-bce", "vae-2", "judge")  # what the page brings to the browser in any case, the most urgent first
FIRST = ("ae-2-bce", "vae-2")  # they differ in the noise and the prior alone
HIDDEN, VIEW = "map_hidden", "map_view"  # in the URL
_VIEW = re.compile(r"[a-z0-9:;,.+-]{1,400}")  # of link.js
SOON = 0.3  # s that the stage waits for a digit's place: UMAP answers in a twentieth, except the first time
COUNTS = {500: "500 digits", 2_000: "2,000", 10_000: "All 10,000"}
LABELS = {  # metric -> its name under a panel; the glossary explains the same words
    "knn_accuracy": "k-NN accuracy",
    "trustworthiness": "trustworthiness",
    "continuity": "continuity",
    "silhouette": "silhouette",
    "prior_accepted": "samples decode",
    "box_accepted": "box decodes",
    "aggregate_kl": "KL to N(0, I)",
    "moment_kl": "KL to N(0, I), at least",
}
_KL = "aggregate_kl"
_ARROWS = {"higher": "↑", "lower": "↓"}
_BOARD = component("pages/latent_map/board/board", html='<div class="board"></div>')


def controls() -> tuple[list[str], int, bool]:
    """Which maps, how many digits, and whether a grid of decoded digits lies behind them.

    Missing maps are offered, too: `show` says how to get one.
    """
    own = own_network.network()
    titles = {yours.NAME: own.card.title} if own else {}
    titles |= {name: recipe.title for name, recipe in shipped.RECIPES.items()}
    with more("map") as says:
        st.caption(
            ":material/star: Your digit. **Drag** a map to move it, **scroll** to zoom, until points become digits."
        )
        grid = st.toggle("Decode a grid", key="map_grid", bind="query-params", help=explain("grid"))
        chosen = st.pills(
            "Maps side by side",
            list(titles),
            selection_mode="multi",
            default=FIRST if own is None else (yours.NAME, FIRST[-1]),
            format_func=titles.get,
            key="map_panels",
            bind="query-params",
        )
        own_network.entry("map", "map_panels")
        for recipe in shipped.RECIPES.values():
            st.caption(f"**{recipe.title}.** {recipe.summary}")
        count = choice("Test digits", list(COUNTS), default=10_000, format_func=COUNTS.get, key="map_count")
        if grid:
            says("decoded grid")
        if count != 10_000:
            says(f"{count:,} digits")
    return [name for name in titles if name in chosen], count, grid


def networks(names: Sequence[str]) -> list[str]:
    """Checkpoints that the browser needs for these maps, the most urgent first."""
    own = own_network.network()
    models = (own.name if own and name == yours.NAME else shipped.RECIPES[name].model for name in names)
    return list(dict.fromkeys([*NETWORKS, *(model for model in models if model)]))


def show(
    engine: Engine,
    names: Sequence[str],
    count: int,
    grid: bool,
    digit: Chosen,
    key: str,
) -> str:
    """Draw maps side by side, with a digit on all of them.

    A map that is missing or damaged is left out, and a line says what to do about it.

    Args: names: of shipped.RECIPES, or the visitor's own; count: how many test digits; digit: the visitor's or the
          example.
    Returns: the version of the digit, for what is below the maps: see `ui.output.below`.
    """
    usable, specs = _usable(engine, names)
    if not usable and yours.NAME not in names:
        st.caption(":material/info: No map to show. Choose one under Maps, or make one: `python -m aecore map vae-2`")
    places, waiting, failed = place(usable, digit)
    drawn = {"x": pixels(digit.x), "name": digit.name}
    drawn |= {"version": version(drawn), "places": places, "seq": digit.seq}
    extra = {"grid": grid, "hidden": hidden_classes(), "view": _view(), "pad": PAD, "drawn": drawn}
    mount(engine, specs, usable, count, key, extra, lambda: _keep_hidden(key), lambda: _keep_view(key))
    messages.missing({name: f"{digit.name} is not on the map {name}. {why}" for name, why in failed.items()})
    if waiting:
        _wait(waiting, digit.x)
    if yours.NAME in names:
        yours.watch()
    return drawn["version"]


def mount(
    engine: Engine,
    specs: Sequence[dict],
    maps: Sequence[Map],
    count: int,
    key: str,
    extra: dict | None = None,
    on_hidden: Callable[[], None] = nothing,
    on_view: Callable[[], None] = nothing,
) -> None:
    """Mount the component that draws all panels, and bring the points of the shipped maps among them.

    Args: specs: one a panel, see `panel`; extra: what pages/latent_map/board/board.js takes beside the panels.
    """
    judge = available(engine, "judge")
    data = {
        "panels": list(specs),
        "colors": list(theme.CLASS_COLORS),
        "count": count,
        "grid": False,
        "hidden": [],
        "view": None,
        "judge": engine.card("judge").sha256 if judge else "",
        "digits": files.digits_sha256(),
        "pad": "",
        "drawn": None,
    }
    with st.container(gap=None):
        _BOARD(
            key=key,
            data=data | (extra or {}),
            on_hidden_change=on_hidden,
            on_view_change=on_view,
            on_refresh_change=nothing,  # it reruns what is around it
        )
        for shipped_map in maps:
            points.send_map(shipped_map, f"{key}_{shipped_map.name}")


def panel(engine: Engine, shipped_map: Map) -> dict:
    """What the browser is told of one map. Raises: CheckpointError: its model is missing or damaged."""
    card = shipped_map.card
    kind = engine.card(card.model).kind if card.model else "classical"
    return {
        "name": shipped_map.name,
        "id": points.identity(shipped_map),
        "title": shipped_map.title,
        "summary": shipped_map.summary,
        "color": theme.kind_color(kind),
        "model": reference(card.model) if card.model else None,
        "decodes": shipped_map.decodable,
        "prior": shipped_map.decodable and shipped_map.logvar is not None,
        "place": "browser" if _in_browser(shipped_map) else "server",
        "numbers": numbers(shipped_map.metrics),
        "measured": f"Measured on {card.data}, whatever is shown here.",
    }


def numbers(metrics: dict[str, Metric]) -> list[dict[str, str]]:
    """A map's measured numbers as they stand under its panel."""
    return [
        {
            "label": LABELS[name],
            "value": rounded(metric),
            "arrow": _ARROWS.get(metric.better, ""),
            "help": f"{explain(LABELS[name])} Measured: {metric.definition}; {metric.better} is better.",
        }
        for name, metric in measured(metrics).items()
    ]


def measured(metrics: dict[str, Metric]) -> dict[str, Metric]:
    """The metrics to show; of the two KLs the one that is known: a code without a distribution has a bound only."""
    return {name: metrics[name] for name in LABELS if name in metrics and (name != "moment_kl" or _KL not in metrics)}


def rounded(metric: Metric) -> str:
    """A measured number with its unit, and not more digits than mean something."""
    return f"{metric.value:,.{1 if metric.unit == '%' else 2}f} {metric.unit}".strip().replace(" %", "%")


# ---- the visitor's digit on the maps that only the server can place it on


def place(maps: Sequence[Map], digit: Chosen) -> tuple[dict[str, list[float]], list[str], dict[str, str]]:
    """Where a digit lands on the maps that the browser cannot place it on.

    Returns: name -> [x, y]; the names of the maps that are still to say; title -> why it has no place.
    """
    places, waiting, failed = {}, [], {}
    for shipped_map in maps:
        if _in_browser(shipped_map):
            continue
        same = _by_pixels().get(pixels(digit.x))
        if same is not None:  # a test digit is on every map
            places[shipped_map.name] = shipped_map.coordinates[same].tolist()
            continue
        job = _placing(shipped_map.name, digit.x)
        if not job.over:
            waiting.append(shipped_map.name)
        elif job.problem:
            failed[shipped_map.title] = job.problem
        else:
            places[shipped_map.name] = job.result[0].tolist()
    return places, waiting, failed


def _placing(name: str, x: Tensor) -> Job:
    """One digit after the other: the first takes as long as UMAP's start, and the next must not cut that off."""
    seat, key = f"map_place_{name}", (points.identity(shipped.load(name)), x.numpy().tobytes())
    job = jobs.at(seat)
    if job is None or job.wait(SOON):
        job = jobs.ask(seat, "aecore.maps.shipped:place", name, x, key=key, urgent=True)
        job.wait(SOON)
    return job


@functools.cache
def _by_pixels() -> dict[str, int]:
    return {pixels(x / 255): i for i, x in enumerate(all_test_digits()[0])}


@messages.fragment(run_every=1.0)
def _wait(names: Sequence[str], x: Tensor) -> None:
    """Runs the page again once the maps have said where the digit lands."""
    if all(_placing(name, x).over for name in names):
        st.rerun()


def _in_browser(shipped_map: Map) -> bool:
    return shipped_map.card.method in ("code", "pca")  # networks and straight lines


# ---- hidden classes, and what is in sight


def hidden_classes() -> list[int]:
    """The classes that the visitor, or the link that they followed, has switched off; what is no class is ignored."""
    [text] = url.get(HIDDEN)
    return sorted({int(character) for character in text or "" if character in "0123456789"})


def _keep_hidden(key: str) -> None:
    hidden = st.session_state[key].get("hidden")
    if not isinstance(hidden, list):  # comes from the browser
        return
    url.put({HIDDEN: "".join(str(digit) for digit in range(10) if digit in hidden) or None})


def _view() -> str:
    """What part of the maps the address asks for, for the browser to read; "" for all."""
    [text] = url.get(VIEW)
    return text if text and _VIEW.fullmatch(text) else ""


def _keep_view(key: str) -> None:
    view = st.session_state[key].get("view")
    if isinstance(view, str):  # comes from the browser
        url.put({VIEW: view if _VIEW.fullmatch(view) else None})


# ---- the numbers of all maps


def sound() -> list[Map]:
    """The shipped maps that can be used now."""
    rows = []
    for name in shipped.names():
        with suppress(AecoreError):  # the stage says what is wrong with it
            rows.append(shipped.load(name))
    return rows


def _usable(engine: Engine, names: Sequence[str]) -> tuple[list[Map], list[dict]]:
    """The maps that can be drawn, and their panels; says of each of the others what is wrong with it."""
    usable, specs, problems = [], [], {}
    for name in names:
        try:
            table = yours.laid_out() if name == yours.NAME else shipped.load(name)
            if table is None:  # it is on its way
                continue
            specs.append(panel(engine, table))
        except AecoreError as error:
            problems[name] = str(error)
            continue
        usable.append(table)
    messages.missing(problems)
    return usable, specs


def table() -> None:
    """Every map's numbers in one table."""
    rows, columns = [], {"Map": st.column_config.TextColumn(width=190)}
    for shipped_map in sound():
        row = {"Map": shipped_map.title}
        for key, metric in measured(shipped_map.metrics).items():
            label = LABELS[key].removesuffix(", at least")  # one column for both
            row[label] = metric.value
            columns[label] = st.column_config.NumberColumn(
                f"{label} {_ARROWS.get(metric.better, '')}",
                format="%.1f%%" if metric.unit == "%" else f"%.2f {metric.unit}".strip(),
                help=explain(label) + (" For the autoencoder a lower bound." if key == "moment_kl" else ""),
            )
        rows.append(row)
    if not rows:
        return
    st.header("Who keeps neighbours together?", anchor=False)
    st.dataframe(rows, column_config=columns, hide_index=True, placeholder="–")
    st.caption(_ae_against_vae())


def _ae_against_vae() -> str:
    """What the numbers say of the two, from their own cards: the KL tells more than the share that decodes."""
    by_name = {shipped_map.name: shipped_map.metrics for shipped_map in sound()}
    plain, vae = by_name.get("ae-2-bce", {}), by_name.get("vae-2", {})
    if "moment_kl" not in plain or _KL not in vae:
        return ""
    shares = [rounded(metrics["prior_accepted"]) for metrics in (plain, vae)]
    return (
        f"The decoders differ less than one expects: over N(0, I), {shares[0]} of the autoencoder's "
        f"plane and {shares[1]} of the VAE's decode to digits that the judge accepts. "
        f"What tells the two apart is where their codes lie: their KL to N(0, I) is at least "
        f"{rounded(plain['moment_kl'])} for the autoencoder and {rounded(vae[_KL])} for the VAE."
    )
