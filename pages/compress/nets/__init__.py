"""Small nets: how few bytes the judge and the denoiser need, run in the browser from the very file.

nets.recall()               # on the page itself
nets.show(engine, digit)    # in a fragment
"""

import functools
import hashlib

import streamlit as st

from aecore.compression import small_nets
from aecore.compression.small_nets import BITS, LEVELS, NETWORKS, SPARSITIES, Level, Measured
from aecore.engine import Engine
from ui import url
from ui.component import component
from ui.input.digit import PAD, Chosen
from ui.live import networks
from ui.output.picture import pixels
from ui.server import files

SETTING = "compress_net"  # in the URL, as "judge-96-4"
FIRST = ("judge", Level(0.92, 4))
UNITS = {"judge": "%", "dae": " dB"}
OF = {"judge": "of 10,000 test digits read right", "dae": "mean PSNR under four kinds of noise"}
TITLES = {"judge": "Judge", "dae": "Denoiser"}
KEY, FRESH = "compress_nets_view", "_compress_nets_fresh"

_NETS = component("pages/compress/nets/nets")


def recall() -> None:
    """On the page itself: the setting comes from the URL, or returns to it, and the view shows it."""
    if url.read(SETTING):
        st.session_state[FRESH] = st.session_state.get(FRESH, 0) + 1


def setting_now() -> tuple[str, Level]:
    """Which network at which level; the first for what makes no sense."""
    (text,) = url.get(SETTING)
    return {written(name, level): (name, level) for name in NETWORKS for level in LEVELS[name]}.get(text or "", FIRST)


def show(engine: Engine, digit: Chosen) -> None:
    """Dials, sizes, the digit through both, weights. Raises: DataError, PackedError, CheckpointError."""
    measured = small_nets.load()
    name, level = setting_now()

    def set_by_hand() -> None:
        said = st.session_state[KEY].get("setting")
        if isinstance(said, dict):
            wanted = {(one, at.sparsity, at.bits): (one, at) for one in NETWORKS for at in LEVELS[one]}
            chosen = (said.get("network"), said.get("sparsity"), said.get("bits"))
            if all(isinstance(part, str | float | int) for part in chosen) and chosen in wanted:
                url.put({SETTING: written(*wanted[chosen])})

    live = networks.runnable(NETWORKS)
    data = {
        "networks": {
            one: {
                "title": TITLES[one],
                "sha256": (sha256 := networks.reference(one)["sha256"] if one in live else ""),
                "address": files.address(one, sha256),
                "whole": measured.rows[one][small_nets.WHOLE].score[0],
                "single": measured.rows[one][small_nets.WHOLE].size,
                "unit": UNITS[one],
                "of": OF[one],
                "sparsities": list(SPARSITIES[one]),
            }
            for one in NETWORKS
        },
        "levels": [_level(measured, one, at) for one in NETWORKS for at in LEVELS[one]],
        "bits": list(BITS),
        "setting": {"network": name, "sparsity": level.sparsity, "bits": level.bits},
        "fresh": st.session_state.get(FRESH, 0),
        "x": pixels(digit.x),
        "pad": PAD if digit.seq is not None else "",
        "seq": digit.seq or 0,
    }
    _NETS(key=KEY, data=data, height="content", on_setting_change=set_by_hand)


def _level(measured: Measured, name: str, level: Level) -> dict:
    row = measured.rows[name][level.key]
    path = small_nets.path_of(name, level)
    sha256 = _sha256(name, level, path.stat().st_mtime_ns if path.exists() else 0)
    return {
        "network": name, "sparsity": level.sparsity, "bits": level.bits, "size": row.size, "score": row.score[0],
        "lost": row.lost, "half": row.half, "parts": measured.parts[name][level.key], "file": path.name,
        "address": files.address(path.name, sha256),
    }  # fmt: skip


@functools.lru_cache(maxsize=64)
def _sha256(name: str, level: Level, changed: int) -> str:
    return hashlib.sha256(small_nets.read_file(name, level)).hexdigest()


def written(name: str, level: Level) -> str:
    """A setting as it stands in the URL."""
    return f"{name}-{100 * level.sparsity:.0f}-{level.bits}"
