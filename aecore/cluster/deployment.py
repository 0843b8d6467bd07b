"""The engine on a Ray cluster: Ray Serve keeps replicas of it, which answer many questions by one call of a network.

A question is a network's name, its checkpoint's SHA-256, one of `aecore.engine.CALLS`, and the tensors of that. It
comes from a handle, or through Serve's HTTP door:

    POST /NAME/CALL?sha256=...   a safetensors file with the tensors "0", "1"...   200 with one that holds "answer",
                                                                                   400 with a sentence, 413 or 404
"""

import asyncio
import logging
import os
import socket
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from aecore.cluster.client import APP, ROWS
from aecore.engine import CALLS, Engine
from aecore.errors import AecoreError

TOGETHER = 64  # questions that one call answers at most,
WAIT = 0.002  # s that the first of them waits for others
MOST = 64_000_000  # bytes of a question
STORE = 256 * 2**20  # bytes that a Ray of its own keeps for what is under way
BUSY = 16  # questions under way for each replica, beyond which there is to be one more


@dataclass(frozen=True)
class Question:
    """What is asked; see above."""

    name: str
    sha256: str
    what: str
    inputs: list[Tensor]

    @property
    def kind(self) -> tuple:
        """Those alike are answered together."""
        return self.name, self.sha256, self.what, *((part.dtype, part.shape[1:]) for part in self.inputs)


class Replica:
    """One engine; a GPU each where there are any."""

    def __init__(self) -> None:
        from ray import serve

        self.engine = Engine()

        @serve.batch(max_batch_size=TOGETHER, batch_wait_timeout_s=WAIT)
        async def together(questions: list[Question]) -> list[Tensor | str]:
            return await asyncio.to_thread(answers, self.engine, questions)

        self._together = together

    async def answer(self, name: str, sha256: str, what: str, inputs: list[np.ndarray]) -> np.ndarray | str:
        """By a handle: the answer, or a sentence that says why there is none."""
        tensors = [torch.from_numpy(part.copy()) for part in inputs]  # Ray's arrays are read-only
        answer = await self._together(Question(name, sha256, what, tensors))
        return answer if isinstance(answer, str) else answer.numpy()

    async def __call__(self, request):
        """By HTTP."""
        from starlette.responses import PlainTextResponse, Response

        name, _, what = request.url.path.strip("/").partition("/")
        if request.method != "POST" or what not in CALLS:
            return PlainTextResponse(f"POST to /NAME/CALL, where CALL is one of {', '.join(CALLS)}.", 404)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST:
                return PlainTextResponse(f"A question has {MOST:,} bytes at most.", 413)
        try:
            tensors = load(bytes(body))
            inputs = [tensors[str(place)] for place in range(len(tensors))]
        except (SafetensorError, KeyError):
            return PlainTextResponse('Send a safetensors file with the tensors "0", "1"...', 400)
        answer = await self._together(Question(name, request.query_params.get("sha256", ""), what, inputs))
        if isinstance(answer, str):
            return PlainTextResponse(answer, 400)
        return Response(save({"answer": answer}), media_type="application/octet-stream")


def answers(engine: Engine, questions: list[Question]) -> list[Tensor | str]:
    """Answer questions, those alike by one call; a sentence for each that has no answer."""
    alike: dict[tuple, list[int]] = {}
    for place, question in enumerate(questions):
        alike.setdefault(question.kind, []).append(place)
    made: list[Tensor | str] = [""] * len(questions)
    for places in alike.values():
        several = [questions[place] for place in places]
        parts = _together(engine, several)
        if isinstance(parts, str) and len(places) > 1:  # one of them may have spoilt it for the others
            parts = [answer for question in several for answer in answers(engine, [question])]
        for place, part in zip(places, [parts] if isinstance(parts, str) else parts, strict=True):
            made[place] = part
    return made


def _together(engine: Engine, questions: list[Question]) -> list[Tensor] | str:
    first = questions[0]
    try:
        if first.name not in engine.loaded() and first.name not in engine.names():
            return f"The cluster has no checkpoint {first.name}."  # a path would be one, too
        if first.sha256 and engine.changed({first.name: first.sha256}):
            return f"The cluster has another checkpoint {first.name}."
        if not first.inputs or any(part.ndim == 0 or len(part) > ROWS for part in first.inputs):
            return f"A question has tensors of up to {ROWS:,} rows."
        inputs = [torch.cat(parts) for parts in zip(*(question.inputs for question in questions), strict=True)]
        whole = engine.answer(first.name, first.what, *inputs)
    except (AecoreError, ValueError, IndexError, RuntimeError) as error:
        return str(error)
    return [part.contiguous() for part in whole.split([len(question.inputs[0]) for question in questions])]


def start(address: str, port: int, replicas: int) -> str:
    """Put the engine on the Ray that runs on this machine, or on one of its own; what it may use, in words.

    Args:   address, port: of the HTTP door; replicas: how many, 0 for as many as there is work for, up to one a GPU, or
            one a core where there are no GPUs.
    Raises: AecoreError: Ray is not installed, or not where $RAY_ADDRESS says, or the port is not free.
    """
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "PYTHONPATH": _with(os.environ.get("PYTHONPATH", ""))}
    try:
        import ray
        from ray import serve

        logging.getLogger("ray.serve").setLevel(logging.WARNING)
    except ImportError as error:
        raise AecoreError("Ray is not installed here: pip install -r requirements-cluster.txt") from error
    _check_free(address, port)
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        ray.init("auto", **quiet)
    except ConnectionError as error:
        if named := os.environ.get("RAY_ADDRESS"):
            raise AecoreError(f"No Ray answers at {named}, as RAY_ADDRESS has it. Start it, or unset that.") from error
        ray.init("local", include_dashboard=False, object_store_memory=STORE, **quiet)
    gpus, cores = (int(ray.cluster_resources().get(kind, 0)) for kind in ("GPU", "CPU"))
    few = {"enable_access_log": False, "log_level": "WARNING"}
    serve.start(http_options={"host": address, "port": port}, logging_config=few)
    size = {"num_replicas": replicas} if replicas else {"autoscaling_config": _scaling(gpus or cores)}
    engine = serve.deployment(
        Replica,
        name="engine",
        max_ongoing_requests=2 * TOGETHER,
        ray_actor_options={"num_gpus": 1, "num_cpus": 0} if gpus else {"num_cpus": 1},
        **size,
    )
    serve.run(engine.bind(), name=APP, logging_config=few)
    return f"{gpus} GPUs" if gpus else f"{cores} cores"


def stop() -> None:
    """Take the engine off again, and end a Ray of its own."""
    import ray
    from ray import serve

    serve.shutdown()
    ray.shutdown()


def _scaling(most: int) -> dict:
    return {"min_replicas": 1, "max_replicas": max(1, most), "target_ongoing_requests": BUSY}


def _with(path: str) -> str:
    """This checkout in front of a PYTHONPATH: Ray's processes start elsewhere."""
    return os.pathsep.join(part for part in (str(Path(__file__).parents[2]), path) if part)


def _check_free(address: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise AecoreError(f"Port {port} cannot be opened: {error.strerror}. Choose another with --port.") from error
