"""Samples and their files, and the Generate page in Streamlit's own test runner."""

import csv
import io
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from aecore import engine as engines
from aecore.__main__ import app
from aecore.checkpoints import names
from aecore.data.digits import read_idx
from aecore.engine import get_engine
from aecore.errors import DataError
from aecore.latent import samples
from aecore.latent.styles import STYLES, directions, measure
from pages.generate import export, measured, prior, sections, story, transfer, try_next, writer
from tests.visits import settled, shown, sound, visit
from ui.server import jobs
from ui.server.jobs import Job

pytestmark = pytest.mark.skipif(not {"judge", "cvae", "cvae-2"} <= set(names()), reason="no trained models here")


@pytest.fixture(scope="module")
def batch():
    y = torch.arange(300) % 10
    return samples.draw(get_engine(), "cvae", y, torch.Generator().manual_seed(3))


# ---- the engine's part


def test_samples_are_of_the_class_that_was_asked_for(batch):
    assert batch.x.shape == (300, 28, 28) and batch.x.dtype == np.uint8
    assert batch.agreement > 0.95
    assert np.array_equal(batch.y, np.arange(300) % 10)
    assert ((batch.sure >= 0.1) & (batch.sure <= 1)).all()


def test_same_seed_same_samples_and_the_share_done_reaches_one():
    shares = []
    y = torch.arange(700) % 10
    first = samples.draw(get_engine(), "cvae-2", y, torch.Generator().manual_seed(1), progress=shares.append)
    again = samples.draw(get_engine(), "cvae-2", y, torch.Generator().manual_seed(1))
    assert np.array_equal(first.x, again.x)
    assert shares == [500 / 700, 1.0]


def test_at_temperature_zero_all_samples_of_a_class_are_one():
    drawn = samples.draw(get_engine(), "cvae", torch.tensor([4, 4, 7]), torch.Generator(), temperature=0)
    assert np.array_equal(drawn.x[0], drawn.x[1]) and not np.array_equal(drawn.x[0], drawn.x[2])


def test_one_hand_writes_equal_digits_alike():
    y = torch.tensor([2, 0, 2, 6])
    one = samples.draw(get_engine(), "cvae", y, torch.Generator().manual_seed(0), shared=True)
    many = samples.draw(get_engine(), "cvae", y, torch.Generator().manual_seed(0))
    assert np.array_equal(one.x[0], one.x[2]) and not np.array_equal(many.x[0], many.x[2])


@pytest.mark.parametrize("y", [[], [10], [-1], [1] * (samples.MOST + 1)])
def test_nonsense_is_refused(y):
    with pytest.raises(ValueError, match="1 to 10,000"):
        samples.draw(get_engine(), "cvae", torch.tensor(y, dtype=torch.int64), torch.Generator())


def test_an_idx_pair_is_read_back_by_the_reader_of_mnist(batch):
    pair = samples.idx_pair(batch)
    images, labels = (read_idx(data) for data in pair.values())
    assert [name.rsplit("-", 1)[0] for name in pair] == ["generated-images-idx3", "generated-labels-idx1"]
    assert np.array_equal(images, batch.x) and np.array_equal(labels, batch.y)


def test_torchvisions_reader_takes_the_pair_too(batch, tmp_path):
    from torchvision.datasets.mnist import read_image_file, read_label_file

    paths = []
    for name, data in samples.idx_pair(batch).items():
        path = tmp_path / name.removesuffix(".gz")
        import gzip

        path.write_bytes(gzip.decompress(data))
        paths.append(str(path))
    assert np.array_equal(read_image_file(paths[0]).numpy(), batch.x)
    assert np.array_equal(read_label_file(paths[1]).numpy(), batch.y)


@pytest.mark.parametrize("data", [b"", b"no", samples.idx(np.zeros((3, 2), np.uint8))[:-9]])
def test_a_file_that_is_no_idx_is_refused_in_words(data):
    with pytest.raises(DataError, match="IDX"):
        read_idx(data)


def test_the_zip_holds_every_digit_and_its_label(batch):
    with zipfile.ZipFile(io.BytesIO(samples.png_zip(batch))) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("labels.csv").decode())))
        assert len(rows) == 300 and len(archive.namelist()) == 301
        assert [int(row["label"]) for row in rows] == batch.y.tolist()
        assert [int(row["judge_reads"]) for row in rows] == batch.reads.tolist()
        picture = np.array(Image.open(io.BytesIO(archive.read(rows[7]["file"]))))
    assert np.array_equal(picture, batch.x[7])


def test_the_sheet_holds_every_digit(batch):
    sheet = np.array(Image.open(io.BytesIO(samples.sheet(batch.x[:7], columns=3, scale=2))))
    assert sheet.shape == (3 * 56, 3 * 56)
    assert np.array_equal(sheet[56 : 2 * 56 : 2, 56 : 2 * 56 : 2], batch.x[4])
    assert not sheet[2 * 56 :, 56:].any()


def test_codes_from_a_fitted_gaussian_have_its_mean_and_covariance(monkeypatch):
    engine = get_engine()
    real = torch.rand(400, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    given = []
    monkeypatch.setattr(engine, "decode", lambda name, z, y=None: given.append(z) or torch.zeros(len(z), 1, 28, 28))
    samples.unconditional(engine, "cvae-2" if "ae-2" not in names() else "ae-2", 20_000, torch.Generator(), like=real)
    codes = engine.encode("ae-2", real)
    assert torch.allclose(given[0].mean(0), codes.mean(0), atol=0.05 * float(codes.std()))
    assert torch.allclose(given[0].T.cov(), codes.T.cov(), atol=0.05 * float(codes.var()))


# ---- the command line


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def test_generate_writes_a_caption(tmp_path):
    done = run("generate", "two thick 4s and a slantd 7", "-o", tmp_path / "out.png")
    assert done.exit_code == 0, done.output
    assert "slantd (did you mean slanted?)" in done.output
    assert Image.open(tmp_path / "out.png").size == (3 * 112, 112)


def test_generate_writes_an_idx_pair_of_the_classes_asked_for(tmp_path):
    done = run("generate", "37", "--samples", 50, "-o", tmp_path / "more")
    assert done.exit_code == 0, done.output
    labels = read_idx((tmp_path / "more/generated-labels-idx1-ubyte.gz").read_bytes())
    assert labels.tolist() == [3, 7] * 25


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["a horse"], "no digit"),
        (["3", "--model", "ae-linear-32"], "draws nothing"),
        (["3", "--model", "vae"], "not told the class"),
        (["3", "-o", "out.zip"], "--samples"),
        (["3", "--samples", "10001"], "10,000"),
    ],
)
def test_generate_refuses_in_words(arguments, text):
    done = run("generate", *arguments)
    assert done.exit_code == 2 and text in done.output


# ---- the page


def opened(**params: str) -> AppTest:
    return settled(visit("generate", **params))


def written(at: AppTest) -> dict:
    """What stands in the URL."""
    return {key: value if isinstance(value, str) else value[0] for key, value in at.query_params.items()}


def test_the_page_runs_and_says_in_one_sentence_what_to_notice():
    at = shown("generate")
    assert at.title[0].value == "Generate"
    assert "digit" in at.main.markdown[0].value and "style" in at.main.markdown[0].value


@pytest.mark.parametrize(
    "params",
    [
        {"generate_number": "<b>12a3", "generate_z": "nan,1", "generate_slant": "inf", "generate_seed": "x"},
        {"generate_number": "", "generate_model": "nothing", "generate_temperature": "99"},
        {"generate_number": "9" * 50, "generate_z": "1,2,3", "generate_class": "12", "generate_columns": "?"},
        {"generate_z": "1e9,0", "generate_slant": "1,2", "generate_caption": "", "generate_size": "7"},
    ],
)
def test_nonsense_in_the_url_does_no_harm(params):
    opened(**params)


SHOWN = writer.Writing("cvae-2", seed=3)
SAID = {"version": "v", "number": "777", "z": [1.25, -0.5], "amounts": dict.fromkeys(STYLES, 0.0)}


def test_what_the_visitor_does_on_the_desk_is_kept():
    heard = writer.chosen(SAID, SHOWN, "v")
    assert heard == writer.Writing("cvae-2", "777", (1.25, -0.5), dict.fromkeys(STYLES, 0.0), seed=3)


def test_a_new_number_in_the_same_style_leaves_the_style_to_the_seed():
    z = [round(value, 3) for value in SHOWN.start(2).tolist()]
    assert writer.chosen(SAID | {"z": z}, SHOWN, "v").base is None


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "old"},
        {"z": ["1", 2]},
        {"z": [float("nan"), 0.0]},
        {"z": [1e9, 0.0]},
        {"z": [10**400, 0.0]},
        {"z": 3},
        {"number": 7},
        {"amounts": {"slant": 1e9}},
        {"amounts": None},
    ],
)
def test_a_message_that_makes_no_sense_is_not_heard(changes):
    assert writer.chosen(SAID | changes, SHOWN, "v") is None
    assert writer.chosen(None, SHOWN, "v") is None


def test_a_new_style_forgets_the_chosen_one_and_keeps_the_number():
    at = opened(generate_number="31415", generate_z="1,1")
    before = at.number_input(key="generate_seed").value
    sound(at.button(key="generate_seed_new").click().run())
    assert at.number_input(key="generate_seed").value != before
    assert written(at)["generate_number"] == "31415" and "generate_z" not in written(at)


@pytest.mark.parametrize("columns", ["Slant", "Width", "Thickness"])
@pytest.mark.parametrize("model", ["Style plane", "Style sliders"])
def test_the_grid_walks_along_a_style_and_says_how_much_of_it_the_code_holds(columns, model):
    at = opened(generate_columns=columns, generate_model=model)
    assert any("R²" in element.value for element in at.markdown)


def test_the_visitor_may_correct_the_judge():
    at = opened(generate_section="Your handwriting")
    sound(at.segmented_control(key="generate_class").set_value("8").run())
    _, y, posteriors = at.session_state["_generate"].posterior
    assert y == 8 and set(posteriors) == {"cvae", "cvae-2"}


def test_my_style_can_be_brought_to_the_desk():
    at = opened(generate_section="Your handwriting")
    mu = at.session_state["_generate"].posterior[2]["cvae-2"][0][0]
    sound(at.button(key="generate_mine").click().run())
    z = [float(value) for value in written(at)["generate_z"].split(",")]
    assert z == pytest.approx(mu.tolist(), abs=0.01)


def test_captions_say_what_they_understood():
    at = opened(generate_section="Ask in words", generate_caption="a purple thick 7")
    text = " ".join(element.value for element in at.markdown)
    assert "thick → thickness +1.5 sd" in text and "purple: not understood" in text
    at = opened(generate_section="Ask in words", generate_caption="nothing here")
    assert any("No digit found" in element.value for element in at.caption)


def test_samples_can_be_made_and_offered():
    at = opened(generate_section="Take samples home", generate_size="100")
    sound(at.button(key="generate_make").click().run())
    _, job = at.session_state["_generate"].batch
    settled(at.run())
    samples_made = job.value()
    assert len(samples_made.y) == 100 and np.bincount(samples_made.y).tolist() == [10] * 10
    expected = samples.draw(
        get_engine(), "cvae-2", torch.arange(10).repeat(10), torch.Generator().manual_seed(writer.SEED)
    )
    assert np.array_equal(samples_made.x, expected.x)
    assert any("of 100 as asked" in element.value for element in at.markdown)
    packed = samples.png_zip(samples_made)
    assert packed == export._file("png_zip", ("a test",), samples_made)()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:  # the same at any time of day, and readable once unpacked
        entries = {(entry.date_time, entry.external_attr >> 16) for entry in archive.infolist()}
    assert entries == {((1980, 1, 1, 0, 0, 0), 0o644)}


def test_samples_that_are_no_longer_wanted_are_not_made():
    at = opened(generate_section="Take samples home", generate_size="10,000")
    sound(at.button(key="generate_make").click().run())
    _, job = at.session_state["_generate"].batch
    assert not job.over
    sound(at.button(key="generate_cancel").click().run())
    assert job.state == "cancelled" and any("Cancelled" in element.value for element in at.caption)
    sound(at.button(key="generate_make").click().run())
    _, again = at.session_state["_generate"].batch
    sound(at.number_input(key="generate_seed").set_value(5).run())  # another question
    assert again.state == "cancelled"


def test_bets_are_decided_by_what_is_drawn():
    engine = get_engine()
    said = try_next.obeyed(engine)
    y = torch.tensor([2, 0, 6])
    z = torch.randn(16, generator=torch.Generator().manual_seed(writer.SEED))
    leans = [
        measure(engine.decode("cvae", code.repeat(3, 1), y))[:, 0].mean()
        for code in (z, z + 2.5 * directions(engine, "cvae").vectors[0])
    ]
    got = float(leans[1] - leans[0])
    asked = 2.5 * float(directions(engine, "cvae").sd[0])
    assert f"for {asked:.0f}° more, and they lean {got:.0f}° more" in said.sentence
    assert said.option == (2 if got < 0.9 * asked else 1 if got <= 1.1 * asked else 0)
    assert try_next.near_digits(engine).option == 2  # a plain autoencoder has no prior to draw from


def test_a_bet_sets_model_number_style_and_section():
    at = opened(bet="2", generate_slant="2", generate_number="7")
    sound(at.button(key="generate_option_0").click().run())
    assert at.session_state["generate_temperature"] == 2 and at.session_state["generate_section"] == "Temperature"
    assert written(at)["generate_number"] == "0123456789" and "generate_slant" not in written(at)


def test_the_story_follows_the_style():
    engine = get_engine()
    middle = writer.Writing("cvae-2", "8", base=(0.0, 0.0))
    slant, _, thickness = measure(engine.decode("cvae-2", torch.zeros(1, 2), torch.tensor([8])))[0].tolist()
    text = story.written(engine, middle)
    assert "lies 0.0 from the middle" in text and f"leans by {writer.number('slant', slant)}°" in text
    assert f"{thickness:.1f} px thick" in text
    assert story.written(engine, writer.Writing("cvae-2", "")) == ""


def test_a_cold_server_shows_the_page_before_the_shared_numbers(monkeypatch):
    monkeypatch.setattr(jobs, "ask", lambda *question, key: Job(key))
    monkeypatch.setattr(jobs, "at", lambda seat: Job(()))
    monkeypatch.setattr(prior, "SOON", 0)
    monkeypatch.setattr(measured, "SOON", 0)
    for section in ("Why a prior", "Temperature"):
        assert not sound(visit("generate", generate_section=section)).get("plotly_chart")


@pytest.mark.parametrize("section", sections.SECTIONS)
def test_every_section_and_the_hood_stand(section):
    at = opened(generate_section=section)
    at.session_state["generate_equations_open"] = True
    assert len(sound(at.run()).latex) > 2


@pytest.mark.parametrize(
    ("mine", "theirs", "words"),
    [
        ([-0.3, 0.5, 2.3], [-8.2, 0.9, 3.0], "on average slant 0° became −8°, thickness 2.3 px became 3.0 px"),
        ([4.0, 0.5, 2.34], [4.4, 0.9, 2.31], "on average slant 4° stayed, thickness 2.3 px stayed"),
    ],
)
def test_what_becomes_of_ones_hand_is_said_in_numbers(mine, theirs, words):
    assert transfer._became(torch.tensor(mine), torch.tensor(theirs)) == words


def test_the_prior_is_compared_with_an_autoencoder_that_has_none():
    *_, rows = samples.compare_priors(list(prior.PRIORS["More numbers"]), "ae-conv", 1)
    shown = [prior._in_a_row(get_engine(), row) for row in rows]
    far = {tile.title: row.distance for tile, row in zip(shown, rows, strict=True)}
    assert next(iter(far)) == "CVAE, z ~ N(0, I)" and list(far)[-1] == "Real test digits"
    assert far["VAE, z ~ N(0, I)"] < far["AE, z ~ a Gaussian fitted to its codes"] < far["AE, z ~ N(0, I)"]
    assert "as asked" in shown[0].note and rows[0].agreement > 0.95 and rows[1].agreement is None


def test_without_any_checkpoint_the_page_runs_and_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(engines, "_engine", None)
    at = opened()
    assert any("python -m aecore train" in element.value for element in [*at.caption, *at.warning])


def test_the_writing_is_the_sum_of_style_and_start():
    engine = get_engine()
    plain = writer.Writing("cvae", seed=5)
    slanted = writer.Writing("cvae", seed=5, amounts={"slant": 1.5})
    y = torch.arange(10)
    both = [measure(engine.decode("cvae", one.z(engine).repeat(10, 1), y))[:, 0].mean() for one in (plain, slanted)]
    assert float(both[1] - both[0]) > 8  # degrees
