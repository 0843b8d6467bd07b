"""The lab's server: Streamlit's own, and routes for what must not wait for a run of the script.

streamlit run app.py
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from ui import log, shell
from ui.server import api, ask, batches, descriptors, files, garbage, patience, ready, scripts, theme_once
from ui.server.caps import Caps
from ui.server.descriptors import Descriptors
from ui.server.headers import Headers, frame_ancestors
from ui.server.late import Late
from ui.server.rates import Rates


@asynccontextmanager
async def running(app: st.App) -> AsyncIterator[None]:
    """While the server runs."""
    log.install()  # now that Streamlit and Uvicorn have theirs
    garbage.begin()
    forgetting = asyncio.create_task(garbage.forget_who_left())
    yield
    forgetting.cancel()


shell.begin("pages.home.strip")
patience.be_patient()
descriptors.be_sparing()
theme_once.install()
scripts.begin()
batches.install()
base = f"/{st.get_option('server.baseUrlPath').strip('/')}".rstrip("/")  # below which path the lab is served, if any
ours = (*api.ROUTES, *ask.ROUTES, *files.ROUTES, *ready.ROUTES, *scripts.ROUTES)
routes = [Route(base + route.path, route.endpoint, methods=route.methods) for route in ours]
middleware = [
    Middleware(Headers, frame_ancestors()),
    *map(Middleware, (Descriptors, Rates, patience.Patience, Caps, Late)),
]
app = st.App("pages/lab.py", lifespan=running, routes=routes, middleware=middleware, on_script_error=shell.failed)
