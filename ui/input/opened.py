"""Pictures that visitors bring are opened in a worker.

A fault in a library written in C, or a picture that takes all memory or for ever, costs that process and nobody a page.
"""

import time

import streamlit as st

from ui.server import jobs

DIGITS = "aecore.intake.files:digits_from_bytes"
PHOTO = "aecore.pictures.io:read_photo"
PATIENCE = 0.5  # s without a word on the page


def opened(task: str, data: bytes, seat: str) -> object:
    """What a file holds: digits or a photo, as `task` says; nothing else happens on the page meanwhile.

    Args:    task: DIGITS or PHOTO; seat: of the visitor's question among their slow work.
    Raises:  jobs.JobRefused: what is wrong with the file; jobs.JobError: it could not be opened now.
    """
    began, place, told = time.monotonic(), st.empty(), ""
    content = jobs.digest(data)
    job = jobs.ask(seat, task, data, key=("file", content), urgent=True)
    while not job.wait(0.1):
        says = f"{jobs.words(job)}." if job.state == "waiting" else "Opening your picture …"
        if says != told and time.monotonic() - began > PATIENCE:
            told = says
            place.caption(says)
        jobs.give_way()
    place.empty()
    return job.value()
