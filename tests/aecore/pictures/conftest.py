"""Two of the lab's own test photographs."""

import pytest

from aecore.data.photos import load_photos


@pytest.fixture(scope="session")
def camera():
    return load_photos("test")["camera"]


@pytest.fixture(scope="session")
def chelsea():
    return load_photos("test")["chelsea"]
