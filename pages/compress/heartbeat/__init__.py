"""Heartbeats: a minute as few bytes, by a learnt code and by a wavelet's, drawn over the truth. Not for diagnosis.

heartbeat.recall()    # on the page itself
heartbeat.show()      # in a fragment
"""

import base64
import functools

import numpy as np
import streamlit as st

from aecore.compression import heartbeat
from aecore.compression.heartbeat import Learnt, Transform, Wavelet
from aecore.compression.heartbeat_net import read
from aecore.compression.heartbeat_table import LEARNT, STEPS, WAVELET
from aecore.data.heartbeats import CREDIT, MINUTE, NATIVE_BITS, RATE, TEST, strips
from ui import url
from ui.component import component
from ui.server import ask

SETTING = "compress_ecg"  # in the URL, as "213-1.5-0": whose strip, step, first second
FIRST = (TEST[0], 2.0, 0)
SECONDS, WIDE = MINUTE // RATE, 8  # s of a strip, and of it on the screen
KEY, FRESH = "compress_ecg_view", "_compress_ecg_fresh"
TITLES = {LEARNT: "Learnt code", WAVELET: "Wavelet"}

_STRIP = component("pages/compress/heartbeat/strip")


def recall() -> None:
    """On the page itself: the setting comes from the URL, or returns to it, and the view shows it."""
    if url.read(SETTING):
        st.session_state[FRESH] = st.session_state.get(FRESH, 0) + 1


def setting_now() -> tuple[int, float, int]:
    """Recording, step, first second; the default for each that makes no sense."""
    (text,) = url.get(SETTING)
    parts = (text or "").split("-")
    return checked(*(_number(part) for part in parts)) if len(parts) == len(FIRST) else FIRST


def checked(record: object, step: object, begin: object) -> tuple[int, float, int]:
    """A setting from whoever says it."""
    record = record if isinstance(record, int | float) and record in TEST else FIRST[0]
    step = step if isinstance(step, int | float) and step in STEPS else FIRST[1]
    begin = begin if isinstance(begin, int | float) and begin in range(SECONDS - WIDE + 1) else FIRST[2]
    return int(record), float(step), int(begin)


def show() -> None:
    """The two strips, and what may not be done with them. Raises: DataError, CheckpointError."""
    record, step, begin = setting_now()

    def set_by_hand() -> None:
        said = st.session_state[KEY].get("setting")
        if isinstance(said, dict):
            setting = checked(said.get("record"), said.get("step"), said.get("begin"))
            url.put({SETTING: "-".join(f"{part:g}" for part in setting)})

    data = {
        "people": [{"record": one, "title": f"Recording {one}"} for one in TEST],
        "steps": list(STEPS),
        "rate": RATE,
        "seconds": SECONDS,
        "wide": WIDE,
        "ratio": MINUTE * NATIVE_BITS / 8,
        "setting": {"record": record, "step": step, "begin": begin},
        "fresh": st.session_state.get(FRESH, 0),
        "shown": coded(record, step),
        "answers": ask.offer(KEY, answer),
    }
    _STRIP(key=KEY, data=data, height="content", on_setting_change=set_by_hand)
    st.caption(
        f":material/warning: **Not for diagnosis.** Broad: the recording; thin: what comes back from the bytes. A "
        f"minute as recorded takes {MINUTE * NATIVE_BITS // 8:,} bytes, {NATIVE_BITS} bits a sample. {CREDIT}"
    )


def answer(question: object) -> dict:
    """What a step makes of a strip, for the browser. Raises: ValueError: no such strip or step."""
    if not isinstance(question, dict) or question.get("record") not in TEST or question.get("step") not in STEPS:
        raise ValueError("no such strip")
    return coded(int(question["record"]), float(question["step"]))


@functools.lru_cache(maxsize=len(TEST) * len(STEPS))  # 130 kB each
def coded(record: int, step: float) -> dict:
    """A strip through both, from real bytes: as the browser shows it."""
    x = strips()[record]
    ways = []
    for name, transform in coders().items():
        data = heartbeat.encode(transform, x, step)
        recon = heartbeat.decode(transform, data, len(x), step)
        ways.append({"title": TITLES[name], "size": len(data), "prd": heartbeat.prd(x, recon), "recon": _int16(recon)})
    return {"record": record, "step": step, "truth": _int16(x), "ways": ways, "verdict": verdict(*ways)}


@functools.cache
def coders() -> dict[str, Transform]:
    """Both ways, by name."""
    return {LEARNT: Learnt(read()), WAVELET: Wavelet()}


def verdict(learnt: dict, wavelet: dict) -> str:
    """Who is better here, if that can be said of two points: smaller and nearer, or neither."""
    smaller, nearer = learnt["size"] < wavelet["size"], learnt["prd"] < wavelet["prd"]
    if smaller == nearer:
        return f"Here the {'learnt code' if smaller else 'wavelet'} is both smaller and nearer to the recording."
    first, second = ("learnt code", "wavelet") if smaller else ("wavelet", "learnt code")
    return f"The {first} takes fewer bytes, the {second} is nearer: the chart below compares them at the same error."


def _int16(line: np.ndarray) -> str:
    return base64.b64encode(np.clip(np.round(line), -32768, 32767).astype("<i2").tobytes()).decode()


def _number(text: str) -> float | None:
    try:
        return float(text) if len(text) < 8 else None
    except ValueError:
        return None
