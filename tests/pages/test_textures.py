"""The part of the page Anomalies with textures: in Streamlit's test runner, and its JavaScript in node."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from aecore import checkpoints
from aecore.anomaly import roc
from aecore.anomaly import texture as textures
from aecore.anomaly.texture import DISTANCE, ERROR, SCORES
from aecore.anomaly.texture_table import NETWORK, PCA, load
from aecore.data.textures import TEXTURES, texture
from aecore.engine import get_engine
from pages.anomalies import textures as part
from pages.anomalies.textures import measured
from tests import node
from tests.visits import shown, sound, visit

pytestmark = pytest.mark.skipif("texture-brick" not in checkpoints.names(), reason="no trained models here")


def test_it_loads_only_when_it_is_open_and_a_link_opens_it():
    closed = shown("anomalies")
    assert not any("scratches" in text.value for text in closed.markdown)
    at = sound(visit("anomalies", anomalies_textures="true", anomalies_texture="Grass"))
    assert any("scratches" in text.value for text in at.markdown) and not at.warning
    assert at.session_state[part.CHOICE] == "grass"
    at = sound(visit("anomalies", anomalies_textures="maybe", anomalies_texture="Marble"))
    assert not any("scratches" in text.value for text in at.markdown)


def test_the_browser_gets_the_chosen_score_and_no_more_than_it_needs():
    table = load()
    for name in TEXTURES:
        message = part.message(name, table)
        assert message["first"] == part.key(NETWORK, table.chosen(name))
        assert [way["middle"] for way in message["ways"]] == [
            table.rows[name][way][score].middle for way in (NETWORK, PCA) for score in SCORES
        ]
        assert len(str(message)) < 130_000


BROWSER = """async (load, picture, side, checkpoint, pca, mask, boxes) => {
    const patches = await load("/pages/anomalies/textures/patches.js")
    const { loadNetwork } = await load("/ui/live/network.js")
    const { readFileSync } = await import("node:fs")
    const model = await loadNetwork(new Uint8Array(readFileSync(checkpoint)).buffer)
    const x = Float32Array.from(picture)
    const floats = Object.fromEntries(Object.entries(pca).map(([key, list]) => [key, Float32Array.from(list)]))
    const marks = { error: [], distance: [], pca_error: [], pca_distance: [] }
    for (let place = 0; place < patches.patchesAlong(side) ** 2; place++) {
        const patch = patches.cutPatch(x, side, place, new Float32Array(256))
        const [one, other] = [patches.byNetwork(model, patch), patches.byPca(floats, patch)]
        marks.error.push(one.error)
        marks.distance.push(one.distance)
        marks.pca_error.push(other.error)
        marks.pca_distance.push(other.distance)
    }
    const heat = patches.heatOf(Float64Array.from(marks.error), side)
    const limit = patches.oddest(heat)
    const touched = boxes.map(() => [])
    boxes.forEach((box, i) => patches.overlapping(side, box, (place) => touched[i].push(place)))
    const rates = patches.rates(heat, Uint8Array.from(mask), side)
    const map = (list) => [...patches.heatOf(Float64Array.from(list), side)]
    const maps = Object.fromEntries(Object.entries(marks).map(([key, list]) => [key, map(list)]))
    return { maps, rates, limit, touched }
}"""


def test_the_browser_marks_as_python_does():
    side = 64
    picture = texture("brick", "test")[:, :side, :side].float() / 255
    picture, mask = textures.harm(picture, "stain", torch.Generator().manual_seed(3))
    axes = textures.axes("brick")
    pca = {"mean": axes.plane.mean, "axes": axes.plane.axes.flatten(), "spread": axes.spread}
    boxes = [[0, 0, 0, 0], [20, 33, 21, 40], [63, 63, 63, 63], [0, 0, 63, 63]]
    said = node.run(
        BROWSER, picture.flatten().tolist(), side, str(checkpoints.path_of("texture-brick")),
        {key: values.tolist() for key, values in pca.items()}, mask.int().flatten().tolist(), boxes,
    )  # fmt: skip
    network, control = (
        textures.mark(picture, textures.network(get_engine(), "brick")),
        textures.mark(picture, axes.score),
    )
    expected = {ERROR: network[ERROR], DISTANCE: network[DISTANCE]}
    expected |= {f"pca_{key}": heat for key, heat in control.items()}
    for key, heat in expected.items():
        cells = np.array(said["maps"][key]).reshape(side // 4, side // 4).repeat(4, 0).repeat(4, 1)
        np.testing.assert_allclose(cells, heat.numpy(), rtol=2e-3, atol=1e-6)
    heat = np.array(said["maps"][ERROR]).reshape(side // 4, -1).repeat(4, 0).repeat(4, 1)
    own = mask.numpy()
    assert said["rates"]["auroc"] == pytest.approx(roc.auroc(heat[~own], heat[own]))
    assert said["limit"] == pytest.approx(textures.oddest(network[ERROR]), rel=2e-3)
    assert said["rates"]["top"] == pytest.approx(100 * (heat[own] >= said["limit"]).mean())
    along = (side - 16) // 4 + 1
    for (left, top, right, bottom), places in zip(boxes, said["touched"], strict=True):
        covers = [
            row * along + column
            for row in range(along)
            for column in range(along)
            if 4 * row <= bottom and 4 * row + 15 >= top and 4 * column <= right and 4 * column + 15 >= left
        ]
        assert places == covers


STROKES = """async (load, texts) => {
    const strokes = await load("/pages/anomalies/textures/strokes.js")
    const made = [0, 1].flatMap((pen) => [0, 1, 2].map((number) => strokes.seeded(pen, number, 256)))
    const x = new Float32Array(1024), mask = new Uint8Array(1024)
    const box = strokes.drawPart(x, mask, 32, strokes.PENS[0], 0.5, [-3, 10], [12, 10])
    const long = { pen: 1, points: Array.from({ length: 150 }, (_, i) => [i, i]) }
    return {
        made, again: strokes.seeded(1, 2, 256), back: strokes.strokesFrom(strokes.textOf(made)),
        long: strokes.strokesFrom(strokes.textOf([made[0], long, long])).length,
        bad: texts.map((text) => strokes.strokesFrom(text)), mask: [...mask], x: [...x], box,
    }
}"""


def test_strokes_come_back_from_a_link_and_nonsense_does_not():
    said = node.run(STROKES, ["!", "AA", "BQEB", "AAUBAQ", "AAA"])
    assert said["back"] == said["made"] and said["again"] == said["made"][-1]
    assert all(0 <= value < 256 for stroke in said["made"] for point in stroke["points"] for value in point)
    assert said["long"] == 2 and said["bad"] == [None] * 5
    mask = np.array(said["mask"]).reshape(32, 32)
    assert mask[9:12, :12].all() and mask.sum() == mask[9:12, :14].sum() and said["box"] == [0, 8, 14, 12]
    assert np.array_equal(np.array(said["x"]) == 0.5, mask.ravel() == 1)


def test_the_words_say_what_the_table_says():
    table = load()

    def with_areas(**areas):  # of the network's and of PCA's chosen score
        rows = {
            name: {way: {s: replace(row, areas=[areas.get(f"{way}_{s}", 70.0)] * 80) for s, row in scores.items()}
                   for way, scores in ways.items()}
            for name, ways in table.rows.items()
        }  # fmt: skip
        return replace(table, rows=rows)

    blind = with_areas(network_error=42.0, network_distance=80.0)
    assert "**On grass the error takes stains for the most normal places** (42.0 ± 0.0%" in measured.blind(blind)
    assert measured.blind(with_areas(network_error=70.0)) == ""
    assert "the network is level on brick, grass and gravel (" in measured.against_pca(with_areas())
    won = with_areas(network_error=90.0, network_distance=90.0)
    assert "the network is ahead on brick, grass and gravel (" in measured.against_pca(won)
    little = with_areas(network_error=71.0, network_distance=71.0)
    assert "a little ahead on" in measured.against_pca(little)
    lost = with_areas(pca_error=90.0, pca_distance=90.0)
    assert "behind on brick, grass and gravel" in measured.against_pca(lost)
    tops = {name: np.mean(ways[NETWORK][table.chosen(name)].top) for name, ways in table.rows.items()}
    assert (
        measured.hardest(table)
        .lower()
        .startswith(f"{min(tops, key=tops.get)} is the hardest: {min(tops.values()):.0f}%")
    )
    lines = measured.rows(table).splitlines()
    assert len(lines) == 2 + 2 * len(SCORES) * len(TEXTURES)
    assert sum("**" in line for line in lines) == 2 * len(TEXTURES)
    assert f"{np.mean(table.rows['brick'][PCA][ERROR].top):.0f}%" in lines[4]
