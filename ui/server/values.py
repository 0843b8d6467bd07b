"""What browsers say of a page's controls, checked in one place: of another type, not finite or not readable, and the
control has its default.

No browser of ours sends such a thing; a program does. Without this each of them is an exception in whatever code reads
the control first.
"""

import functools
import json
import logging
import math
from collections.abc import Callable, Container

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import Serialized, Value, WStates

DEPTH = 12  # of a component's message; ours have at most 5
EXACT = 2**53  # up to here whole numbers are exact in browsers
NONSENSE = (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError)
log = logging.getLogger("autoencoder_lab")


def check() -> None:
    """Let Streamlit hear no such value. It changes the class that reads them: Streamlit has no hook for this."""
    if hasattr(WStates, "reads"):
        return
    WStates.reads = WStates.__getitem__
    WStates.__getitem__ = _get


def _get(states: WStates, key: str) -> object:
    """The value of a control, in place of Streamlit's own."""
    state, metadata = states.states.get(key), states.widget_metadata.get(key)
    if not isinstance(state, Serialized) or metadata is None:
        return states.reads(key)
    if sound(state.value, metadata):
        try:
            return states.reads(key)
        except NONSENSE:
            pass  # it is none of the control's
    _tell()
    value = metadata.deserializer(None)
    states.states[key] = Value(value)
    return value


def forgiving(callback: Callable[..., object]) -> Callable[..., object]:
    """The same callback of a component; what it cannot make sense of in the browser's message changes nothing."""

    @functools.wraps(callback)
    def call(*args: object) -> None:
        try:
            callback(*args)
        except NONSENSE as error:
            _tell_of(type(error).__name__, getattr(callback, "__qualname__", "a callback"))

    return call


def sound(state: WidgetState, metadata: WidgetMetadata) -> bool:
    """Whether a value is of its control's type, finite, one of its options if it has some and, as JSON, readable."""
    kind = state.WhichOneof("value")
    if kind is None:
        return True
    if kind == "int_value" and metadata.value_type == "double_value":  # so a browser says the whole number of a link
        return abs(state.int_value) <= EXACT
    if kind != metadata.value_type:
        return False
    options = _options(metadata)
    if options is not None and kind in ("string_value", "string_array_value"):
        texts = [state.string_value] if kind == "string_value" else state.string_array_value.data
        return all(text in options for text in texts)
    if kind == "double_value":
        return math.isfinite(state.double_value)
    if kind == "double_array_value":
        return all(map(math.isfinite, state.double_array_value.data))
    if kind == "json_value":  # a component's state
        return readable(state.json_value, (dict, type(None)))
    return "json" not in kind or readable(getattr(state, kind))


def _options(metadata: WidgetMetadata) -> Container[str] | None:
    """What a control offers, as its browser says it; None where anything may be said. Streamlit has no public name."""
    reader = getattr(metadata.deserializer, "__self__", None)
    for name in ("formatted_option_to_option_index", "formatted_option_to_index"):
        options = getattr(reader, name, None)
        if options is not None:
            return options
    return None


def readable(text: str, types: tuple[type, ...] = (object,)) -> bool:
    """Whether a text is JSON of one of these types, of finite numbers and without endless nesting."""
    try:
        value = json.loads(text, parse_constant=_refuse)
        return isinstance(value, types) and _depth(value) <= DEPTH
    except (ValueError, RecursionError):
        return False


def _depth(value: object) -> int:
    """How deep lists and objects stand in each other."""
    depth, level = 0, [value]
    while level and depth <= DEPTH:
        depth += 1
        level = [item for part in level if isinstance(part, list | dict) for item in _items(part)]
    return depth


def _items(part: list | dict) -> list:
    return list(part.values()) if isinstance(part, dict) else part


def _refuse(name: str) -> Callable:
    raise ValueError(f"{name} is no number")


@functools.cache
def _tell() -> None:
    """Once a process: whoever sends such things sends many."""
    log.warning("A browser sent a value that its control cannot have; the control has its default")


@functools.cache
def _tell_of(error: str, callback: str) -> None:
    log.warning("A component's message made no sense to %s: %s", callback, error)
