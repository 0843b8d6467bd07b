"""The JavaScript of components by address, which a browser fetches once.

Streamlit sends a component's whole text again whenever its data have changed: a stroke on Denoise brought 200 kB of
scripts that were there already. So the text that goes with the data only names the address of the other.

    app = st.App("pages/lab.py", routes=ROUTES)      # in the server,
    begin()                                          # which says so

An address names the content by its hash: browsers keep what they got for good. Without the routes (a test, a script
that mounts one component) the text goes with the data, as Streamlit has it.
"""

import gzip
import hashlib

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PREFIX = "scripts"
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}
# Its own address is a blob's, from which nothing can be relative; a line that broke once is tried again.
_NAMES = """const address = new URL("{address}", location.href).href
const { default: mount } = await import(address).catch(() => import(`${address}?again`))
export default mount
"""

_served = False
_packed: dict[str, bytes] = {}  # hash -> a script, gzipped


def begin() -> None:
    """This process serves ROUTES: components mounted from now on are sent by address."""
    global _served
    _served = True


def offer(source: str) -> str:
    """What a component's message has in place of its script."""
    if not _served:
        return source
    name = hashlib.blake2b(source.encode(), digest_size=16).hexdigest()
    if name not in _packed:
        _packed[name] = gzip.compress(source.encode(), mtime=0)
    return _NAMES.replace("{address}", f"{PREFIX}/{name}.js")


async def get(request: Request) -> Response:
    """200 with the script; 404 when there is none with this content."""
    packed = _packed.get(request.path_params["name"])
    if packed is None:
        return Response(status_code=404)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(packed), media_type="text/javascript", headers=_HEADERS)
    return Response(packed, media_type="text/javascript", headers=_HEADERS | {"Content-Encoding": "gzip"})


ROUTES = [Route(f"/{PREFIX}/{{name}}.js", get)]
