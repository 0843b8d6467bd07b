"""Several servers of the lab on one machine, and the door before them: what `python -m aecore host` becomes.

It is a small process; torch and Streamlit are the nursery's, which forks the servers and their workers, so that they
share what they have imported. Where there is no nursery, each server is a `streamlit run` of its own.
"""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

from ui.server import nursery
from ui.server.front import HEAD, Front

START = 300.0  # s that a server may take until it is ready
AGAIN = 2.0  # s before one that has ended is started again
LEAVE = 10.0  # s that a server may take to end


def main() -> int:
    """Serve until a signal comes; the exit code."""
    processes, address, port = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    return asyncio.run(_host(processes, address, port))


def serve(port: int) -> None:
    """Be a server, on this machine alone; what the nursery's children are asked to do."""
    from streamlit.web import cli  # late: only they need it

    sys.argv = ["streamlit", *_arguments(port)]
    cli.main(args=_arguments(port), prog_name="streamlit")


async def _host(processes: int, address: str, port: int) -> int:
    secret = secrets.token_hex()  # one for all: a cookie of one server holds with the others, too
    front = Front([0] * processes)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    try:
        door = await asyncio.start_server(front.serve, address, port, limit=HEAD, backlog=1024)
    except OSError as error:
        print(f"Port {port} cannot be opened: {error.strerror}. Choose another one with --port.", file=sys.stderr)
        return 1
    cradle = nursery.begin()
    keepers = [asyncio.create_task(_keep(front, place, processes, secret)) for place in range(processes)]
    try:
        print(f"Starting {processes} servers. The lab will be at http://{_shown(address)}:{port}", flush=True)
        async with door:
            await stop.wait()
    finally:
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        if cradle is not None:
            cradle.kill()
    return 0


async def _keep(front: Front, place: int, processes: int, secret: str) -> None:
    """One server: started, waited for, put behind the door, and started again when it ends."""
    environment = _environment(processes, secret)
    while True:
        inner = _free_port()
        server = await asyncio.to_thread(_start, inner, environment)
        try:
            ended = asyncio.create_task(_end(server))
            if await _ready(inner, ended):
                front.ports[place] = inner
                print(f"Server {place + 1} of {processes} is ready.", flush=True)
            await ended
            print(f"Server {place + 1} has ended; it is started again.", file=sys.stderr, flush=True)
        finally:
            front.ports[place] = 0
            server.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(_end(server), LEAVE)
            server.kill()
        await asyncio.sleep(AGAIN)


def _start(port: int, environment: dict[str, str]) -> nursery.Child | subprocess.Popen:
    server = nursery.fork("ui.server.hosting:serve", arguments=[port], environment=environment)
    if server is not None:
        return server
    command = [sys.executable, "-m", "streamlit", *_arguments(port)]
    return subprocess.Popen(command, cwd=nursery.ROOT, env=os.environ | environment)


async def _end(server: nursery.Child | subprocess.Popen) -> None:
    """Wait for it: no thread waits, of which there are few."""
    while server.poll() is None:
        await asyncio.sleep(0.2)


def _arguments(port: int) -> list[str]:
    options = {"port": port, "address": "127.0.0.1", "headless": "true"}
    said = [part for name, value in options.items() for part in (f"--server.{name}", str(value))]
    return ["run", "app.py", *said]


def _environment(processes: int, secret: str) -> dict[str, str]:
    """Of each server: they share the machine's workers for slow work, and its address."""
    trusted = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
    ours = {"STREAMLIT_SERVER_COOKIE_SECRET": secret, "FORWARDED_ALLOW_IPS": f"{trusted},127.0.0.1"}
    shared = {
        "AECORE_JOBS_WORKERS": str(max(1, 2 // processes)),
        "AECORE_JOBS_CACHE_MB": str(max(16, 160 // processes)),
    }
    return {name: os.environ.get(name, value) for name, value in shared.items()} | ours


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


if __name__ == "__main__":
    sys.exit(main())
