"""JSON from anybody: what fits is read, what does not is a ValueError that says where."""

from dataclasses import dataclass, field

import pytest
from pydantic import FiniteFloat

from aecore import records


@dataclass(frozen=True)
class Inner:
    value: FiniteFloat


@dataclass(frozen=True)
class Outer:
    name: str
    sizes: tuple[int, ...] = ()
    inner: dict[str, Inner] = field(default_factory=dict)


def test_what_fits_is_read_into_its_dataclasses():
    text = '{"name": "a", "sizes": [1, 2], "inner": {"b": {"value": 3}}}'
    assert records.read(Outer, text) == Outer("a", (1, 2), {"b": Inner(3.0)})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "JSON"),
        ("[" * 5000, "recursion"),
        ("9" * 5000, "JSON"),
        ("[]", "object"),
        ("{}", "name"),
        ('{"name": 1}', "name"),
        ('{"name": "a", "surprise": 1}', "surprise"),
        ('{"name": "\\ud800"}', "JSON"),
        ('{"name": "a", "sizes": [1.5]}', "sizes.0"),
        ('{"name": "a", "sizes": [true]}', "sizes.0"),
        ('{"name": "a", "inner": {"b": {"value": NaN}}}', "inner.b.value"),
        ('{"name": "a", "inner": {"b": {"value": 1e999}}}', "inner.b.value"),
        ('{"name": "a", "inner": {"b": {"value": "1"}}}', "inner.b.value"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(text, says):
    with pytest.raises(ValueError, match=says) as caught:
        records.read(Outer, text)
    assert "\n" not in str(caught.value)
