"""A toy page, which becomes `pages/toy/page.py` in a copy of the house."""

import streamlit as st

from ui import shell

shell.title("Toy", "One convolution blurs what it is shown.")

with shell.loading(300):
    from aecore.restore.compare import Damage, compare_denoising
    from ui.input.digit import example_digit
    from ui.output import verdict

comparison = compare_denoising(example_digit(0), Damage("gaussian", 0.3), ["toy"])
st.markdown(verdict.denoising(comparison)[0])
st.session_state["_toy_comparison"] = comparison
