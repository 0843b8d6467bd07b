"""The numbers under pictures, explained in words for those who cannot hover."""

import streamlit as st

from ui.glossary import explain


def numbers() -> None:
    """What stands under the tiles, in words."""
    with st.popover("The numbers", icon=":material/help:"):
        terms = ("PSNR", "SSIM", "judge", "error map")
        st.markdown("\n\n".join(f"**{term[0].upper()}{term[1:]}.** {explain(term)}" for term in terms))
