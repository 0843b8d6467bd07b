"""What the session keeps of the Latent map beside its widgets, and the parts of it that run alone."""

import itertools
from dataclasses import dataclass, field

import streamlit as st

from aecore.maps.shipped import Step
from ui.input.digit import Chosen
from ui.server.jobs import Job

STAGE, STORY, HOOD, WORKSHOP = "map_stage", "map_story", "map_hood", "map_workshop"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Made:
    """One visitor's map, in the making or made: what was asked for, and the job, whose news and result are small."""

    method: str
    count: int
    parameters: dict
    seed: int
    job: Job
    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def step(self) -> Step:
        """The latest news of it."""
        return self.job.result or self.job.news or Step(0.0, "starting")


@dataclass
class State:
    """digit: on the maps, handed from the stage to what is below; shown: its version; made: the visitor's last map."""

    digit: Chosen | None = None
    shown: str = ""
    made: Made | None = None


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_map", State())
