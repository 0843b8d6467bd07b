"""What the session keeps of the Bottleneck page beside its widgets, and the parts of it that run alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from aecore.latent.linear import Fit
from ui.server.jobs import Job

if TYPE_CHECKING:
    from pages.bottleneck.stage import Column

STAGE, STORY, MEASURED, LINEAR, LINE, EQUATIONS = (
    f"bottleneck_{part}" for part in ("stage", "story", "measured", "linear", "line", "equations")
)


@dataclass
class Training:
    """A linear autoencoder that the visitor trains. news: its last, without the weights, None before the first."""

    seed: int
    job: Job
    news: Fit | None = None


@dataclass
class State:
    """columns: of the stage, handed to what is below; fresh: grows when Python, not the visitor's hand, sets the size;
    training: the visitor's last one."""

    columns: list[Column] = field(default_factory=list)
    fresh: int = 0
    training: Training | None = None


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_bottleneck", State())
