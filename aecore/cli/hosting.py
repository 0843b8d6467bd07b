"""The command that serves the lab with several processes: host."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()
ROOT = Path(__file__).resolve().parents[2]


@app.command("host")
def host(
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many servers; one for each core is right.")] = 2,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where visitors come in.")] = 8501,
    address: Annotated[str, typer.Option(help="Whom it listens to: 127.0.0.1 for this machine alone.")] = "0.0.0.0",
) -> None:
    """Serve the lab with several processes on one port; a visitor stays with one of them."""
    command = [sys.executable, "-m", "ui.server.hosting", str(processes), address, str(port)]
    os.chdir(ROOT)
    if sys.platform == "win32":  # where nothing can take a process's place
        raise typer.Exit(subprocess.call(command))
    os.execv(command[0], command)  # the door needs none of what this command line has imported
