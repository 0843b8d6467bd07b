"""The command line: python -m aecore COMMAND; `python -m aecore --help` names them all."""

from rich.console import Console

from aecore.cli import app
from aecore.errors import AecoreError


def main() -> None:
    """Run the command line; an error meant for people is one line and exit code 1, never a traceback."""
    try:
        app()
    except AecoreError as error:
        Console(stderr=True).print(f"[red]{error}[/red]")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
