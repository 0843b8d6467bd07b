"""The container's lock covers what requirements.txt asks for, with hashes; every licence in it is known."""

import json
import os
import re
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks import licences, lower_bounds
from tests.browser.conftest import ROOT

LOCK = (ROOT / "requirements.lock").read_text()


def wanted() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("requirement", wanted(), ids=str)
def test_a_version_that_is_asked_for_is_pinned(requirement):
    pinned = re.findall(rf"^{canonicalize_name(requirement.name)}==([^\s;]+)", LOCK, re.MULTILINE)
    assert pinned, f"{requirement} is not in requirements.lock: docs/deploy.md says how it is made"
    assert all(requirement.specifier.contains(version, prereleases=True) for version in pinned)


def test_the_lower_bounds_are_those_that_were_tested():
    record = json.loads(lower_bounds.RESULTS.read_text())
    assert record["bounds"] == lower_bounds.bounds(), "a bound has changed: run python -m benchmarks.lower_bounds"
    assert record["tests"].keys() == lower_bounds.TESTS.keys()
    assert not any(re.search(r"\b\d+ (failed|error)", outcome) for outcome in record["tests"].values())


def test_every_pin_has_hashes():
    pins = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(pins) > 50
    assert all("==" in pin and "--hash=sha256:" in pin for pin in pins)


def test_every_licence_here_is_one_that_we_know():
    if not os.environ.get("CI"):
        pytest.skip("other packages may be installed on a user's machine")
    unknown = []
    for name in licences.pinned():
        try:
            text = licences.licence(name)
        except metadata.PackageNotFoundError:
            continue  # of another kind of machine
        if not (licences.FREE.search(text) or licences.PROPRIETARY.match(name)):
            unknown.append((name, text))
    assert not unknown
