"""Home."""
import streamlit as st

from ui import shell

shell.enter()
st.title("Autoencoder Lab")
