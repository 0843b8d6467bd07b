"""A two-page app for the pad's tests: it prints what Python sees."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from ui.pad import pad, set_strokes, stroke

ONE = [stroke([(0.5, 0.2), (0.5, 0.8)])]


def report(drawing, name):
    history = st.session_state.setdefault(f"{name}-history", [])
    if not history or history[-1] != (drawing.seq, drawing.final):
        history.append((drawing.seq, drawing.final))
    st.text(f"seq={drawing.seq}; final={drawing.final}; empty={drawing.empty}; strokes={len(drawing.strokes)};")
    st.text(f"ink={int(drawing.image.sum()) // 255}; sum={hash(drawing.image.tobytes())};")
    st.text(f"live={sum(not final for _, final in history)}; messages={len(history)};")


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
st.navigation(pages).run()
