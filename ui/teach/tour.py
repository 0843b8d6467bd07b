"""A guided tour: a page's short steps, each of which lights its place and is done when the visitor has done it.

All of it runs in the visitor's browser (tour.js): the card, the ring around the place, and the watch for what the
visitor does; its button stands in the page's head (ui/head). The step is in the address (`?tour=3`). A page's steps
stand in its tour.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ui.component import component

_TOUR = component("ui/teach/tour")


@dataclass(frozen=True)
class Done:
    """When a step is done. kind: see the functions below and tour.js; name, value: what the kind needs."""

    kind: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class Step:
    """One step.

    text: what to do, one or two sentences; at: key of the element that it lights; done: when; part: CSS selector of a
    part of that element, also inside of a component; then: what to see once it is done.
    """

    text: str
    at: str
    done: Done
    part: str = ""
    then: str = ""


def used() -> Done:
    """A control of the lit place is clicked, moved or typed into."""
    return Done("used")


def hovered() -> Done:
    """The pointer moves over the lit place, or a key is pressed in it."""
    return Done("hovered")


def drew() -> Done:
    """A stroke on the drawing pad has ended."""
    return Done("drew")


def link(name: str, value: str = "") -> Done:
    """The address says `value` under `name`; without a value: something else than when the step began."""
    return Done("link", name, value)


def shows(selector: str, at: str = "") -> Done:
    """There is an element that matches, in the element with the key `at`, that of the lit place by default."""
    return Done("shows", at, selector)


def read() -> Done:
    """There is nothing to do but look."""
    return Done("read")


def mount(steps: Sequence[Step]) -> None:
    """A page's tour, which is not seen until the button in the page's head opens it, or the address asks for a step."""
    rows = [
        {"text": step.text, "at": step.at, "part": step.part, "then": step.then, "done": vars(step.done)}
        for step in steps
    ]
    _TOUR(key="teach_tour", data={"steps": rows}, height="content")
