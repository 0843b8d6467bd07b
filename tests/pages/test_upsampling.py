"""The Upsampling page: its arithmetic in node against torch, its settings, its words, and the page itself."""

import base64
from dataclasses import asdict, replace

import pytest
import torch
import torch.nn.functional as F
from torch.nn.init import _calculate_fan_in_and_fan_out as fan_in_and_fan_out

from aecore import checkpoints
from aecore.data import load_digits
from aecore.models.upsampled import WAYS
from aecore.recipes import UPSAMPLED
from aecore.upsampling import table
from aecore.upsampling.checkerboard import overlap, period_two
from pages.upsampling import decoders, grid, measured, story, try_next
from pages.upsampling.decoders import OTHER
from pages.upsampling.grid import Settings
from tests import node
from tests.visits import shown, sound, visit

PAGE = "upsampling"
RNG = torch.Generator().manual_seed(0)
X = torch.randint(-9, 10, (4, 4), generator=RNG).double()
models = pytest.mark.skipif(not set(UPSAMPLED) <= set(checkpoints.names()), reason="no trained models here")

ENLARGE = """async (load, cases) => {
    const { enlarge } = await load("/pages/upsampling/grid/arithmetic.js")
    return cases.map(([settings, x, weights]) => {
        const { side, out, terms } = enlarge(settings, x, weights)
        return { side, out, counts: terms.map((one) => one.length) }
    })
}"""


def expected(way: str, kernel: int, stride: int, padding: int, weights: torch.Tensor) -> torch.Tensor:
    x = X[None, None]
    if way == "transposed":
        return F.conv_transpose2d(x, weights[None, None], stride=stride, padding=padding)[0, 0]
    if way == "unpooling":
        return F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2)[0, 0]
    aligned = {"align_corners": False} if way == "bilinear" else {}
    return F.interpolate(x, scale_factor=stride, mode=way, **aligned)[0, 0]


def test_the_grid_computes_what_torch_computes():
    cases = [("transposed", k, s, p) for k in grid.KERNELS for s in grid.STRIDES for p in range((k - 1) // 2 + 1)]
    cases += [(way, 3, factor, 0) for way in ("nearest", "bilinear", "unpooling") for factor in grid.STRIDES]
    weights = {k: torch.randn(k, k, generator=RNG).double() for k in grid.KERNELS}
    asked = [
        [dict(zip(("way", "kernel", "stride", "padding"), case, strict=True)), X.flatten().tolist(),
         weights[case[1]].flatten().tolist()]
        for case in cases
    ]  # fmt: skip
    for case, answer in zip(cases, node.run(ENLARGE, asked), strict=True):
        torch_says = expected(*case, weights[case[1]])
        assert answer["side"] == len(torch_says), case
        torch.testing.assert_close(torch.tensor(answer["out"]).double(), torch_says.flatten())
        if case[0] == "transposed":
            assert answer["counts"] == overlap(4, *case[1:]).flatten().tolist(), case


FAR = """async (load, cases) => {
    const { inside, tent } = await load("/pages/upsampling/grid/arithmetic.js")
    const { verdictText } = await load("/pages/upsampling/grid/words.js")
    return cases.map(([kernel, stride, weights]) => {
        const settings = { way: "transposed", kernel, stride }
        const used = weights ?? tent(kernel, stride)
        return { ...inside(settings, used), says: verdictText(settings, inside(settings, used)), used }
    })
}"""


@pytest.mark.parametrize("kernel", [3, 4, 5])
def test_far_from_the_border_a_flat_picture_is_what_the_verdict_says(kernel):
    weights = torch.randint(-4, 5, (kernel, kernel), generator=RNG).double() / 2
    ones = torch.ones(kernel, kernel)
    far, counted, tented = node.run(
        FAR, [[kernel, 2, w.flatten().tolist()] for w in (weights, ones)] + [[kernel, 2, None]]
    )
    for answer, w in (
        (far, weights),
        (counted, ones.double()),
        (tented, torch.tensor(tented["used"]).reshape(kernel, -1)),
    ):
        made = F.conv_transpose2d(torch.ones(1, 1, 9, 9).to(w), w[None, None], stride=2)[0, 0][6:-6, 6:-6]
        assert answer["sums"] == pytest.approx(sorted({round(float(value), 6) for value in made.flatten()}), abs=1e-5)
        assert answer["counts"] == overlap(9, kernel, 2, 0)[6:-6, 6:-6].unique().tolist()
        assert ("stays flat" in answer["says"]) == (len(answer["sums"]) == 1)
    assert ("checkerboard" in counted["says"]) == (kernel % 2 == 1)


SHARES = """async (load, pictures) => {
    const { periodTwo } = await load("/pages/upsampling/decoders/spectrum.js")
    return pictures.map((x) => periodTwo(new Float32Array(x)))
}"""


def test_the_browser_measures_the_energy_that_python_measures():
    x = torch.cat([torch.rand(2, 1, 28, 28, generator=RNG), torch.zeros(1, 1, 28, 28)])
    shares = node.run(SHARES, x.flatten(1).tolist())
    assert shares == pytest.approx(period_two(x).tolist(), rel=1e-6)


OPEN = """async (load, file, x, other) => {
    const { loadNetwork } = await load("/ui/live/network.js")
    const { openNetwork, fresh } = await load("/pages/upsampling/decoders/networks.js")
    const network = await loadNetwork(Uint8Array.from(atob(file), (c) => c.charCodeAt(0)).buffer)
    const opened = openNetwork(network)
    const [one, two] = [x, other].map((values) => new Float32Array(values))
    const placed = ["own", "corners", "other"].map((places) => [...opened.placed(one, places, two)])
    const names = Object.keys(network.shapes)
    const far = names.map((name) => Math.max(...fresh(name, network.shapes, network.shapes[name], 3).map(Math.abs)))
    const again = [5, 5, 6].map((seed) => [...openNetwork(network, seed).raw(one)])
    return { placed, again, far: Object.fromEntries(names.map((name, i) => [name, far[i]])) }
}"""


@models
@pytest.mark.parametrize("name", UPSAMPLED)
def test_the_browser_opens_a_network_as_python_does(name):
    x, other = (load_digits("test")[0][[place]].float() / 255 for place in (0, 1))
    model = checkpoints.load(name)
    file = base64.b64encode(checkpoints.path_of(name).read_bytes()).decode()
    answer = node.run(OPEN, file, x.flatten().tolist(), other.flatten().tolist())
    with torch.no_grad():
        for places, made in zip(decoders.WHOSE, answer["placed"], strict=True):
            torch_says = decoders.through(model, x, other, places)
            torch.testing.assert_close(torch.tensor(made), torch_says.flatten(), atol=1e-4, rtol=0)
    assert answer["again"][0] == answer["again"][1] != answer["again"][2]
    for key, module in model.named_modules():
        if hasattr(module, "reset_parameters"):  # torch begins as far from 0
            far = fan_in_and_fan_out(module.weight)[0] ** -0.5
            assert 0.9 * far < answer["far"][f"{key}.weight"] <= 1.0001 * far
            assert 0 < answer["far"][f"{key}.bias"] <= 1.0001 * far


@models
def test_it_opens_with_numbers_and_a_digit_through_all_decoders():
    at = shown(PAGE)
    state = at.session_state["_upsampling"]
    assert state.grid == Settings()
    assert set(state.digit.shares) == set(UPSAMPLED) and state.digit.places == decoders.OWN
    assert all(0 <= share < 0.05 for share in state.digit.shares.values())
    assert not at.warning


@models
def test_settings_stand_in_the_url_and_nonsense_does_no_harm():
    cells = "~".join(["9", "-0.5"] * 8)
    at = sound(
        visit(PAGE, up_way="nearest", up_kernel="4", up_stride="3", up_cells=cells, up_places="other", up_seed="7")
    )
    state = at.session_state["_upsampling"]
    assert state.grid == Settings("nearest", 4, 3, 0, (9.0, -0.5) * 8, (1.0,) * 16)
    assert state.digit.places == OTHER
    at = sound(
        visit(PAGE, up_way="<b>", up_kernel="9", up_padding="-1", up_cells="1~nan~2", up_places="x", up_seed="1e9")
    )
    assert at.session_state["_upsampling"].grid == Settings()
    assert at.session_state["_upsampling"].digit.places == decoders.OWN


@pytest.mark.parametrize(
    "given", [None, 3, [], {"way": 1, "kernel": True, "cells": [1]}, {"weights": [float("inf")] * 9}]
)
def test_what_the_browser_says_is_checked(given):
    assert grid.checked(given) == Settings()
    assert decoders.checked(given) == (0, decoders.OWN)
    settings = Settings("transposed", 4, 2, 1, tuple(map(float, range(16))), (0.5,) * 16, True)
    assert grid.checked(asdict(settings)) == settings


def test_bets_are_decided_by_what_torch_computes():
    assert try_next.flat(None) is None and try_next.flat(Settings()) is None
    assert try_next.flat(Settings(kernel=4, weights=(1.0,) * 16)).option == 1
    assert try_next.uneven(Settings(kernel=4, weights=try_next.UNEVEN)).option == 1
    assert try_next.inside(Settings()) == [1, 2, 4]


def test_the_prose_says_what_the_grid_does():
    assert "1 to 4 times" in story.sizes(Settings()) and "uneven" in story.sizes(Settings())
    assert "is even" in story.sizes(Settings(kernel=4, weights=(1.0,) * 16))
    assert all("16 numbers" in story.sizes(Settings(way)) for way in ("nearest", "bilinear"))


def test_the_takeaway_follows_the_numbers():
    row = table.Row(mse=0.01, psnr=20, read=99, trained=0.3, seen=0.3, error=2)
    places = [table.Places(0.06, 0.08, 0.02, 90, 2)] * table.SEEDS
    rows = {name: [row] * table.SEEDS for name in UPSAMPLED}
    curves = {name: [table.Moment(0, 70, 0.1), table.Moment(100, 0.3, 0.01)] for name in UPSAMPLED}
    untrained = {name: [0.7 if name == "up-nearest" else 60.0] * 20 for name in UPSAMPLED}
    made = table.Measured(rows, untrained, places, curves, 0.28, 0.067, 10_000, {})
    assert "Yes, here it does" in measured.takeaway(made) and "Even overlap alone" in measured.takeaway(made)
    left = rows | {"up-transposed-3": [replace(row, trained=3.0)] * table.SEEDS}
    assert "not all of it" in measured.takeaway(replace(made, rows=left))
    assert "7,056 bits" in measured.places(made) and len(WAYS) == 4
