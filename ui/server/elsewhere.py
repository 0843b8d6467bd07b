"""Workers on other machines: a Ray cluster runs what `ui.server.worker` runs here otherwise; nothing else changes.

$AECORE_WORKERS names the cluster: ray://HOST:PORT or ray://auto, as for $AECORE_ENGINE. The task calls back: it
must reach a port that this machine opens for it, and both prove that they know a key, which only Ray carries. From then
on two threads hand on what each end says. Where nobody calls back in time, the worker is started here after all.
"""

import contextlib
import logging
import os
import secrets
import socket
import struct
import subprocess
import threading
import time
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, answer_challenge, deliver_challenge
from types import ModuleType
from urllib.parse import urlsplit

from aecore.cluster import link
from aecore.cluster.link import AwayError
from ui.server.worker import Process, here, work

REACH = 5.0  # s to connect to the cluster
CALL = 20.0  # s until a machine of the cluster must have called back
PROOF = 5  # s that a caller has to prove who they are
log = logging.getLogger("autoencoder_lab")


def begin(descriptor: int, megabytes: int) -> Process:
    """Start a worker's process where $AECORE_WORKERS says; by default on this machine, see `ui.server.worker.here`."""
    address = os.environ.get("AECORE_WORKERS", "").strip()
    return Elsewhere(address, descriptor, megabytes) if address else here(descriptor, megabytes)


class Elsewhere:
    """A worker's process on another machine; or on this one, once it has turned out that no other can be had."""

    def __init__(self, address: str, descriptor: int, megabytes: int):
        self._near, self._far = Connection(os.dup(descriptor)), None
        self._process: Process | None = None  # if it is here
        self._over, self._lock = threading.Event(), threading.Lock()
        threading.Thread(target=self._begin, args=(address, megabytes), name="worker elsewhere", daemon=True).start()

    def poll(self) -> int | None:
        """None while it runs."""
        return self._process.poll() if self._process else 0 if self._over.is_set() else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises: subprocess.TimeoutExpired: it runs on."""
        if self._process:
            return self._process.wait(timeout)
        if not self._over.wait(timeout):
            raise subprocess.TimeoutExpired("a worker elsewhere", timeout)
        return 0

    def kill(self) -> None:
        """End it: a worker that no longer hears its server ends itself, whatever it does."""
        with self._lock:
            self._over.set()
            if self._process:
                self._process.kill()
            if self._far:
                _hang_up(self._far)

    def _begin(self, address: str, megabytes: int) -> None:
        try:
            far = _called(address, megabytes, self._over)
        except (AwayError, OSError) as error:
            log.warning("No worker on %s: %s. It is started here.", address, error)
            self._begin_here(megabytes)
            return
        with self._lock:
            self._far = far
            if self._over.is_set():
                _hang_up(far)
        sending = threading.Thread(target=_hand_on, args=(self._near, far), name="to a worker", daemon=True)
        sending.start()
        _hand_on(far, self._near)
        sending.join()
        self._over.set()
        with self._near, far:
            pass

    def _begin_here(self, megabytes: int) -> None:
        with self._lock, self._near:
            if not self._over.is_set():
                with contextlib.suppress(OSError):  # then the queue hears that its end is closed
                    self._process = here(self._near.fileno(), megabytes)


def call(host: str, port: int, key: bytes, megabytes: int) -> None:
    """Be a worker for the server that waits there; what a Ray task does."""
    work(Client((host, port), authkey=key), megabytes)


def _called(address: str, megabytes: int, over: threading.Event) -> Connection:
    """Have a Ray task call back. Raises: AwayError: it does not."""
    ray, key = link.reach(address, REACH), secrets.token_bytes(32)
    host = _own_address(address, ray)
    with socket.create_server((host, 0)) as door:
        port, task = door.getsockname()[1], ray.remote(call).options(num_cpus=1, max_retries=0)
        asked = link.within(REACH, lambda: task.remote(host, port, key, megabytes))
        deadline = time.monotonic() + CALL
        while not over.is_set() and time.monotonic() < deadline:
            door.settimeout(0.2)
            with contextlib.suppress(TimeoutError, AuthenticationError, EOFError, OSError):
                return _proven(door.accept()[0], key)
        with contextlib.suppress(AwayError):
            link.within(REACH, lambda: ray.cancel(asked, force=True))
    raise AwayError(f"no machine had a place for it within {CALL:.0f} s")


def _proven(caller: socket.socket, key: bytes) -> Connection:
    """The connection to whoever called, once they have shown that they know the key, as `Client` does.

    Raises: AuthenticationError, EOFError, OSError: they have not.
    """
    with caller:
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _wait_at_most(caller, PROOF)
        connection = Connection(os.dup(caller.fileno()))
        try:
            deliver_challenge(connection, key)
            answer_challenge(connection, key)
        except BaseException:
            connection.close()
            raise
        _wait_at_most(caller, 0)
    return connection


def _wait_at_most(end: socket.socket, seconds: int) -> None:
    """For what comes; 0 for ever."""
    end.setblocking(True)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", seconds, 0))


def _hand_on(source: Connection, sink: Connection) -> None:
    """Until one end closes; then the other one is."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            sink.send_bytes(source.recv_bytes())
    for end in (source, sink):
        _hang_up(end)


def _hang_up(end: Connection) -> None:
    """Whoever reads or writes at either end of it hears that it is over."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(end.fileno())) as its:
        its.shutdown(socket.SHUT_RDWR)


def _own_address(address: str, ray: ModuleType) -> str:
    """Of this machine, as the cluster sees it."""
    if address == link.AUTO:
        return ray.util.get_node_ip_address()
    there = urlsplit(address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((there.hostname, there.port))  # says nothing to anybody
        return probe.getsockname()[0]
