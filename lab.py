"""What every run begins with: page configuration and navigation, nothing else. app.py serves it."""

import streamlit as st

from ui import shell

st.set_page_config(page_title="Autoencoder Lab", page_icon="ui/icon.png", layout="wide")
shell.run()
