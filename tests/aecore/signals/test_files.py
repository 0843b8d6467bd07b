"""Files of visitors: what is no signal is refused with what to do; the command writes what it heard."""

import io
import struct
import wave

import numpy as np
import pytest
from typer.testing import CliRunner

import aecore
from aecore import checkpoints
from aecore.cli import app
from aecore.errors import DataError
from aecore.signals import draws, files, scores, table

NOISE = np.random.default_rng(0).normal(size=120)


def wav(width: int, values: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(width)
        file.setframerate(8000)
        scaled = (values / np.abs(values).max() * (2 ** (8 * width - 1) - 1)).round().astype(int)
        if width == 1:
            raw = (scaled + 128).astype(np.uint8).tobytes()
        elif width == 3:
            raw = b"".join(struct.pack("<i", value)[:3] for value in scaled)
        else:
            raw = scaled.astype(f"<i{width}").tobytes()
        file.writeframes(raw)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no column of numbers"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "neither CSV nor WAV"),
        (b"words and words\nmore words\n", "no column of numbers"),
        (b"1\n2\n3\n", "3 samples, and 50 are the least"),
        (b"\n".join([b"0.25"] * 200), "flat"),
        (b"\n".join([b"1e300", *[b"2"] * 99]), "too large"),
        (b"\n".join([b"nan", *[b"2", b"3"] * 50]), "not finite"),
        (b"RIFF\x00\x00\x00\x00nonsense", "16-bit PCM"),
        (b"0,1\n" * 2_600_000, "larger than 10 MB"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_a_bad_file_is_refused_in_a_sentence(data, says):
    with pytest.raises(DataError, match=says) as refused:
        files.read(data, "my.csv")
    assert "“my.csv”" in str(refused.value) and str(refused.value).count(".") <= 4


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_wav_files_of_any_depth_are_read(width):
    file = files.read(wav(width, NOISE))
    expected = (NOISE - NOISE.mean()) * files.LEVEL / NOISE.std()
    np.testing.assert_allclose(file.x[0, 0, :120] - 0.5, expected, atol=0.01 if width == 1 else 1e-4)
    assert file.samples == 120 and float(file.x[0, 0, 120:].min()) == 0.5


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{value}" for value in NOISE),
        "time,mV\n" + "\n".join(f"{i},{value}" for i, value in enumerate(NOISE)),
        "Zeit;mV\r\n" + "\r\n".join(f"{i};{value}".replace(".", ",") for i, value in enumerate(NOISE)),
        "\ufeff" + "\t".join(f"{value}" for value in NOISE),
    ],
    ids=["column", "table", "semicolons", "line"],
)
def test_numbers_come_in_several_ways(text):
    x = files.read(text.encode()).x
    np.testing.assert_allclose(x, files.read("\n".join(map(str, NOISE)).encode()).x, atol=1e-5)


@pytest.mark.skipif(table.NETWORK not in checkpoints.names(), reason="no trained models here")
def test_the_command_and_the_function_hear_the_pulse(tmp_path):
    s, x = draws.trace(draws.Settings(snr=6.0, seed=3))
    source, out = tmp_path / "trace.csv", tmp_path / "out.csv"
    source.write_text("\n".join(f"{value:.6f}" for value in (1000 * (x.flatten() - 0.5)).tolist()))  # in microvolts
    done = CliRunner().invoke(app, ["denoise-signal", str(source), "-o", str(out)])
    assert done.exit_code == 0, done.output
    rows = np.genfromtxt(out, delimiter=",", names=True)
    assert len(rows) == 500 and abs(int(np.abs(rows["denoised"]).argmax()) - int(scores.place(s))) < scores.NEAR
    np.testing.assert_allclose(rows["received"], 1000 * (x.flatten() - 0.5), atol=0.1)
    recon = aecore.denoise_signal(1000 * (x - 0.5))
    np.testing.assert_allclose(rows["denoised"], recon.flatten(), atol=1.0)
    assert float(scores.output_snr(1000 * s, recon)) > 6
    with pytest.raises(ValueError, match="cut the signal"):
        aecore.denoise_signal(x[..., :400])
    done = CliRunner().invoke(app, ["denoise-signal", str(source), "-o", str(tmp_path / "out.txt")])
    assert done.exit_code == 2 and ".csv" in done.output
    source.write_text("nothing")
    done = CliRunner().invoke(app, ["denoise-signal", str(source), "-o", str(out)])
    assert done.exit_code == 1 and "no column of numbers" in done.output
