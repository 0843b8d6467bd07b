"""The picture of a network: which boxes it has, where its bars stand, and what Python tells it."""

import base64
import json

import pytest
import torch

from aecore import checkpoints
from tests.networks import inner_values
from tests.node import run
from tests.ui.server.test_ask import SEVEN, ask
from tests.visits import sound, visit
from ui.input.digit import FIRST_EXAMPLE, example_digit
from ui.output import network, verdict

PLAN = """async (load, network, masked) => {
    const { planOf } = await load("/ui/output/network/boxes.js")
    const plan = planOf(network, masked)
    const place = (box) => plan.boxes.indexOf(box)
    const boxes = plan.boxes.map(({ kind, shape, from }) => [kind, shape.join("x"), from.map(place)])
    return { ...plan, boxes, code: plan.code && place(plan.code) }
}"""
BOXES = {
    "bottleneck-2": [  # beside the matrix there and back, 32 units each way
        ["input", "1x28x28", []],
        ["units", "32", [0]],
        ["code", "2", [0, 1]],
        ["units", "32", [2]],
        ["output", "1x28x28", [2, 3]],
    ],
    "ae-conv": [  # residual blocks stand in the box of what they change
        ["input", "1x28x28", []],
        ["maps", "32x14x14", [0]],
        ["maps", "64x7x7", [1]],
        ["code", "32", [2]],
        ["maps", "64x7x7", [3]],
        ["maps", "32x14x14", [4]],
        ["output", "1x28x28", [5]],
    ],
    "cvae": [  # both halves are told the class
        ["input", "1x28x28", []],
        ["label", "", []],
        ["maps", "16x14x14", [0, 1]],
        ["maps", "64x7x7", [2]],
        ["code", "16", [3]],
        ["maps", "64x7x7", [4, 1]],
        ["maps", "16x14x14", [5]],
        ["output", "1x28x28", [6]],
    ],
    "wide": [["input", "1x28x28", []], ["code", "500", [0]], ["output", "1x28x28", [1]]],
    "inpainter": [  # a U-Net: what the first half knows is handed across, and known pixels are kept
        ["input", "1x28x28", []],
        ["input", "1x28x28", []],
        ["maps", "32x14x14", [0, 1]],
        ["maps", "96x7x7", [2]],
        ["maps", "32x14x14", [3, 2]],
        ["output", "1x28x28", [4, 1, 0]],
    ],
}


def card(name: str) -> dict:
    """A card's network as its file has it."""
    data = checkpoints.path_of(name).read_bytes()
    length = int.from_bytes(data[:8], "little")
    return json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["card"])["network"]


@pytest.mark.parametrize("name", BOXES)
def test_boxes_are_what_the_card_lists(name):
    drawn = run(PLAN, card(name), name == "inpainter")
    assert drawn["boxes"] == BOXES[name]
    places = [box[0] for box in BOXES[name]]
    assert drawn["code"] == (places.index("code") if "code" in places else None)


def test_a_code_is_as_wide_as_it_is_and_stands_on_the_ground_where_nothing_is_negative():
    assert run(PLAN, card("dae"), False)["narrowest"] == 4704  # in a network that has no short code
    assert [run(PLAN, card(name), False)["positive"] for name in ("wide", "wide-sparse", "bottleneck-8", "vae")] == [
        *(True, True, False, False)
    ]


@pytest.mark.parametrize("n", [1, 2, 32, 64, 65, 256, 500, 1000])
def test_every_bar_can_be_pointed_at_and_pulled_to_any_height(n):
    answers = run(
        """async (load, n) => {
            const { barAt, grid, pulled } = await load("/ui/output/network/bars.js")
            const { rows, columns } = grid(n)
            return Array.from({ length: n }, (_, i) => {
                const [row, column] = [Math.floor(i / columns), i % columns]
                const [across, down] = [(column + 0.5) / columns, (row + 0.25) / rows]
                const low = (row + 0.75) / rows
                const code = { reach: 4, positive: false }
                const [at, high] = [barAt(n, across, down), pulled(i, n, down, code)]
                return [at, high, pulled(i, n, low, code), pulled(i, n, low, { reach: 4, positive: true })]
            })
        }""",
        n,
    )
    assert [at for at, *_ in answers] == list(range(n))
    for _, high, low, positive in answers:
        assert (high, low, positive) == pytest.approx((2, -2, 1))


def test_networks_that_do_not_run_in_the_browser_are_left_out():
    rows = [network.Row("photo-none", "dae"), network.Row("bottleneck-8", "ae", "8 numbers", "Still a 3.")]
    shown = network.message(rows, torch.zeros(1, 1, 28, 28))
    assert [row["label"] for row in shown["rows"]] == ["8 numbers"]
    assert len(shown["rows"][0]["sha256"]) == 64
    json.dumps(shown)


def test_home_says_what_became_of_the_digit_and_answers_as_it_runs(monkeypatch):
    shown = []
    monkeypatch.setattr(network, "_NETWORK", lambda key, data, **_: shown.append(data))
    at = sound(visit("home"))
    first = shown[-1]
    assert [row["label"] for row in first["rows"]] == ["32 numbers", "8 numbers", "2 numbers"]
    status, body = ask(first["answers"], json.dumps(SEVEN).encode())
    assert status == 200
    at.session_state["pad"] = {"drawing": {"seq": 1, "nonce": 0, "final": True, "strokes": SEVEN}}
    sound(at.run())
    answer = json.loads(body)
    assert answer == json.loads(json.dumps({name: shown[-1][name] for name in answer}))
    assert {row["words"] for row in answer["rows"]} != {row["words"] for row in first["rows"]}


def test_a_digit_that_changed_is_named_and_one_that_did_not_is_not_blamed():
    assert verdict.code(7, 9, 2, own=True, sure=0.9) == "Your 7 became a 9: two numbers are too few."
    assert verdict.code(8, 8, 32, own=False, sure=0.9) == "Still an 8."
    assert verdict.code(3, 3, 2, own=False, sure=0.66) == "Barely legible, perhaps a 3: two numbers are too few."
    assert verdict.code(None, 3, 2, own=True, sure=0.9) == ""


SUMS = """async (load, checkpoint, x, asked) => {
    const { loadNetwork } = await load("/ui/live/network.js")
    const { sumOf } = await load("/ui/output/network/sum.js")
    const bytes = Uint8Array.from(atob(checkpoint), (c) => c.charCodeAt(0)).buffer
    const network = await loadNetwork(bytes)
    network.forward(Float32Array.from(x))
    return asked.map(([place, index]) => sumOf(network, place, index))
}"""


@pytest.mark.parametrize("name", ["ae-conv", "bottleneck-2", "vae-nyu", "upscaler"])
@torch.inference_mode()
def test_an_opened_number_is_the_very_sum_that_torch_forms(name):
    model, x = checkpoints.load(name), example_digit(FIRST_EXAMPLE)
    listed, tensors = model.card.network, model.state_dict()
    (result,) = listed.methods["forward"].gives.values()
    values = inner_values(listed, tensors, {listed.methods["forward"].takes[0]: x}, result)
    rng = torch.Generator().manual_seed(5)
    places = [p for p, layer in enumerate(listed.layers) if p in values and layer.kind in ("linear", "conv2d", "relu")]
    places += [p for p in values if listed.layers[p].kind in ("transposed_linear", "sigmoid", "add") or p == result]
    asked = [[p, int(torch.randint(values[p].numel(), (), generator=rng))] for p in places for _ in range(3)]
    checkpoint = base64.b64encode(checkpoints.path_of(name).read_bytes()).decode()
    sums = run(SUMS, checkpoint, x.flatten().tolist(), asked)
    opened = 0
    for (place, index), sum_ in zip(asked, sums, strict=True):
        if sum_ is None:  # a layer in front of all weights
            continue
        opened += 1
        expected = float(values[sum_["place"]].flatten()[sum_["index"]])
        assert sum_["total"] == pytest.approx(expected, abs=2e-3)
        assert sum(t["x"] * t["w"] for t in sum_["terms"]) + sum_["bias"] == pytest.approx(sum_["total"], abs=1e-5)
        source = values[sum_["source"]].flatten()
        assert all(t["x"] == pytest.approx(float(source[t["from"]]), abs=1e-3) for t in sum_["terms"][::17])
        shown = sum_["then"][-1]["value"] if sum_["then"] else sum_["total"]
        assert shown == pytest.approx(float(values[place].flatten()[index]), abs=2e-3)
    assert opened > 10


def test_a_code_is_drawn_from_its_posterior():
    script = """async (load, n) => {
        const { drawn } = await load("/ui/output/network/bars.js")
        const [mu, sigma] = [new Float32Array(n).fill(2), new Float32Array(n).fill(0.5)]
        return [...drawn(mu, sigma)]
    }"""
    z = torch.tensor(run(script, 20_000))
    assert float(z.mean()) == pytest.approx(2, abs=0.03) and float(z.std()) == pytest.approx(0.5, abs=0.02)
