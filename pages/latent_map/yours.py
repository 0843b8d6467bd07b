"""The map of the visitor's own network; the queue of slow work computes it."""

import streamlit as st

from aecore.maps.guest import NAME
from aecore.maps.shipped import Map
from ui import messages
from ui.input import own_network
from ui.server import jobs
from ui.server.jobs import Job

__all__ = ["NAME", "laid_out", "watch"]
_SEAT = "map_yours"
_SHOWN = "_map_yours"  # how much of the map the last run has had: None, "points" or "all"


def laid_out() -> Map | None:
    """It as far as it is; None until the points are there. Raises: JobError: why there is none."""
    job = _job()
    if job is None:
        return None
    shown: Map | None = job.value() or job.news
    st.session_state[_SHOWN] = _stage(job)
    return shown


@messages.fragment(run_every=0.5)
def watch() -> None:
    """Runs the page again when there is more of it; says where it stands until the points are there."""
    job = _job()
    if job is None or job.problem:
        return
    if not job.over and job.news is None:
        st.caption(f"Your network's map: {jobs.words(job) if job.state == 'waiting' else 'computing its codes'} …")
    if _stage(job) != st.session_state.get(_SHOWN):
        st.rerun()


def _job() -> Job | None:
    own = own_network.network()
    if own is None:
        return None
    return jobs.ask(_SEAT, "aecore.maps.guest:lay_out", own.data, own.card.title, key=(own.name, own.card.title))


def _stage(job: Job) -> str | None:
    return "all" if job.over else None if job.news is None else "points"
