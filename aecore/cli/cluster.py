"""The command that puts the engine on a Ray cluster: serve."""

import signal
import threading
from typing import Annotated

import typer

from aecore.cli import screen

app = typer.Typer()


@app.command("serve")
def serve(
    address: Annotated[str, typer.Option(help="Who may ask by http: 127.0.0.1 for this machine alone.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where programs may ask by http.")] = 8000,
    replicas: Annotated[
        int, typer.Option(min=0, help="How many engines; 0: as many as there is work for, up to one a GPU or core.")
    ] = 0,
) -> None:
    """Put the engine on this machine's Ray cluster, or a Ray of its own, until Ctrl-C; for pages with AECORE_ENGINE."""
    from aecore.cluster import deployment  # late: only this command needs it

    screen.say("Starting, which takes some seconds.")
    room = deployment.start(address, port, replicas)
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):  # now: Ray has set its own
        signal.signal(number, lambda *_: over.set())
    screen.say(f"The engine is up; it may use {room}. For the pages: AECORE_ENGINE=ray://auto on this machine,")
    screen.say(f"ray://HOST:10001 from another one, or http://HOST:{port} without Ray. Ctrl-C ends it.")
    while not over.wait(0.5):  # a signal that a thread of Ray's receives wakes nobody
        pass
    deployment.stop()
