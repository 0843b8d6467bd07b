"""Files that browsers fetch by address, once: networks that they run, large and small, digits, codes,
galaxies.

    address("ae-conv", sha256)                 # in a page, for a component's data
    app = st.App("pages/lab.py", routes=ROUTES)      # in the server

An address names the content by its SHA-256, so browsers keep what they got for good, a retrained network has another
address, and no session's state is needed to answer. We chose a route of the server over
- the data of a component: a large one holds up the other messages of its session, and asking for it with a widget's
  value costs a run of the script, in which a click of the same moment can be lost (Streamlit's browser side sends both
  values in one message that names one fragment only);
- static serving, which needs copies or links of checkpoints/ in static/ and sends no Cache-Control.
The price: `streamlit run pages/lab.py`, without the routes, has no networks in the browser; all else works.
"""

import functools
import hashlib

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui import shell

PREFIX = "files"
DIGITS = "test-digits"
CODES = "digit-codes"
GALAXIES = "galaxies"
LEARNING = "learning-digits"
SMALL = ".aesn"  # how the names of small nets end
TABLES = "-tables"  # at the end of a network's name: how often each symbol of its code occurs
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Encoding": "identity",  # weights do not compress, the digits are compressed: no middleware shall try
    "X-Content-Type-Options": "nosniff",
}


def address(name: str, sha256: str) -> str:
    """Where the browser gets a file, relative to the page.

    Args: name: a checkpoint's, a small net's file, DIGITS, CODES, GALAXIES, LEARNING, or a network's and TABLES;
          sha256: see `_content`.
    """
    return f"{PREFIX}/{name}/{sha256}"


async def get(request: Request) -> Response:
    """200 with the bytes of a .safetensors or gzipped IDX file; 404 when there is none with this content."""
    content = await run_in_threadpool(_content, **request.path_params)
    if content is None:
        return Response(status_code=404)
    return Response(content, media_type="application/octet-stream", headers=_HEADERS)


def _content(name: str, sha256: str) -> bytes | None:
    """The digits by the hash of their file, networks by that of their tensors, which is on their card; a visitor's own
    as long as they are here."""
    shell.import_torch()  # aecore needs it, and the server did not wait
    if name == DIGITS:
        from aecore.errors import DataError

        try:
            return digits() if sha256 == digits_sha256() else None
        except DataError:  # the pages say so
            return None
    if name in OTHERS or name.endswith(SMALL):
        content = OTHERS[name]() if name in OTHERS else small_net(name)
        return content if content is not None and sha256 == hashlib.sha256(content).hexdigest() else None
    if name.endswith(TABLES):
        from aecore.compression import codes as compression

        network = name.removesuffix(TABLES)
        place = compression.path(network)
        content = place.read_bytes() if network in compression.NETWORKS and place.exists() else None
        return content if content is not None and sha256 == hashlib.sha256(content).hexdigest() else None
    from safetensors import SafetensorError
    from safetensors.torch import load as tensors_in

    from aecore import checkpoints
    from aecore.engine import get_engine

    guest = get_engine().guest(name)
    if guest is not None:
        return guest.data if guest.card.sha256 == sha256 else None
    if name not in checkpoints.names():
        return None
    try:
        content = (checkpoints.folder() / f"{name}.safetensors").read_bytes()
        sha256_now = checkpoints.digest(tensors_in(content))  # browsers keep it: it must be whole
    except (SafetensorError, OSError, ValueError):  # damaged, or it has gone since
        return None
    return content if sha256_now == sha256 else None


@functools.cache
def digits() -> bytes:
    """The file with the pixels of the test digits, as the data set has it: gzipped IDX. Raises: DataError."""
    from aecore.data.digits import packed_file  # late: it brings torch

    return packed_file("t10k-images-idx3-ubyte.gz")


@functools.cache
def digits_sha256() -> str:
    """Of that file."""
    return hashlib.sha256(digits()).hexdigest()


def codes() -> bytes | None:
    """The file with the codes of the training digits; None where it cannot be read."""
    from aecore.retrieval import base  # late: it brings torch

    try:
        return base.path().read_bytes()
    except OSError:
        return None


def sky() -> bytes | None:
    """The file with all galaxies; None where it cannot be made."""
    from aecore.errors import DataError
    from aecore.galaxies.packed import packed  # late: it brings torch

    try:
        return packed()
    except DataError:  # the page says so
        return None


def learning_digits() -> bytes | None:
    """The digits that browsers train on; None where they cannot be read."""
    from aecore.errors import DataError
    from aecore.learning import digits as learning  # late: it brings torch

    try:
        return learning.packed()
    except DataError:  # the page says so
        return None


OTHERS = {CODES: codes, GALAXIES: sky, LEARNING: learning_digits}


def small_net(name: str) -> bytes | None:
    """The file of a small net; None where there is no such name, or it cannot be read."""
    from aecore.compression import small_nets  # late: it brings torch

    paths = {path.name: path for path in small_nets.paths()}
    try:
        return paths[name].read_bytes()
    except (KeyError, OSError):
        return None


ROUTES = [Route(f"/{PREFIX}/{{name}}/{{sha256}}", get)]
