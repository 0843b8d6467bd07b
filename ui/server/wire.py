"""What crosses between the server and its workers: a message as JSON, and its arrays as bare bytes behind it.

Not pickle, although both ends are ours: a worker opens visitors' pictures with libraries written in C, and should one
of these be overrun, what comes back is still data, which cannot run code in the server.

A message is made of None, numbers, texts, bytes, lists, tuples, dicts, arrays, tensors, Pillow pictures and dataclasses
of the engine.
"""

import io
import json
from dataclasses import fields, is_dataclass
from importlib import import_module
from multiprocessing.connection import Connection

import numpy as np
import torch
from PIL import Image


def send(connection: Connection, message: object) -> None:
    """Write one message. Raises: TypeError: it holds what cannot cross. OSError: the other end is gone."""
    arrays: list[np.ndarray] = []
    packed = _packed(message, arrays)
    head = {"message": packed, "arrays": [[array.dtype.str, array.shape] for array in arrays]}
    connection.send_bytes(json.dumps(head).encode())
    for array in arrays:
        if array.size:
            connection.send_bytes(array.reshape(-1).view(np.uint8))


def receive(connection: Connection) -> tuple[object, int]:
    """The next message, and how many bytes it took.

    Raises: EOFError, OSError: the other end is gone. ValueError, KeyError, TypeError: no message of ours.
    """
    text = connection.recv_bytes()
    head, arrays = json.loads(text), []
    for dtype, shape in head["arrays"]:
        if np.dtype(dtype).kind not in "biuf":
            raise ValueError(f"arrays of {dtype} do not cross")
        array = np.empty(shape, dtype)
        if array.size:
            connection.recv_bytes_into(array.reshape(-1).view(np.uint8))
        arrays.append(array)
    return _unpacked(head["message"], arrays), len(text) + sum(array.nbytes for array in arrays)


def _packed(value: object, arrays: list[np.ndarray]) -> object:
    """What JSON can say of a value; its arrays join the list."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return [_packed(item, arrays) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_packed(item, arrays) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[_packed(key, arrays), _packed(item, arrays)] for key, item in value.items()]}
    if isinstance(value, np.ndarray | np.generic):
        return {"array": _added(np.asarray(value), arrays)}
    if isinstance(value, torch.Tensor):
        return {"tensor": _added(value.detach().cpu().numpy(), arrays)}
    if isinstance(value, bytes):
        return {"bytes": _added(np.frombuffer(value, np.uint8), arrays)}
    if isinstance(value, Image.Image):
        file = io.BytesIO()
        value.save(file, "PNG", compress_level=1)
        return {"picture": _added(np.frombuffer(file.getvalue(), np.uint8), arrays)}
    if is_dataclass(value) and type(value).__module__.startswith("aecore."):
        held = {field.name: _packed(getattr(value, field.name), arrays) for field in fields(value) if field.init}
        return {"class": f"{type(value).__module__}:{type(value).__qualname__}", "fields": held}
    raise TypeError(f"{type(value).__qualname__} cannot cross to another process")


def _added(array: np.ndarray, arrays: list[np.ndarray]) -> int:
    """The place that an array gets in the list."""
    if array.dtype.kind not in "biuf":
        raise TypeError(f"arrays of {array.dtype} cannot cross to another process")
    arrays.append(np.ascontiguousarray(array).reshape(array.shape))
    return len(arrays) - 1


def _unpacked(value: object, arrays: list[np.ndarray]) -> object:
    if isinstance(value, list):
        return [_unpacked(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    if "class" in value:
        return _dataclass(value["class"])(**{name: _unpacked(item, arrays) for name, item in value["fields"].items()})
    ((kind, content),) = value.items()
    match kind:
        case "tuple":
            return tuple(_unpacked(item, arrays) for item in content)
        case "dict":
            return {_unpacked(key, arrays): _unpacked(item, arrays) for key, item in content}
        case "array":
            return arrays[content]
        case "tensor":
            return torch.from_numpy(arrays[content])
        case "bytes":
            return arrays[content].tobytes()
        case "picture":
            picture = Image.open(io.BytesIO(arrays[content]), formats=["PNG"])
            picture.load()
            return picture
    raise ValueError(f"a message holds no {kind}")


def _dataclass(name: str) -> type:
    """A dataclass of the engine: nothing else is ever called."""
    module, _, attribute = name.partition(":")
    if not module.startswith("aecore."):
        raise ValueError(f"{name} is not of the engine")
    kind = getattr(import_module(module), attribute, None)
    if not (isinstance(kind, type) and is_dataclass(kind)):
        raise ValueError(f"{name} is not a dataclass")
    return kind
