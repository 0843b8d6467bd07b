"""Files come whole or not at all, and what a killed process left is cleared."""

import os
import stat
import subprocess
import sys

import pytest

from aecore import storage


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_cannot_be_finished_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    storage.write_whole(path, b"old")

    def interrupted(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        storage.write_whole(path, b"new")
    assert path.read_bytes() == b"old" and names(tmp_path) == ["a.png"]


def test_links_permissions_and_long_names_stay(tmp_path):
    path, link = tmp_path / ("é" * 120 + ".png"), tmp_path / "link.png"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    storage.write_whole(link, b"new")
    assert link.is_symlink() and path.read_bytes() == b"new" and stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_device_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)
    storage.write_whole(pipe, b"through")
    assert reader.communicate(timeout=10)[0] == b"through" and stat.S_ISFIFO(pipe.stat().st_mode)


def test_the_check_beforehand_fails_where_writing_would(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"x")
    for path in (tmp_path, file / "a.png", tmp_path / "none" / "a.png", tmp_path / ("x" * 300)):
        for attempt in (storage.check_writable, lambda path: storage.write_whole(path, b"x")):
            with pytest.raises(OSError):
                attempt(path)
    with pytest.raises(OSError, match="MB are free"):
        storage.check_writable(tmp_path / "a", 10**18)
    storage.check_writable(tmp_path / "a")
    storage.check_writable(file)
    assert names(tmp_path) == ["file"] and file.read_bytes() == b"x"


def test_leftovers_go_and_what_is_in_the_making_stays(tmp_path):
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    gone = int(dead.stdout)
    theirs = f".vae.safetensors.{os.getppid()}-00000000.partial"
    for name in (
        f".vae.safetensors.{gone}.partial",
        f".x.{gone}-0123abcd.partial",
        theirs,
        ".vae.state.partial",
        "x.partial",
    ):
        (tmp_path / name).write_bytes(b"x")
    storage.clear_leftovers(tmp_path)
    assert names(tmp_path) == sorted([theirs, ".vae.state.partial", "x.partial"])
    os.utime(tmp_path / theirs, (0, 0))  # a process that came to the same number long after
    storage.clear_leftovers(tmp_path)
    assert names(tmp_path) == [".vae.state.partial", "x.partial"]
