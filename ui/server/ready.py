"""/ready: whether this server can show its pages, for whoever routes visitors to it; beside Streamlit's health probe.

{"ready": true, "version": "0.2.0", "models": {"loaded": 33, "broken": []}, "workers": {"alive": 1, ...}, ...}
"""

import threading

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ui import shell

PATH = "/ready"


async def get(request: Request) -> Response:
    """200 once all checkpoints that work are loaded and a worker waits for slow work; 503 until then.

    Whoever asks begins what a first visitor's page begins otherwise.
    """
    state = now()
    if not state["ready"]:
        threading.Thread(target=_begin, name="get ready", daemon=False).start()
    return JSONResponse(state, 200 if state["ready"] else 503, headers={"Cache-Control": "no-store"})


def now() -> dict:
    """How this process stands, as JSON can say it. Broken models do not keep it from being ready: pages say so."""
    if not shell.imported():
        return {"ready": False, "waits_for": "imports"}
    from aecore import __version__  # late: it brings torch
    from aecore.engine import get_engine
    from ui.server import jobs

    engine, queue = get_engine(), jobs.status()
    at_hand = set(engine.names())
    broken = sorted(at_hand & set(engine.problems()))
    left = sorted(at_hand - engine.loaded() - set(broken))
    ready = not left and bool(queue["alive"])
    return {
        "ready": ready,
        "waits_for": "" if ready else "models" if left else "workers",
        "version": __version__,
        "device": str(engine.device),
        "models": {"loaded": len(engine.loaded()), "left": left, "broken": broken},
        "workers": {"alive": queue["alive"], "busy": queue["busy"]},
        "queue": {"waiting": queue["waiting"], "most": queue["most"]},
    }


def _begin() -> None:
    shell.import_torch()
    from ui import serving

    serving.warm_up()


ROUTES = [Route(PATH, get)]
