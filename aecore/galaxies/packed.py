"""All galaxies as one file for a browser: their pictures, codes, places on the map and scores."""

import functools
import json
import struct

import numpy as np

from aecore.data.galaxies import CLASSES, galaxies
from aecore.galaxies import table
from aecore.galaxies.flaws import MISSING_COLUMNS

SCORES = ("error", "line", "median")


def packed() -> bytes:
    """Length of the head (uint32, little endian), the head (JSON), codes (float16), then the pictures (WebP).

    The head says of each galaxy name, kind (of CLASSES), whether it is a test galaxy, whether a column is missing, its
    place on the map, its scores, and how many bytes its picture has, in order.

    Raises: DataError: the pictures or their codes are missing or damaged.
    """
    path = table.results_file().with_suffix(".safetensors")
    return _packed(path.stat().st_mtime_ns if path.exists() else 0)


@functools.lru_cache(maxsize=1)
def _packed(changed: int) -> bytes:
    sky = table.load_sky()
    every = [(galaxy, split == "test") for split in ("train", "test") for galaxy in galaxies(split)]
    codes = sky["codes"].numpy().astype("<f2")
    head = {
        "dim": codes.shape[1],
        "scores": list(SCORES),
        "galaxies": [
            {
                "name": galaxy.name,
                "kind": CLASSES.index(galaxy.kind),
                "test": test,
                "flawed": galaxy.name in MISSING_COLUMNS,
                "place": [round(float(value), 4) for value in sky["places"][i]],
                "scores": [float(f"{sky[score][i]:.4g}") for score in SCORES],
                "bytes": len(galaxy.webp),
            }
            for i, (galaxy, test) in enumerate(every)
        ],
    }
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)  # the codes begin at an even place
    return b"".join([struct.pack("<I", len(text)), text, np.ascontiguousarray(codes).tobytes()]) + b"".join(
        galaxy.webp for galaxy, _ in every
    )
