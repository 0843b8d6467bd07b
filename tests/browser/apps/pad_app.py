"""A two-page app for the pad's tests: it prints what Python sees."""

import sys
import zlib
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from ui.input.pad import pad, set_strokes
from ui.input.pad.strokes import stroke

ONE = [stroke([(0.5, 0.2), (0.5, 0.8)])]


def report(drawing, name):
    history = st.session_state.setdefault(f"{name}-history", [])
    if not history or history[-1] != (drawing.seq, drawing.final):
        history.append((drawing.seq, drawing.final))
    values = {
        "seq": drawing.seq,
        "final": drawing.final,
        "empty": drawing.empty,
        "strokes": len(drawing.strokes),
        "ink": int(drawing.image.sum()) // 255,
        "sum": zlib.crc32(drawing.image),
        "live": sum(not final for _, final in history),
    }
    st.text(" ".join(f"{key}={value};" for key, value in values.items()))


@st.fragment
def stage():
    left, right = st.columns(2)
    with left:
        st.button("Load a one", on_click=set_strokes, args=("digit", ONE))
        drawing = pad("digit")
    with right:
        report(drawing, "digit")
        st.image(drawing.image, width=112)


def first():
    st.title("First page")
    stage()
    st.markdown("\n\n".join(f"Line {i} below the pad." for i in range(60)))


def second():
    st.title("Second page")
    stage()


def wide():
    st.title("Wide page")
    drawing = pad("wide", size=600, initial=ONE, hint="Draw anything")
    report(drawing, "wide")


pages = [st.Page(first), st.Page(second), st.Page(wide)]
current = st.navigation(pages, position="hidden")
for page in pages:
    st.page_link(page)
current.run()
