"""The command line, one file a group of commands; `app` holds them all."""

import errno
import sys
from typing import Any

import torch
import typer
from typer.core import TyperGroup

from aecore.cli import (
    anomaly,
    assistants,
    cluster,
    compression,
    galaxies,
    generation,
    hosting,
    maps,
    pictures,
    retrieval,
    screen,
    shrinking,
    signals,
    training,
)
from aecore.errors import AecoreError


class Commands(TyperGroup):
    """All commands: an error meant for people is one line and exit code 1, never a traceback."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run; what is wrong with the arguments is said in plain lines: rich would break a path in them."""
        screen.begin()
        try:
            sys.exit(super().main(*args, **options | {"standalone_mode": False}))
        except typer.TyperException as error:
            error.show()
            sys.exit(error.exit_code)

    def invoke(self, ctx: typer.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except AecoreError as error:
            screen.complain(str(error))
        except (MemoryError, torch.OutOfMemoryError):
            screen.complain("The memory did not suffice. Close other programs, or set AECORE_DEVICE=cpu.")
        except OSError as error:  # what no command expected, such as a full disk under its log
            if error.errno == errno.EPIPE:
                raise
            place = f": {error.filename}" if error.filename else ""
            screen.complain(f"{error.strerror or error}{place}. Make room, or choose another place, then try again.")
        raise typer.Exit(1)


app = typer.Typer(
    cls=Commands,
    help="Train, measure and use the autoencoders of the lab.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
GROUPS = (
    training, pictures, signals, maps, generation, hosting, retrieval, shrinking, anomaly, compression, galaxies,
    assistants, cluster,
)  # fmt: skip
for group in GROUPS:
    app.add_typer(group.app)
