"""What every run begins with: page configuration and navigation, nothing else. app.py serves it.

It stands in this folder, since beside a folder named pages/ Streamlit would serve pages/denoise.py for /denoise by
itself, without navigation, to the first visitor of a cold server.
"""

import streamlit as st

from pages import PAGES
from ui import shell, url
from ui.server import values

st.set_page_config(page_icon="ui/icon.png", layout="wide")
url.drop_impossible_numbers()
values.check()
shell.run(PAGES)
