"""The lab's server: Streamlit's own, and routes for what must not wait for a run of the script.

streamlit run app.py
"""

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from ui import shell
from ui.server import ask, files
from ui.server.late import Late

shell.begin("pages.home.strip")
base = f"/{st.get_option('server.baseUrlPath').strip('/')}".rstrip("/")  # below which path the lab is served, if any
routes = [Route(base + route.path, route.endpoint, methods=route.methods) for route in (*ask.ROUTES, *files.ROUTES)]
app = st.App("pages/lab.py", routes=routes, middleware=[Middleware(Late)], on_script_error=shell.failed)
