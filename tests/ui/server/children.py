"""What the children of a nursery do in tests; the nursery imports it, and with it nothing of weight."""

import errno
import json
import os
import signal

from ui.server import nursery


def no_room() -> int:
    """In place of os.fork."""
    raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))


if "NO_ROOM" in os.environ:
    os.fork = no_room


def say(descriptor: int, word: str) -> None:
    """Write where it stands and what it was given."""
    said = {"word": word, "variable": os.environ.get("WORD"), "pid": os.getpid(), "parent": os.getppid()}
    os.write(descriptor, json.dumps(said).encode())


def have_a_child(descriptor: int) -> None:
    """Ask the nursery for one more, and say its number."""
    child = nursery.fork(f"{__name__}:say", [descriptor], ["grandchild"])
    child.wait(60)


def stay(descriptor: int) -> None:
    """Say so, and stay."""
    os.write(descriptor, b"here")
    signal.pause()
