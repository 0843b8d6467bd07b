"""Entry point of the lab: page config and navigation, nothing else.

    streamlit run app.py
"""

import streamlit as st

from ui import shell

st.set_page_config(page_title="Autoencoder Lab", page_icon="ui/icon.png", layout="wide")
shell.run()
