"""The command line: python -m aecore COMMAND; `python -m aecore --help` names them all."""

from aecore.cli import app

if __name__ == "__main__":
    app()
