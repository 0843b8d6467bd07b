"""The way to an engine on other machines: asked with a time limit, and done without while it is away.

$AECORE_ENGINE says where it is:

    ray://HOST:PORT   a Ray cluster, through its client server (port 10001 unless `ray start` was told otherwise)
    ray://auto        the Ray that runs on this machine
    http://HOST:PORT  the same deployment through its own HTTP door: no Ray is needed here

Networks and checkpoints are here as well: cards, weights and gradients come from them, and answers while the cluster is
away. The cluster is asked for the checkpoint of the same SHA-256, so that both give the same numbers.
"""

import functools
import http.client
import logging
import os
import threading
import time
from collections import deque
from typing import Protocol
from urllib.parse import quote, urlsplit

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from aecore.cluster import link
from aecore.cluster.link import AwayError

SECONDS = 10.0  # that an answer may take
CONNECT = 2.0  # s until a machine must have taken a connection
AGAIN = 15.0  # s without the cluster, once it did not answer
APP = "aecore"  # the deployment's name
ROWS = 1024  # of a question at most; more of them are asked for one after the other
AWAY = "The machines that compute for this lab are away. This server computes by itself meanwhile, which may be slower."
FORMS = "ray://HOST:PORT, ray://auto or http://HOST:PORT"
log = logging.getLogger(__name__)


class RefusedError(Exception):
    """The cluster is there, and does not answer this."""


class Line(Protocol):
    """One way to ask."""

    def ask(self, name: str, sha256: str, what: str, inputs: list[Tensor], seconds: float) -> Tensor:
        """One answer. Raises: AwayError, RefusedError."""


class Cluster:
    """An engine elsewhere.

    problem: what visitors should know of it, "" while it answers.
    """

    def __init__(self, address: str, line: Line | None = None):
        self.address, self.problem = address, ""
        self._line, self._again, self._lock = line or _line(address), 0.0, threading.Lock()
        if self._line is None:
            self.problem = f"AECORE_ENGINE is '{address}', which is no address of a cluster: use {FORMS}. Until then "
            self.problem += "this server computes by itself."
            log.warning("%s", self.problem)

    def ask(self, name: str, sha256: str, what: str, inputs: tuple[Tensor, ...]) -> Tensor | None:
        """What `Engine.answer` gives there; None where that must be computed here."""
        if self._line is None or not self._may_ask():
            return None
        parts = zip(*(given.split(ROWS) for given in inputs), strict=True)
        try:
            answers = [self._line.ask(name, sha256, what, list(part), SECONDS) for part in parts]
        except RefusedError as error:
            log.info("The cluster does not answer for %s: %s", name, error)
            return None
        except AwayError as error:
            if not self.problem:
                log.warning("%s is away: %s", self.address, error)
            self.problem, self._again = AWAY, time.monotonic() + AGAIN
            return None
        if self.problem:
            log.warning("%s answers again", self.address)
            self.problem = ""
        return torch.cat(answers) if len(answers) > 1 else answers[0]

    def _may_ask(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if now < self._again:
                return False
            if self.problem:
                self._again = now + SECONDS  # one tries, and the others need not wait with it
            return True


def named() -> Cluster | None:
    """The cluster that $AECORE_ENGINE names now; None where it names none."""
    address = os.environ.get("AECORE_ENGINE", "").strip()
    return _cluster(address) if address else None


@functools.cache
def _cluster(address: str) -> Cluster:
    return Cluster(address)


def _line(address: str) -> Line | None:
    parts = urlsplit(address)
    try:
        whole = bool(parts.hostname) and parts.port is not None and not parts.path.strip("/")
    except ValueError:  # a port that is none
        return None
    if parts.scheme == "http" and whole:
        return Http(parts.hostname, parts.port)
    if parts.scheme == "ray" and (whole or address == link.AUTO):
        return Ray(address)
    return None


class Http:
    """The deployment's HTTP door; connections are used again."""

    def __init__(self, host: str, port: int):
        self._host, self._port = host, port
        self._idle: deque[http.client.HTTPConnection] = deque(maxlen=32)

    def ask(self, name: str, sha256: str, what: str, inputs: list[Tensor], seconds: float) -> Tensor:
        """As `Line.ask`."""
        body = save({str(place): part.contiguous() for place, part in enumerate(inputs)})
        path = f"/{quote(name, safe='')}/{what}?sha256={sha256}"
        status, answer = self._post(path, body, seconds)
        if status == 400:
            raise RefusedError(answer.decode(errors="replace"))
        if status != 200:
            raise AwayError(f"it answers {status}")
        try:
            return load(answer)["answer"]
        except (SafetensorError, KeyError) as error:
            raise AwayError("what it says is no answer") from error

    def _post(self, path: str, body: bytes, seconds: float) -> tuple[int, bytes]:
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._exchange(self._connected(), path, body, seconds)
        try:
            return self._exchange(connection, path, body, seconds)
        except AwayError as error:
            if isinstance(error.__cause__, TimeoutError):
                raise
            return self._exchange(self._connected(), path, body, seconds)  # it had been closed at the other end

    def _connected(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=CONNECT)
        try:
            connection.connect()
        except OSError as error:
            raise AwayError(str(error)) from error
        return connection

    def _exchange(
        self, connection: http.client.HTTPConnection, path: str, body: bytes, seconds: float
    ) -> tuple[int, bytes]:
        try:
            connection.sock.settimeout(seconds)
            connection.request("POST", path, body, {"Content-Type": "application/octet-stream"})
            response = connection.getresponse()
            status, answer = response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise AwayError(str(error) or type(error).__name__) from error
        if response.will_close:
            connection.close()
        else:
            self._idle.append(connection)
        return status, answer


class Ray:
    """The deployment's handle, through Ray."""

    def __init__(self, address: str):
        self._address, self._handle = address, None

    def ask(self, name: str, sha256: str, what: str, inputs: list[Tensor], seconds: float) -> Tensor:
        """As `Line.ask`."""
        link.reach(self._address, CONNECT)
        given = [part.numpy() for part in inputs]
        answer = link.within(seconds, lambda: self._call(name, sha256, what, given, seconds))
        if isinstance(answer, str):
            raise RefusedError(answer)
        return torch.from_numpy(answer.copy())  # Ray's arrays are read-only

    def _call(self, name: str, sha256: str, what: str, inputs: list, seconds: float) -> object:
        try:
            if self._handle is None:
                from ray import serve

                self._handle = serve.get_app_handle(APP)
            return self._handle.answer.remote(name, sha256, what, inputs).result(timeout_s=seconds)
        except Exception:
            self._handle = None
            raise
