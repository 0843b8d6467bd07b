"""The command that serves the lab with several processes: host."""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated

import typer

from aecore.errors import AecoreError

app = typer.Typer()
ROOT = Path(__file__).resolve().parents[2]
START = 300.0  # s that a server may take until it is ready
AGAIN = 2.0  # s before one that has ended is started again


@app.command("host")
def host(
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many servers; one for each core is right.")] = 2,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where visitors come in.")] = 8501,
    address: Annotated[str, typer.Option(help="Whom it listens to: 127.0.0.1 for this machine alone.")] = "0.0.0.0",
) -> None:
    """Serve the lab with several processes on one port; a visitor stays with one of them."""
    try:
        asyncio.run(_host(processes, address, port))
    except ImportError as error:
        raise AecoreError(f"{error.name} is not installed here. Install what requirements.txt lists.") from error


async def _host(processes: int, address: str, port: int) -> None:
    from aecore.cli.front import HEAD, Front  # late: whoever only trains needs none of it

    secret = secrets.token_hex()  # one for all: a cookie of one server holds with the others, too
    front = Front([0] * processes)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    keepers = [asyncio.create_task(_keep(front, place, processes, secret)) for place in range(processes)]
    try:
        try:
            door = await asyncio.start_server(front.serve, address, port, limit=HEAD, backlog=1024)
        except OSError as error:
            raise AecoreError(
                f"Port {port} cannot be opened: {error.strerror}. Choose another one with --port."
            ) from error
        typer.echo(f"Starting {processes} servers. The lab will be at http://{_shown(address)}:{port}")
        async with door:
            await stop.wait()
    finally:
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)


async def _keep(front, place: int, processes: int, secret: str) -> None:
    """One server: started, waited for, put behind the door, and started again when it ends."""
    while True:
        inner = _free_port()
        server = await asyncio.create_subprocess_exec(*_command(inner), cwd=ROOT, env=_environment(processes, secret))
        try:
            ended = asyncio.create_task(server.wait())
            if await _ready(inner, ended):
                front.ports[place] = inner
                typer.echo(f"Server {place + 1} of {processes} is ready.")
            await ended
            typer.echo(f"Server {place + 1} ended with code {server.returncode}; it is started again.", err=True)
        finally:
            front.ports[place] = 0
            if server.returncode is None:
                server.terminate()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(server.wait(), 10)
            if server.returncode is None:
                server.kill()
        await asyncio.sleep(AGAIN)


def _command(port: int) -> list[str]:
    options = {"port": port, "address": "127.0.0.1", "headless": "true"}
    said = [part for name, value in options.items() for part in (f"--server.{name}", str(value))]
    return [sys.executable, "-m", "streamlit", "run", "app.py", *said]


def _environment(processes: int, secret: str) -> dict[str, str]:
    """Of each server: they share the machine's workers for slow work, and its address."""
    trusted = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
    ours = {"STREAMLIT_SERVER_COOKIE_SECRET": secret, "FORWARDED_ALLOW_IPS": f"{trusted},127.0.0.1"}
    shared = {
        "AECORE_JOBS_WORKERS": str(max(1, 2 // processes)),
        "AECORE_JOBS_CACHE_MB": str(max(16, 160 // processes)),
    }
    return shared | os.environ | ours


async def _ready(port: int, ended: asyncio.Task) -> bool:
    """Whether a server has become ready; asking makes it load its models. One that is slow serves all the same."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START):
            while not ended.done():
                if await asyncio.to_thread(_says_ready, port):
                    return True
                await asyncio.sleep(0.5)
    return not ended.done()


def _says_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as answer:
            return bool(json.load(answer)["ready"])
    except (OSError, ValueError, KeyError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _shown(address: str) -> str:
    return "localhost" if address in ("0.0.0.0", "127.0.0.1") else address
