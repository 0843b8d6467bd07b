"""The Signals page in Streamlit's own test runner, its traces and filters in node, the words it makes of numbers."""

import io
import wave
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from aecore import checkpoints
from aecore.data import signals
from aecore.engine import get_engine
from aecore.signals import draws, heard, methods, scores, table
from aecore.signals.draws import Settings as Trace
from aecore.signals.table import BAND, MATCHED, RAIL, RAW, REVIEW, UNET, WIENER
from pages.signals import filters, lesson, measured, stage, story, try_next
from pages.signals.stage import Settings
from tests import node
from tests.visits import shown, sound, visit

PAGE = "signals"
pytestmark = pytest.mark.skipif(table.NETWORK not in checkpoints.names(), reason="no trained models here")
KINDS = [
    Trace(),
    Trace(snr=1.7, colour=0.35, carriers=3, seed=77),
    Trace("uniform", 2.3, clipped=True, seed=4),
    Trace("uniform", 4.0, seed=12),
    Trace("cosine", 1.1, clipped=True, seed=9),
    Trace("cosine", 2.0, seed=999_999),
    Trace(silent=True, colour=1.0, seed=5),
]


def on_stage(at: AppTest) -> heard.Heard:
    return at.session_state["_signals"].heard


TRACE = """async (load, settings, data) => {
    const draws = await load("/pages/signals/stage/draws.js")
    const { hear } = await load("/pages/signals/stage/hear.js")
    const { physics } = data
    const { s: bare } = draws.pulseOf(physics, settings)
    const s = bare.map((value) => (settings.silent ? 0 : settings.snr * physics.rms[settings.noise]) * value)
    const galactic = draws.galacticOf(physics, draws.otherDraw(settings.seed, physics.length))
    const x = draws.receivedOf(physics, settings, s, draws.noiseOf(physics, settings, galactic))
    const ways = ["raw", "band", "wiener", "matched", ...(settings.clipped ? ["rail"] : [])]
    const answers = Object.fromEntries(ways.map((way) => [way, hear(way, data, settings, x, null, false)]))
    return { s: [...s], x: [...x], answers: Object.fromEntries(Object.entries(answers).map(
        ([way, { recon, place, loud }]) => [way, { recon: [...recon], place, loud }])) }
}"""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.noise}-{kind.seed}")
def test_the_browser_makes_and_hears_the_trace_that_python_makes_and_hears(kind):
    made = node.run(TRACE, asdict(kind), stage._physics())
    expected = heard.listen(get_engine(), kind)
    np.testing.assert_allclose(made["s"], expected.s.flatten(), atol=1e-4)
    np.testing.assert_allclose(made["x"], expected.x.flatten(), atol=1e-4)
    for way, answer in made["answers"].items():
        np.testing.assert_allclose(answer["recon"], expected.answers[way].recon.flatten(), atol=2e-3, err_msg=way)
        assert answer["loud"] == pytest.approx(expected.answers[way].loud, abs=2e-3), way
        if not kind.silent and way != RAIL:  # counts are often equal in several places
            assert answer["place"] == expected.answers[way].place, way


LIVE = """async (load, file, x) => {
    const { loadNetwork } = await load("/ui/live/network.js")
    const { byNetwork } = await load("/pages/signals/stage/ways.js")
    const network = await loadNetwork(Uint8Array.from(atob(file), (c) => c.charCodeAt(0)).buffer)
    return [...byNetwork(network, x)]
}"""


@pytest.mark.parametrize("name", [table.NETWORK, table.REVIEWS["uniform"]])
def test_the_browser_runs_the_networks_as_the_engine_does(name):
    import base64

    _, x = draws.trace(Trace("uniform", 2.5, seed=3))
    file = base64.b64encode(checkpoints.path_of(name).read_bytes()).decode()
    recon = node.run(LIVE, file, x.flatten().double().tolist())
    expected = heard.denoise(get_engine(), name, x).recon.flatten()
    np.testing.assert_allclose(recon, expected, atol=1e-4)
    assert float(expected.std()) > 1e-4


PEN = """async (load, heights) => {
    const { packDrawing, unpackDrawing, placeDrawing } = await load("/pages/signals/stage/draws.js")
    const text = packDrawing(heights)
    const back = unpackDrawing(text, heights.length)
    return { text, back: [...back], s: [...placeDrawing(back, 490, 500)], none: unpackDrawing("abc", heights.length),
        flat: [...placeDrawing(new Float64Array(50), 250, 500)].some((value) => value) }
}"""


def test_a_drawing_travels_in_the_link():
    heights = np.sin(np.arange(50) * 2 * np.pi / 4) * np.hanning(50)
    made = node.run(PEN, heights.tolist())
    assert len(made["text"]) == 50 and made["none"] is None and not made["flat"]
    np.testing.assert_allclose(made["back"], heights, atol=1 / 63 + 1e-9)
    assert max(map(abs, made["s"])) == 1 and not any(made["s"][:450])  # near the end it is moved in
    at = sound(visit(PAGE, signals_drawn=made["text"]))
    assert stage_of(at).drawn == made["text"] and on_stage(at) is None


def stage_of(at: AppTest) -> Settings:
    values = at.session_state["_link"]
    return stage.checked({"drawn": values.get(stage.DRAWN) or ""})


def test_it_opens_with_what_python_hears():
    result = on_stage(shown(PAGE))
    expected = heard.listen(get_engine(), Trace())
    assert result.settings == Trace() and torch.equal(result.x, expected.x)
    assert {way: answer.place for way, answer in result.answers.items()} == {
        way: answer.place for way, answer in expected.answers.items()
    }


def test_settings_stand_in_the_url_and_nonsense_does_no_harm():
    link = {"noise": "uniform", "snr": "2.3", "more": "0-0-1-0", "seed": "4", "way": "rail"}
    at = sound(visit(PAGE, **{f"signals_{key}": value for key, value in link.items()}))
    assert on_stage(at).settings == Trace("uniform", 2.3, clipped=True, seed=4) and RAIL in on_stage(at).answers
    at.session_state[stage.KEY] = {"settings": {"noise": "cosine", "snr": 4, "seed": 2, "way": "band", "colour": 0.5}}
    stage_settings = stage.checked(at.session_state[stage.KEY]["settings"])
    assert stage_settings == Settings(Trace("cosine", 4, 0.5, seed=2), BAND)
    link = {"noise": "pink", "snr": "99", "more": "101-9-1-1", "seed": "-1", "way": "ear", "drawn": "A" * 49}
    at = sound(visit(PAGE, **{f"signals_{key}": value for key, value in link.items()}))
    assert on_stage(at).settings == Trace()


@pytest.mark.parametrize(
    "said",
    [{}, {"noise": ["uniform"], "snr": "3", "seed": 1.5, "clipped": 1, "way": {}, "drawn": 3, "carriers": True},
     {"snr": float("nan"), "colour": float("inf"), "seed": 10**9, "drawn": "<b>"}],
)  # fmt: skip
def test_what_the_browser_says_is_checked(said):
    assert stage.checked(said) == Settings()


def test_a_file_takes_the_traces_place_and_a_bad_one_is_refused_in_a_sentence(monkeypatch):
    at = visit(PAGE)
    _, x = draws.trace(Trace(snr=5.0, seed=8))
    text = "mV\n" + "\n".join(f"{value:.5f}" for value in (x.flatten() - 0.5).tolist())
    at.file_uploader(key="signals_file").upload("trace.csv", text.encode(), "text/csv")
    at.run()
    sound(at)
    assert on_stage(at) is None and any("all of its 500 samples" in element.value for element in at.caption)
    at.file_uploader(key="signals_file").upload("trace.csv", b"hello\nworld\n", "text/csv")
    at.run()
    sound(at)
    assert any("“trace.csv” holds no column of numbers. Bring" in element.value for element in at.warning)
    assert on_stage(at) is not None


def scored(**found: float) -> dict:
    row = table.Score([90.0], [5.0], [80.0], [1.0], [90.0] * table.BINS, [5.0] * table.BINS)
    return {way: replace(row, found=[found.get(way, 90.0)]) for way in table.METHODS}


def test_marks_that_are_missed_are_named():
    gains = {"white": 5.1, "uniform": 8.0, "cosine": 8.2, "galactic": 1.0}
    assert measured.marks({UNET: 89.0, MATCHED: 91.0}, gains).startswith("All the marks")
    said = measured.marks({UNET: 70.0, MATCHED: 91.0}, gains | {"uniform": 7.9})
    assert "8 dB in uniform noise (7.9)" in said and "73% found in white noise (70)" in said and "21.0 behind" in said


def test_the_lesson_follows_the_numbers():
    row = table.Review([95.0], [99.0], [97.0], [60.0], [40.0])
    others = {RAIL: replace(row, found=[91.0]), RAW: row, MATCHED: replace(row, planted=[13.0])}
    review = {noise: {REVIEW: row} | others for noise in signals.NOISES}
    record = table.Measured({}, review, {}, 5000, {})
    assert "**partly learnt the flaw" in lesson.takeaway(record) and "**91%**" in lesson.takeaway(record)
    review["uniform"][REVIEW] = replace(row, planted=[90.0])
    assert "It has **learnt the flaw" in lesson.takeaway(record)
    review["uniform"][REVIEW] = replace(row, planted=[20.0])
    assert "**not learnt the flaw**" in lesson.takeaway(record)
    assert lesson.scores(record) == "97 / 97 / 97%"
    assert lesson.cell([91.0], 5000) == "91 ± 1%" and lesson.cell([55.8, 43.0], 5000) == "43–56%"


def test_the_filters_verdict_follows_the_numbers():
    def layer(inside, fresh):
        return table.Filters([inside, inside + 0.1], [40.0] * 2, [fresh] * 20, [50.0] * 20)

    def said(review, unet):
        return filters.takeaway(
            table.Measured({}, {}, {table.REVIEWS["background"]: review, table.NETWORK: unet}, 1, {})
        )

    assert "**hardly**" in said(layer(55.0, 55.0), layer(54.0, 56.0))
    assert "**half true**: the U-Net's" in said(layer(55.0, 55.0), layer(75.0, 56.0))
    assert "**yes, but broad ones**" in said(layer(70.0, 55.0), layer(75.0, 56.0))


def test_the_story_says_what_was_heard():
    plain = heard.listen(get_engine(), Trace(snr=5.0))
    assert f"{plain.gain(UNET):.1f} dB" in story.heard(plain)
    assert "counting them" in story.heard(heard.listen(get_engine(), Trace("uniform", 2.3, clipped=True, seed=4)))
    assert "false alarm" in story.heard(heard.listen(get_engine(), Trace(silent=True)))


def test_bets_are_decided_by_the_table_and_by_the_stage():
    record = table.load()
    option = try_next.white(record).option
    network, filtered = (np.mean(record.open["white"][way].found) for way in (UNET, MATCHED))
    assert option == (2 if abs(network - filtered) < 1 else int(filtered > network))
    at = sound(visit(PAGE, signals_noise="uniform", signals_snr="2.3", signals_more="0-0-1-0", signals_seed="4"))
    state = at.session_state["_signals"]
    assert try_next.stuck(state).option == int(not on_stage(at).found(RAIL))
    state.heard = None
    assert try_next.stuck(state) is None


def test_under_the_hood_shows_the_source_that_ran():
    at = visit(PAGE)
    assert not at.code
    at.session_state["signals_equations_open"] = True
    sound(at.run())
    source = "\n".join(code.value for code in at.code)
    assert "def matched" in source and "def levelled" in source and "def shaped" in source
    place = on_stage(at).answers[MATCHED].place
    assert any(f"= {place}, " in text.value for text in at.latex)


def test_what_is_measured_is_of_the_networks_that_ship_and_reaches_the_marks():
    record = table.load()
    assert not record.stale(get_engine())
    gain = {name: np.mean(ways[UNET].gain) for name, ways in record.open.items()}
    assert gain["white"] >= 5 and gain["uniform"] >= 8 and gain["cosine"] >= 8
    white = record.open["white"]
    assert np.mean(white[UNET].found) >= max(73, np.mean(white[MATCHED].found) - 2)
    assert np.mean(white[RAW].found) == pytest.approx(66, abs=3)
    assert np.mean(white[WIENER].gain) == pytest.approx(1, abs=0.5)


def test_wav_and_csv_come_back_the_same():
    import aecore.signals.files as files

    s, x = draws.trace(Trace(snr=6.0, seed=8))
    values = (x.flatten() - 0.5).double().numpy()
    long = np.concatenate([np.zeros(900), values, np.zeros(700)])
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes((np.stack([long, 0 * long], 1) * 20_000).round().astype("<i2").tobytes())
    sound_file = files.read(buffer.getvalue(), "a.wav")
    text = ";".join(f"{value:.6f}".replace(".", ",") for value in long)
    csv_file = files.read(text.encode(), "a.csv")
    assert sound_file.samples == csv_file.samples == len(long)
    torch.testing.assert_close(sound_file.x, csv_file.x, rtol=0, atol=1e-4)
    assert abs(csv_file.begin + int((csv_file.x - 0.5).abs().argmax()) - 900 - int(scores.place(s))) < 10
    rms = float((csv_file.x - 0.5).square().mean().sqrt())
    assert rms == pytest.approx(files.LEVEL, rel=1e-4)
    back = (csv_file.x.flatten().double() - 0.5) / csv_file.gain + csv_file.mean
    np.testing.assert_allclose(back, long[csv_file.begin : csv_file.begin + 500], atol=1e-6)


def test_wiener_on_the_stage_is_told_the_snr():
    kind = Trace(snr=2.0, seed=3)
    noise, pulse = methods.noise_power("background"), methods.pulse_power(0.2)
    _, x = draws.trace(kind)
    expected = methods.through(x, methods.wiener(noise, pulse))
    torch.testing.assert_close(heard.listen(get_engine(), kind).answers[WIENER].recon, expected)
