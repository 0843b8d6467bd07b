"""The lab's server: Streamlit's own, and routes for what must not wait for a run of the script.

streamlit run app.py
"""

import streamlit as st

from ui import answers, files, shell

shell.begin()
app = st.App("lab.py", routes=[*answers.ROUTES, *files.ROUTES])
