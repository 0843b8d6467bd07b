"""Pages: hostile values for every key of their address, and hostile states of every control."""

import json
import logging
import re
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.testing.v1 import AppTest

from benchmarks.abuse.tally import Tally, kind_of
from pages import PAGES
from tests.pages.test_links import HOSTILE, OPENED
from tests.visits import visit

ROOT = Path(__file__).parents[2]
TEXTS = (
    *HOSTILE, "0", "1e-320", "½", "\0", "a" * 15_000, ",".join(["1"] * 7_000), "1," * 50, "[" * 5000,
    "%00", "../../etc/passwd", "{{7*7}}", "${x}", "\ud7ff￿", "[]", "{}", "null", "true", "[1,2", "1;2;3",
)  # fmt: skip
OTHER_TYPES: list[dict] = [  # of a control's value
    {"string_value": "x"}, {"int_value": 2**62}, {"double_value": float("nan")}, {"json_value": "{"},
    {"bytes_value": b"\xff"}, {"bool_value": True}, {"trigger_value": True},
]  # fmt: skip
JSON = [
    None, True, -1, 0, 1, 27, 10**30, 0.5, -1e308, 1e-320, float("nan"), float("inf"), "", "x", "NaN", "7" * 5000, [],
    {}, [[]], [None], [1, 2], [0.5] * 784, [1e308] * 3, ["a"] * 3, [[0, 0], [1, 1]], {"seq": 5}, {"x": None}, "A" * 99,
]  # fmt: skip


def addresses() -> dict[str, Tally]:
    """Every key that a page has in its address meets every text; a key with a text is one try."""
    tallies = {}
    for page in PAGES:
        tallies[page.folder] = tally = Tally()
        for opened in OPENED.get(page.folder, [{}]):
            keys = [key for key in _keys(visit(page.folder, **opened)) if key not in opened]
            for turn in range(len(TEXTS) if keys else 0):
                values = {key: TEXTS[(turn + 7 * place) % len(TEXTS)] for place, key in enumerate(keys)}
                example = f"{page.folder} {opened | {key: value[:40] for key, value in values.items()}}"
                _watched(lambda values=values, opened=opened, page=page: visit(page.folder, **opened, **values),
                         example, tally, len(keys))  # fmt: skip
    return tallies


def states(seed: int, tries: int) -> dict[str, Tally]:
    """Every control of a page gets values of other types, and hostile ones of its own, `tries` rounds of them."""
    tallies, names = {}, _names()
    for page in PAGES:
        tallies[page.folder] = tally = Tally()
        rng = np.random.default_rng([seed, *page.folder.encode()])
        for opened in OPENED.get(page.folder, [{}]):
            at = visit(page.folder, **opened)
            for number in range(tries):
                sent = WidgetStates(
                    widgets=[
                        WidgetState(id=key, **_value(metadata, rng, names, number))
                        for key, metadata in _controls(at).items()
                        if rng.random() < 0.5
                    ]
                )
                example = f"{page.folder} {opened}, seed {seed}, number {number}"
                if not _watched(lambda at=at, sent=sent: at._run(sent), example, tally, len(sent.widgets)):
                    at = visit(page.folder, **opened)
    return tallies


class Faults(logging.Handler):
    """Hears what the lab logs as a fault of its own."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        """One record."""
        if record.exc_info:
            self.errors.append(record.exc_info[1])


def _watched(run: Callable[[], AppTest], example: str, tally: Tally, tried: int) -> bool:
    """Whether a run of a page stood, its faults in the tally."""
    faults, lab = Faults(), logging.getLogger("autoencoder_lab")
    filters, lab.filters = lab.filters, []  # they let the same error pass once a minute
    lab.addHandler(faults)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        at = run()
        shown = [f"{box.message}"[:80] for box in at.exception] + [f"{box.value}"[:80] for box in at.error]
    except Exception as error:
        shown = [kind_of(error)]
    finally:
        lab.removeHandler(faults)
        lab.filters = filters
    tally.tried += tried
    tally.worst_seconds = max(tally.worst_seconds, time.process_time() - began)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    tally.worst_mb = max(tally.worst_mb, grown)
    kinds = [kind_of(error) for error in faults.errors] or shown
    for kind in kinds:
        tally.fault(kind, example)
    if not kinds:
        tally.refused += tried
    return not kinds


def _keys(at: AppTest) -> list[str]:
    """All that a page reads from its address: what its controls bind, and what stands there without one."""
    with at.session_state._state.query_params() as params:
        bound = set(params._bindings_by_param)
    kept = set(at.session_state["_link"]) if "_link" in at.session_state else set()
    return sorted(bound | kept | {"pad"})


def _controls(at: AppTest) -> dict[str, WidgetMetadata]:
    return dict(at.session_state._state._state._new_widget_state.widget_metadata)


def _names() -> list[str]:
    """Words that our code looks up in what a component sends."""
    sources = [path.read_text() for top in ("ui", "pages") for path in sorted((ROOT / top).rglob("*.py"))]
    words = {word for source in sources for word in re.findall(r'(?:\.get\(|\[)"(\w+)"[\]),]', source)}
    return sorted(words)


def _value(metadata: WidgetMetadata, rng: np.random.Generator, names: list[str], number: int) -> dict:
    """A hostile value for a control."""
    kind = metadata.value_type
    if rng.random() < 0.2:
        return OTHER_TYPES[int(rng.integers(len(OTHER_TYPES)))]
    numbers = (float("nan"), float("inf"), -1e308, 1e308, -1.0, 0.5, 1e9)
    match kind:
        case "double_value":
            return {kind: float(rng.choice(numbers))}
        case "int_value":
            return {kind: int(rng.choice([-1, 0, 2**62, -(2**62), 12_345_678]))}
        case "string_value":
            return {kind: TEXTS[int(rng.integers(len(TEXTS)))]}
        case "bool_value" | "trigger_value":
            return {kind: bool(rng.integers(2))}
        case "double_array_value" | "int_array_value" | "string_array_value":
            some = list(rng.choice(numbers, int(rng.choice([0, 1, 2, 3, 2000]))))
            if kind.startswith("int"):
                some = [int(rng.integers(-(2**62), 2**62)) for _ in some]
            return {kind: {"data": [str(one) for one in some] if kind.startswith("string") else some}}
        case "json_value" | "json_trigger_value":
            return {kind: json.dumps(_message(metadata, rng, names, number))}
    return OTHER_TYPES[0]


def _message(metadata: WidgetMetadata, rng: np.random.Generator, names: list[str], number: int) -> object:
    """What a component might send: for each of its names nonsense, or an object of names that our code looks up."""

    def some() -> object:
        return JSON[int(rng.integers(len(JSON)))]

    if rng.random() < 0.1:
        return some()
    own = [*(metadata.callbacks or {}), *rng.choice(names, 4)]
    fields: Iterator[str] = (str(name) for name in rng.choice(names, 12))
    whole = {"seq": number + 1, "final": bool(rng.integers(2))} | {name: some() for name in fields}
    return {str(name): whole if rng.random() < 0.7 else some() for name in own}
