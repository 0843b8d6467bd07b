"""The lab's server: Streamlit's own with one route more, by which pictures reach the pen without a run of the script.

streamlit run app.py
"""

import streamlit as st

from ui import answers, shell

shell.begin()
app = st.App("lab.py", routes=answers.ROUTES)
