"""Files written whole or not at all: beside their place, then renamed; and a check beforehand that this will work."""

import contextlib
import os
import re
import secrets
import shutil
import time
from pathlib import Path

_LEFTOVER = re.compile(r"\..*\.(\d+)(-[0-9a-f]{8})?\.partial")
_DAY = 86_400  # s


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that at any moment either the old content stands there or all of the new.

    A link stays a link, an old file's permissions stay, and what is no ordinary file (a pipe, /dev/null) is written to.
    Raises: OSError: it cannot be written; what stood there is untouched and nothing is left beside it.
    """
    write_together({path: data})


def write_together(files: dict[Path, bytes]) -> None:
    """Write several files: none takes its place before all are on the disk. Raises: as `write_whole`."""
    besides: list[tuple[Path, Path]] = []
    try:
        for place, data in files.items():
            path = place.resolve()
            if path.exists() and not path.is_file():
                path.write_bytes(data)  # a folder refuses
                continue
            _refuse_if_protected(path)
            besides.append((_beside(path), path))
            with besides[-1][0].open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                shutil.copymode(path, besides[-1][0])
        for beside, path in besides:
            beside.replace(path)
    finally:  # also when a signal interrupts
        for beside, _ in besides:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)


def check_writable(path: Path, size: int = 0) -> None:
    """Find out, before hours of work, whether `write_whole` can put `size` bytes there.

    Raises: OSError: as `write_whole` would, or there is no room.
    """
    path = path.resolve()
    if path.is_dir():
        raise IsADirectoryError(21, "it is a folder", str(path))
    if path.exists() and not path.is_file():
        return
    _refuse_if_protected(path)
    _try(_beside(path))
    free = shutil.disk_usage(path.parent).free
    if free < size:
        raise OSError(28, f"only {free / 1e6:.0f} MB are free, {size / 1e6:.0f} are needed", str(path.parent))


def check_folder(folder: Path) -> None:
    """The same for files in a folder that is there, or will be made. Raises: OSError."""
    ancestor = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not ancestor.is_dir():
        raise NotADirectoryError(20, f"{ancestor} is a file, not a folder", str(ancestor))
    _try(_beside(ancestor / folder.name))


def clear_leftovers(folder: Path) -> None:
    """Remove what processes that were killed while they wrote left in a folder; others' files in the making stay."""
    for path in folder.glob(".*.partial"):
        match = _LEFTOVER.fullmatch(path.name)
        if match and not _in_the_making(path, int(match[1])):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _try(beside: Path) -> None:
    try:
        beside.open("xb").close()
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    # 40 characters of the name: with them all a long one would not fit into the 255 bytes of a file name
    return path.with_name(f".{path.name[:40]}.{os.getpid()}-{secrets.token_hex(4)}.partial")


def _refuse_if_protected(path: Path) -> None:
    if path.exists() and not os.access(path, os.W_OK):  # a rename would not mind
        raise PermissionError(13, "it is write-protected", str(path))


def _in_the_making(path: Path, pid: int) -> bool:
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > _DAY:
            return False
    if os.name == "nt":  # where asking with os.kill would end the process
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # it is somebody else's
        return True
    return pid != os.getpid()  # nobody calls this while it writes
