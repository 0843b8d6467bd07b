"""A page with one piece of slow work, which the link names: its gate and its log are files, see tests.ui.server."""

import streamlit as st

from ui.server import jobs

gate, log = st.query_params["gate"], st.query_params["log"]
job = jobs.ask("work", "tests.ui.server.tasks:until", gate, log, key=(gate, log))
st.text(f"It is {job.result or job.state}.")
if not job.over:
    jobs.follow("work")
