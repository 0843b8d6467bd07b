"""Where commands read and write: checked while the command line is read, before any work is done.

One rule for all commands: a picture is written as PNG, so its name ends in .png, in any case of letters; `-` is
standard output. What cannot be read or written is refused at once, in words.
"""

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import typer

from aecore import storage
from aecore.cli import screen
from aecore.errors import AecoreError

PNG, ZIP, COMPRESSED, CSV, FOLDER = ".png", ".zip", ".aec", ".csv", "a folder"


@dataclass(frozen=True)
class Source:
    """A file that the user named, or standard input; its size is looked at before it is read."""

    path: Path | None

    def read(self) -> bytes:
        """Its content. Raises: AecoreError: it is larger than any picture that we take, or cannot be read."""
        from aecore.intake.containers import MAX_BYTES

        too_large = f"{self} is larger than {MAX_BYTES / 2**20:.0f} MB. Save a smaller copy of the picture."
        try:
            if self.path is None:
                data = sys.stdin.buffer.read(MAX_BYTES + 1)
            else:
                with self.path.open("rb") as file:
                    if os.fstat(file.fileno()).st_size > MAX_BYTES:
                        raise AecoreError(too_large)
                    data = file.read(MAX_BYTES + 1)  # a pipe tells no size
        except OSError as error:
            raise AecoreError(f"{self} could not be read ({error.strerror or error}). Choose another file.") from error
        if len(data) > MAX_BYTES:
            raise AecoreError(too_large)
        return data

    def __str__(self) -> str:
        return "standard input" if self.path is None else str(self.path)


@dataclass(frozen=True)
class Destination:
    """Where a result goes: path, or None for standard output; kind: PNG, ZIP, COMPRESSED, CSV or FOLDER."""

    path: Path | None
    kind: str = PNG

    def write(self, data: bytes) -> None:
        """Write a file whole, or leave the old one there. Raises: AecoreError."""
        try:
            if self.path is None:
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            else:
                storage.write_whole(self.path, data)
        except BrokenPipeError:  # whoever read it has enough; typer ends quietly
            raise
        except OSError as error:
            raise AecoreError(f"{self} could not be written ({_reason(error)}). Choose another place.") from error

    def write_folder(self, files: dict[str, bytes]) -> None:
        """Write files into the folder, all of them or none. Raises: AecoreError."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            storage.write_together({self.path / name: data for name, data in files.items()})
        except OSError as error:
            raise AecoreError(f"{self} could not be written ({_reason(error)}). Choose another place.") from error

    def must_not_be(self, source: Source) -> None:
        """Refuse to write over the picture that is read. Raises: AecoreError."""
        with contextlib.suppress(OSError):
            if self.path is not None and source.path is not None and self.path.samefile(source.path):
                raise AecoreError(f"{self} is the picture itself. Choose another name for the result, with --out.")

    def __str__(self) -> str:
        return "standard output" if self.path is None else str(self.path)


def source(text: str) -> Source:
    """For typer: a file to read, or `-`. Raises: BadParameter: it is not there, or a folder."""
    if text == "-":
        if sys.stdin is None:
            raise typer.BadParameter("there is no standard input here: give a file")
        return Source(None)
    try:
        path = Path(text)
        if path.is_dir():
            raise typer.BadParameter(f"{screen.printable(text)} is a folder, not a picture")
        if not path.exists():
            raise typer.BadParameter(f"there is no file {screen.printable(text)}")
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{screen.printable(text)} cannot be read: {_reason(error)}") from error
    return Source(path)


def picture(text: str) -> Destination:
    """For typer: where one picture goes. Raises: BadParameter: another ending than .png, or a place that is none."""
    return _destination(text, (PNG,), "pictures are written as PNG: end the name in .png")


def compressed(text: str) -> Destination:
    """For typer: where compressed digits go. Raises: BadParameter: another ending than .aec, or no place."""
    return _destination(text, (COMPRESSED,), "compressed digits are written as .aec: end the name so")


def signal(text: str) -> Destination:
    """For typer: where a signal goes. Raises: BadParameter: another ending than .csv, or no place."""
    return _destination(text, (CSV,), "signals are written as .csv: end the name so")


def digits(text: str) -> Destination:
    """For typer: where digits go, as `picture`, or a .zip, or a folder: no ending, or a / at the end."""
    return _destination(text, (PNG, ZIP, FOLDER), "end the name in .png or .zip, or in / for a folder")


def _destination(text: str, kinds: tuple[str, ...], rule: str) -> Destination:
    if text == "-":
        if sys.stdout is None:
            raise typer.BadParameter("there is no standard output here: give a file")
        if sys.stdout.isatty():
            raise typer.BadParameter("a terminal shows no pictures: send it on, as in -o - > out.png")
        screen.leave_standard_output()
        return Destination(None)
    try:
        path = Path(text)
        folder = FOLDER in kinds and (path.is_dir() or not path.suffix or text.endswith(("/", os.sep)))
        kind = FOLDER if folder else path.suffix.lower()
        if path.exists() and not path.is_file() and not path.is_dir():  # a pipe, or /dev/null
            kind = kinds[0]
        if kind not in kinds:
            raise typer.BadParameter(f"{screen.printable(text)}: {rule}")
        if kind == FOLDER:
            storage.check_folder(path)
        else:
            storage.check_writable(path)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{screen.printable(text)} cannot be written: {_reason(error)}") from error
    return Destination(path, kind)


def _reason(error: Exception) -> str:
    """In words, and the folder that is missing by its name."""
    if isinstance(error, FileNotFoundError) and error.filename:
        return f"there is no folder {screen.printable(str(Path(error.filename).parent))}"
    return screen.printable(str(getattr(error, "strerror", None) or error))
