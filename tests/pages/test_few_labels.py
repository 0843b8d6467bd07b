"""The Few labels page in Streamlit's test runner, its arithmetic in node, and the words that it makes of numbers."""

import base64
import re
import zlib
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from aecore import checkpoints
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.pretraining import table
from aecore.pretraining.table import SCRATCH, STACK, TUNED, Cell
from pages.few_labels import curves, labelling, measured, try_next
from pages.few_labels.state import State
from tests.node import run, run_alone
from tests.visits import sound, visit

pytestmark = pytest.mark.skipif(STACK not in checkpoints.names(), reason="no trained stack here")


@pytest.fixture(scope="module")
def numbers():
    return table.load()


# ---- in the browser


def test_softmax_regression_in_the_browser_is_scikit_learns():
    x, y = (part[:60] for part in load_digits("train"))
    codes = x.flatten(1)[:, ::6].double().numpy() / 255
    decay = 0.05
    answer = run(
        """async (load, codes, y, decay) => {
            const { normalised, inner, fitSoftmax, probabilities, shareRight } = await load(
                "/pages/few_labels/labelling/softmax.js")
            const z = normalised(codes)
            const gram = z.map((a) => z.map((b) => inner(a, b)))
            const train = gram.slice(0, 40).map((row) => row.slice(0, 40))
            const a = fitSoftmax(train, y.slice(0, 40), decay, 3000)
            const test = gram.slice(40).map((row) => row.slice(0, 40))
            const p = probabilities(test, a)
            return { z: z.map((one) => [...one]), p: [...p], right: shareRight(p, y.slice(40)) }
        }""",
        codes.tolist(),
        y.tolist(),
        decay,
    )
    z = (codes - codes.mean(0)) / np.sqrt(((codes - codes.mean(0)) ** 2).mean())
    np.testing.assert_allclose(answer["z"], z, atol=1e-9)
    z = np.hstack([z, np.ones((len(z), 1))])  # the bias is a weight like the others
    model = LogisticRegression(C=1 / (2 * decay * 40), fit_intercept=False, tol=1e-10, max_iter=10_000)
    model.fit(z[:40], y[:40])
    assert set(model.classes_) == set(range(10))
    np.testing.assert_allclose(np.reshape(answer["p"], (-1, 10)), model.predict_proba(z[40:]), atol=1e-5)
    assert answer["right"] == model.score(z[40:], y[40:])


def test_the_stack_in_the_browser_is_torchs():
    model = checkpoints.load(STACK)
    x = load_digits("test")[0][:2].float() / 255
    buffer = base64.b64encode(checkpoints.path_of(STACK).read_bytes()).decode()
    got = run(
        """async (load, checkpoint, pictures) => {
            const { loadNetwork } = await load("/ui/live/network.js")
            const { through } = await load("/pages/few_labels/layers/stack.js")
            const model = await loadNetwork(Uint8Array.from(atob(checkpoint), (c) => c.charCodeAt(0)).buffer)
            const of = (x, depth) => [...through(model, [784, 500, 250, 100], Float32Array.from(x), depth)]
            return [1, 2, 3].map((depth) => pictures.map((x) => of(x, depth)))
        }""",
        buffer,
        x.flatten(1).tolist(),
    )
    for depth, recon in enumerate(got, 1):
        torch.testing.assert_close(torch.tensor(recon), model.through(x, depth).flatten(1), rtol=0, atol=1e-4)


def test_nobody_is_tested_on_a_digit_that_is_labelled():
    packed, y = labelling.shown_digits()
    digits = np.frombuffer(zlib.decompress(base64.b64decode(packed)), np.uint8).reshape(-1, 784)
    assert len(np.unique(digits, axis=0)) == len(digits) == len(y) == labelling.COUNT + labelling.TESTED
    for part in (y[: labelling.COUNT], y[labelling.COUNT :]):
        assert np.ptp(np.bincount(part)) == 0  # as many of every class
    images, truth = load_digits("test")
    for digit, label in zip(digits[::97], y[::97], strict=True):
        (place,) = (images.flatten(1) == torch.from_numpy(digit.copy())).all(1).nonzero()[:, 0].tolist()
        assert truth[place] == label
    assert list(y[:20]) != sorted(y[:20])  # mixed


PARTS = """
  const frames = []
  globalThis.requestAnimationFrame = (then) => frames.push(then)
  globalThis.document = Object.assign(new EventTarget(), { createTreeWalker() {}, createComment() {} })
  globalThis.ResizeObserver = class { observe() {} disconnect() {} }
  const settled = () => new Promise((next) => setTimeout(next))
"""


@pytest.mark.parametrize("press", ["undo", "over", "wrong", "name"])
def test_whatever_the_visitor_does_stops_the_labelling_of_the_rest(press):
    at_once, later, all_of_them = run_alone(
        f"""async (load, press) => {{
            {PARTS}
            globalThis.matchMedia = () => ({{ matches: false }})
            const part = {{ dataset: {{}}, querySelectorAll: () => [], isConnected: true }}
            const root = {{ ...part, querySelector: () => ({{ ...part }}) }}
            const {{ Labelling }} = await load("/pages/few_labels/labelling/labelling.js")
            const view = new Labelling(root)
            Object.assign(view, {{ load: async () => {{}}, later() {{}}, spaces: {{}}, pool: Array(90).fill([]) }})
            view.update({{ count: 90, y: Array(90).fill(7) }})
            const play = (most) => {{ while (frames.length && most--) frames.shift()() }}
            view.work("rest")
            play(9) // thirty labels are there
            press === "name" ? view.name(4) : view.work(press)
            const atOnce = [...view.labels()]
            play(100)
            const later = [...view.labels()]
            view.work("rest")
            play(100)
            return [atOnce, later, view.labels()]
        }}""",
        press,
    )
    assert later == at_once
    assert sum(label >= 0 for label in at_once) == {"undo": 0, "over": 0, "wrong": 30, "name": 31}[press]
    assert min(all_of_them) >= 0  # asked again, it goes on to the end


def test_the_classifiers_learn_on_the_codes_of_the_network_that_python_names_last():
    ready, codes, trails = run_alone(
        f"""async (load, digits) => {{
            {PARTS}
            const part = {{ dataset: {{}}, querySelectorAll: () => [], isConnected: true }}
            const root = {{ ...part, querySelector: () => ({{ ...part }}) }}
            const {{ shelve }} = await load("/ui/live/store.js")
            const {{ Labelling }} = await load("/pages/few_labels/labelling/labelling.js")
            const view = new Labelling(root)
            view.later = () => {{}}
            const says = (network) => view.update({{ digits, network, count: 1, y: [7, 7], pad: "pad" }})
            const until = async (there) => {{
                while (!there()) {{
                    frames.splice(0).forEach((then) => then())
                    await settled()
                }}
            }}
            const code = (value) => Promise.resolve({{ encode: () => Float32Array.of(value) }})
            says("one")
            shelve("one", code(1))
            await until(() => view.spaces)
            const ready = [root.dataset.ready]
            view.trail = [{{ labels: 1, code: 1, pixels: 1 }}]
            says("one")
            ready.push(root.dataset.ready)
            says("two")
            ready.push(root.dataset.ready ?? null)
            says("three")
            shelve("three", code(3))
            await until(() => view.spaces)
            shelve("two", code(2))
            for (let i = 0; i < 5; i++) {{
                await settled()
                frames.splice(0).forEach((then) => then())
            }}
            return [ready, view.spaces.code.raw.map((z) => z[0]), view.trail]
        }}""",
        base64.b64encode(zlib.compress(bytes(2 * 784))).decode(),
    )
    assert ready == ["1", "1", None] and codes == [3, 3] and trails == []


def test_the_layers_follow_what_python_sets_and_say_when_their_network_does_not_come():
    said = run_alone(
        f"""async (load) => {{
            {PARTS}
            const {{ shelve }} = await load("/ui/live/store.js")
            const {{ Layers }} = await load("/pages/few_labels/layers/layers.js")
            const status = {{ textContent: "" }}
            const view = new Layers({{ children: [{{}}, status] }})
            const digit = (grey) => btoa(String.fromCharCode(grey).repeat(784))
            const sizes = [784, 2]
            const seen = []
            const look = async () => {{
                await settled()
                seen.push([Math.round(255 * view.x[0]), view.model?.name ?? null, status.textContent])
            }}
            const stroke = (seq, final) =>
                document.dispatchEvent(Object.assign(new Event("pad:ink"), {{
                    detail: {{ key: "pad", seq, final, raster: (side) => new Uint8Array(side * side) }},
                }}))
            const says = (grey, seq, network) => view.update({{ pad: "pad", x: digit(grey), seq, sizes, network }})
            says(1, 0, "one")
            await look()
            shelve("one", Promise.resolve({{ name: "one" }}))
            await look()
            says(2, 0, "two")
            await look()
            shelve("two", Promise.reject(new Error("no line")))
            await look()
            says(2, 0, "three") // it comes after the one that was asked for later
            says(2, 0, "four")
            shelve("four", Promise.resolve({{ name: "four" }}))
            shelve("three", Promise.resolve({{ name: "three" }}))
            await look()
            stroke(5, false)
            says(3, 5, "four") // while the hand draws
            await look()
            stroke(6, true)
            says(4, 5, "four") // of the stroke before
            await look()
            says(5, 6, "four")
            await look()
            return seen
        }}"""
    )
    problem = "The layers cannot run in this browser now (no line). Reload the page to try again."
    assert said == [
        [1, None, ""],
        [1, "one", ""],
        [2, None, ""],
        [2, None, problem],
        *([grey, "four", ""] for grey in (2, 2, 2, 5)),
    ]


# ---- the page


def test_the_page_shows_curves_layers_and_tables():
    at = sound(visit("few_labels"))
    text = " ".join(element.value for element in [*at.header, *at.markdown, *at.caption])
    for part in (
        "When does it pay?",
        "Your hundred labels",
        "The stack grows",
        "Cannot be trained without pretraining",
    ):
        assert part in text


@pytest.mark.parametrize(("asked", "labels"), [("300", 300), ("60000", 60_000), ("7", 100), ("abc", 100), ("", 100)])
def test_the_slider_is_in_the_address(asked, labels, monkeypatch):
    monkeypatch.setattr(curves.url, "get", lambda key: (asked,))
    assert curves.labels_now() == labels


# ---- words


def test_what_the_page_says_follows_the_numbers(numbers):
    engine = get_engine()
    best = curves.best_encoder(numbers)
    assert curves.middle(numbers, best, 100) == min(
        np.mean(numbers.errors[method]["100"]) for method in numbers.encoders()
    )
    text = measured.takeaway(engine, numbers)
    gain = np.mean(numbers.errors[SCRATCH]["100"]) - np.mean(numbers.errors[best]["100"])
    assert f"saves **{gain:.1f} errors in 100**" in text
    worse = replace(numbers, errors=numbers.errors | {TUNED: numbers.errors[TUNED] | {"60000": [2.0]}})
    worse.errors[SCRATCH] = worse.errors[SCRATCH] | {"100": [curves.middle(numbers, best, 100) + 1]}
    text = measured.takeaway(engine, worse)
    assert "it costs" in text
    said = measured.not_reached(worse)
    assert "8 points at 100 labels (1.0)" in said and "1.3% at 60,000 (2.00%): not reached" in said


def test_whether_pretraining_still_pays_is_read_off(numbers):
    pays = replace(
        numbers, depths=[0.01, 0.02, 0.03], layers={"greedy": [0.02], "greedy + together": [0.003], "together": [0.004]}
    )
    assert "still pays" in measured.ways(pays) and "no longer pays" in measured.ways(
        replace(pays, layers=pays.layers | {"together": [0.002]})
    )


def eight(errors):
    """Cells of the eight ways; those without an error of their own have 9.0."""
    ways = product(("sigmoid", "relu"), ("small", "scaled"), (False, True))
    return [Cell(*way, 4, [errors.get(way, 9.0)]) for way in ways]


OLD, RESCUED = ("sigmoid", "small", False), ("sigmoid", "small", True)
NOW, AFTER = ("relu", "scaled", False), ("relu", "scaled", True)
HALFWAY = ("sigmoid", "scaled", False)
NONE_WITHOUT = dict.fromkeys((OLD, HALFWAY, ("relu", "small", False), NOW), 30.0)


@pytest.mark.parametrize(
    ("errors", "says"),
    [
        ({}, "**does not hold** here."),  # all are better than PCA, whose error is 10
        ({OLD: 50.0}, "**does not hold** here."),
        ({HALFWAY: 40.0}, "**does not hold** here."),
        ({NOW: 20.0, AFTER: 20.0}, "**does not hold** here."),
        ({OLD: 50.0, HALFWAY: 40.0}, "**not about deep networks**; pretraining helped those."),
        ({OLD: 50.0, HALFWAY: 40.0, RESCUED: 20.0}, "pretraining helped those, though not past PCA."),
        ({OLD: 50.0, HALFWAY: 40.0, RESCUED: 50.0}, "here pretraining **did not help**."),
        ({NOW: 20.0}, "**holds** here **for a network of today**"),
        (NONE_WITHOUT, "**holds** here: without it no network does better than PCA"),
        (NONE_WITHOUT | {AFTER: 20.0}, "**holds** here: without it no network does better than PCA"),
        (dict.fromkeys(product(("sigmoid", "relu"), ("small", "scaled"), (False, True)), 20.0), "be judged** here"),
    ],
)
def test_whether_deep_networks_need_pretraining_is_read_off(numbers, errors, says):
    claim = measured.claim(replace(numbers, pca=10.0, factors=eight(errors)))
    assert says in claim
    assert [word in claim for word in ("**holds**", "not hold", "a sentence about", "be judged")].count(True) == 1


def test_the_table_of_the_eight_ways_has_them_all(numbers):
    assert measured.factors(replace(numbers, factors=eight({NOW: 8.0}))).count("9.0") == 7


def test_every_encoder_stands_in_the_table_the_best_first(numbers):
    rows = measured.encoders(get_engine(), numbers).splitlines()[2:]
    errors = [float(re.findall(r"([\d.]+) ±", row)[1]) for row in rows]
    assert errors == sorted(errors) and len(rows) == len(numbers.encoders()) + 1


def test_the_bets_are_decided_by_the_table(numbers):
    for bet in try_next.BETS:
        answer = bet.answer(State())
        assert 0 <= answer.option < len(bet.options) and re.search(r"\d", answer.sentence)
