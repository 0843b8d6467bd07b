"""The Compress page's small nets: shipped files are what was measured, and the words that it makes of numbers."""

from dataclasses import replace

import pytest
import torch

from aecore.compression import packed, small_nets
from aecore.compression.small_nets import LEVELS, NETWORKS, SPARSITIES, WHOLE, Level
from aecore.data import load_digits
from pages.compress import nets
from pages.compress.nets import measured
from tests.visits import shown, sound, visit
from ui.server import files


@pytest.fixture(scope="module")
def table():
    return small_nets.load()


@pytest.mark.parametrize("name", NETWORKS)
def test_shipped_files_are_those_that_were_measured(table, name):
    for level in LEVELS[name]:
        data = small_nets.read_file(name, level)
        net = packed.unpack(data)
        assert net.name == name
        assert len(data) == table.rows[name][level.key].size == sum(table.parts[name][level.key])
        weights = sum(one.index.numel() for one in net.shared.values())
        assert 1 - table.rows[name][level.key].weights / weights == pytest.approx(level.sparsity, abs=1e-4)
        assert max(len(one.values) for one in net.shared.values()) <= 2**level.bits


def test_all_files_together_are_small():
    assert sum(path.stat().st_size for path in small_nets.paths()) <= 700_000


def test_the_judge_reads_as_measured(table):
    """One file again, on a tenth of the digits: within what chance allows on 1,000."""
    x, y = (part[::10] for part in load_digits("test"))
    model = packed.unpack(small_nets.read_file("judge", Level(0.96, 4))).model
    with torch.inference_mode():
        right = 100 * float((model(x.float() / 255).argmax(1) == y).float().mean())
    assert right == pytest.approx(table.rows["judge"]["0.96 4"].score[0], abs=0.6)


def test_the_judge_is_30_times_smaller_at_no_more_than_a_tenth_of_a_point(table):
    rows = table.rows["judge"]
    fine = [rows[level.key] for level in LEVELS["judge"] if rows[level.key].lost <= 0.1]
    assert max(rows[WHOLE].size / row.size for row in fine) >= 30


def test_the_server_hands_out_these_files_and_no_others():
    path = small_nets.path_of("judge", LEVELS["judge"][0])
    assert files.small_net(path.name) == path.read_bytes()
    assert files.small_net("heartbeat.aesn") is None
    assert files.small_net("../small/" + path.name) is None


def test_the_sentence_follows_the_numbers(table):
    assert measured.takeaway(table, "judge").startswith("**")
    rows = {key: replace(row, lost=5.0) for key, row in table.rows["judge"].items()}
    worse = replace(table, rows=table.rows | {"judge": rows})
    assert measured.takeaway(worse, "judge").startswith("No level comes without a loss")
    level = Level(SPARSITIES["judge"][0], 4)
    ours, low = table.rows["judge"][level.key], 90.0
    rows = table.rows["judge"] | {f"scratch {level.sparsity}": replace(ours, score=[low], half=0.1)}
    assert f"scores {ours.score[0] - low:.2f} points less" in measured.versus_scratch(rows, level.sparsity, "judge")
    rows[f"scratch {level.sparsity}"] = replace(ours)
    assert "the same within the interval" in measured.versus_scratch(rows, level.sparsity, "judge")


def test_the_table_has_a_line_for_each_row(table):
    lines = measured.markdown(table, "dae").splitlines()
    assert len(lines) == 2 + len(table.rows["dae"])


def test_settings_are_written_as_they_are_read():
    texts = {nets.written(name, level) for name in NETWORKS for level in LEVELS[name]}
    assert len(texts) == sum(map(len, LEVELS.values()))
    assert "judge-96-4" in texts


def test_the_page_shows_a_network_and_heartbeats_and_survives_nonsense():
    at = sound(shown("compress"))
    assert any(text.value.startswith(f"**{measured_times()} × smaller") for text in at.markdown)
    at = sound(visit("compress", compress_part="Heartbeats", compress_ecg="213-1.5-3"))
    assert any("Not for diagnosis" in text.value for text in at.caption)
    sound(visit("compress", compress_net="judge-5-0", compress_ecg="x-nan-inf"))


def measured_times() -> str:
    """How many times smaller, as the engine's table says."""
    rows = small_nets.load().rows["judge"]
    return f"{rows[WHOLE].size / rows['0.92 4'].size:.0f}"
