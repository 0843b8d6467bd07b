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
import threading
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
    with contextlib.suppress(ImportError, OSError, ValueError):  # two descriptors a connection
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return asyncio.run(_host(processes, address, port))


def serve(port: int) -> None:
    """Be a server, on this machine alone; what the nursery's children are asked to do."""
    from streamlit.web import cli  # late: only they need it

    sys.argv = ["streamlit", *_arguments(port)]
    cli.main(args=_arguments(port), prog_name="streamlit")


async def _host(processes: int, address: str, port: int) -> int:
    front = Front([0] * processes)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    try:
        door = await asyncio.start_server(front.serve, address, port, limit=HEAD, backlog=1024)
    except OSError as error:
        print(f"Port {port} cannot be opened: {error.strerror}. Choose another one with --port.", file=sys.stderr)
        return 1
    servers = Servers(processes)
    keepers = [asyncio.create_task(_keep(front, place, servers)) for place in range(processes)]
    try:
        print(f"Starting {processes} servers. The lab will be at http://{_shown(address)}:{port}", flush=True)
        async with door:
            await stop.wait()
    finally:
        servers.closing = True
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        await asyncio.to_thread(servers.close)
    return 0


class Servers:
    """Starts servers: as children of a nursery, which is begun again when it has ended, or each by itself.

    closing: no more is started.
    """

    def __init__(self, processes: int):
        self.processes, self.closing = processes, False
        self._cradle = nursery.begin()
        self._starting = threading.Lock()
        self._environment = _environment(processes, secrets.token_hex())  # one secret: a cookie holds with all of them

    def start(self, port: int) -> nursery.Child | subprocess.Popen | None:
        """One more server; None once the lab closes. Raises: OSError: the machine cannot start it."""
        with self._starting:
            if self.closing:
                return None
            if self._cradle is not None and self._cradle.poll() is not None:
                self._cradle = nursery.begin()
            child = nursery.fork("ui.server.hosting:serve", arguments=[port], environment=self._environment)
            if child is not None or self.closing:
                return child
            command = [sys.executable, "-m", "streamlit", *_arguments(port)]
            return subprocess.Popen(command, cwd=nursery.ROOT, env=os.environ | self._environment)

    def close(self) -> None:
        """End the nursery, and with it whoever is left."""
        if self._cradle is not None:
            nursery.end(self._cradle, LEAVE)


async def _keep(front: Front, place: int, servers: Servers) -> None:
    """One server: started, waited for, put behind the door, and started again when it ends."""
    while not servers.closing:
        inner = _free_port()
        starting = asyncio.create_task(asyncio.to_thread(servers.start, inner))
        server = None
        try:
            server = await asyncio.shield(starting)
            if server is None:
                return
            ended = asyncio.create_task(_end(server))
            if await _ready(inner, ended):
                front.ports[place] = inner
                print(f"Server {place + 1} of {servers.processes} is ready.", flush=True)
            await ended
            print(f"Server {place + 1} has ended; it is started again.", file=sys.stderr, flush=True)
        except OSError as error:
            print(f"Server {place + 1} could not be started: {error.strerror}.", file=sys.stderr, flush=True)
        finally:
            front.ports[place] = 0
            with contextlib.suppress(OSError):  # the lab may close while one is being started
                server = server or await starting
            if server is not None:
                server.terminate()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(_end(server), LEAVE)
                server.kill()
        await asyncio.sleep(AGAIN)


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
        base = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
        address = "/".join(part for part in (f"http://127.0.0.1:{port}", base, "ready") if part)
        with urllib.request.urlopen(address, timeout=5) as answer:
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
