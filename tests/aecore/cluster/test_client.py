"""An engine elsewhere: the same answers, and the own engine's wherever it is away, slow, strange or of another mind."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import torch
from safetensors.torch import load, save

from aecore.cluster import client, deployment
from aecore.cluster.client import Cluster
from aecore.cluster.deployment import Question, answers
from aecore.data import load_digits
from aecore.engine import Engine


@pytest.fixture(scope="module")
def own():
    return Engine("cpu")


@pytest.fixture(scope="module")
def x():
    return load_digits("test")[0][:70].float() / 255


class Door(ThreadingHTTPServer):
    """Stands in for Serve's HTTP door. asked: paths; reply: (status, body) in place of the engine's answer."""

    daemon_threads = True

    def __init__(self, engine: Engine):
        super().__init__(("127.0.0.1", 0), Asked)
        self.engine, self.asked, self.reply, self.pause = engine, [], None, 0.0
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()


class Asked(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        path = urlsplit(self.path)
        name, what = path.path.strip("/").split("/")
        tensors = load(self.rfile.read(int(self.headers["Content-Length"])))
        inputs = [tensors[str(place)] for place in range(len(tensors))]
        self.server.asked.append(path.path)
        time.sleep(self.server.pause)
        (made,) = answers(self.server.engine, [Question(name, parse_qs(path.query)["sha256"][0], what, inputs)])
        reply = (400, made.encode()) if isinstance(made, str) else (200, save({"answer": made}))
        status, body = self.server.reply or reply
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def door(own):
    opened = Door(own)
    yield opened
    opened.shutdown()
    opened.server_close()


@pytest.fixture
def cluster(door):
    return Cluster(f"http://127.0.0.1:{door.server_port}")


def all_answers(engine: Engine, x: torch.Tensor) -> list[torch.Tensor]:
    """Of every method that computes."""
    y, mask = torch.arange(len(x)) % 10, (x > 0.5).float()
    return [
        engine.reconstruct("dae", x),
        engine.reconstruct("inpainter", x, mask),
        engine.reconstruct("cvae", x, y=y),
        engine.encode("vae", x),
        engine.decode("vae", engine.encode("vae", x)),
        *engine.posterior("vae", x),
        engine.sample("cvae", len(x), torch.Generator().manual_seed(0), y),
        engine.classify(x),
    ]


def test_every_method_gives_the_same_numbers(own, door, cluster, x):
    elsewhere = Engine("cpu", cluster=lambda: cluster)
    for ours, theirs in zip(all_answers(elsewhere, x), all_answers(own, x), strict=True):
        torch.testing.assert_close(ours, theirs)
    assert len(door.asked) == 9 and not elsewhere.problems()


def test_a_large_question_is_asked_in_parts(own, door, cluster, x, monkeypatch):
    monkeypatch.setattr(client, "ROWS", 32)
    torch.testing.assert_close(Engine("cpu", cluster=lambda: cluster).encode("vae", x), own.encode("vae", x))
    assert door.asked == ["/vae/encode"] * 3


@pytest.mark.parametrize("trouble", ["closed", "slow", "an error", "no answer at all"])
def test_while_it_is_away_the_own_engine_computes_and_says_so(trouble, own, door, cluster, x, monkeypatch):
    elsewhere = Engine("cpu", cluster=lambda: cluster)
    elsewhere.encode("vae", x)  # a connection is open
    monkeypatch.setattr(client, "SECONDS", 0.3)
    match trouble:
        case "closed":
            door.shutdown()
            door.server_close()
            cluster._line._idle.clear()
        case "slow":
            door.pause = 1.0
        case "an error":
            door.reply = 500, b"no"
        case "no answer at all":
            door.reply = 200, b"rubbish"
    torch.testing.assert_close(elsewhere.encode("vae", x), own.encode("vae", x))
    assert elsewhere.problems() == {"cluster": client.AWAY}
    asked = len(door.asked)
    elsewhere.encode("vae", x)
    assert len(door.asked) == asked  # nobody waits for it again so soon
    if trouble == "closed":
        return
    door.reply, door.pause, cluster._again = None, 0.0, 0.0
    elsewhere.encode("vae", x)
    assert not elsewhere.problems() and len(door.asked) == asked + 1


def test_what_it_refuses_is_computed_here(own, door, cluster, x, monkeypatch):
    elsewhere = Engine("cpu", cluster=lambda: cluster)
    with pytest.raises(ValueError, match="must be a float tensor"):
        elsewhere.encode("vae", x[:, :, :20])
    monkeypatch.setattr(deployment, "ROWS", 1)
    torch.testing.assert_close(elsewhere.encode("vae", x), own.encode("vae", x))
    assert len(door.asked) == 2 and not elsewhere.problems()


def test_another_checkpoint_of_the_name_is_not_asked_for(own, x):
    other, path = Question("vae", "0" * 64, "encode", [x]), Question("../vae.safetensors", "", "encode", [x])
    assert "another checkpoint" in answers(own, [other])[0] and "no checkpoint" in answers(own, [path])[0]


def test_questions_alike_are_answered_together_and_none_spoils_another(own, x, monkeypatch):
    calls, answer = [], own.answer
    monkeypatch.setattr(
        own, "answer", lambda name, what, *given: calls.append(len(given[0])) or answer(name, what, *given)
    )
    y = torch.arange(3)
    good = [Question("vae", "", "encode", [x[:3]]), Question("vae", "", "encode", [x[3:5]])]
    told = [Question("cvae", "", "encode", [x[:3], y]), Question("cvae", "", "encode", [x[:3], y + 9])]
    made = answers(own, [good[0], told[0], good[1], told[1]])
    torch.testing.assert_close(torch.cat([made[0], made[2]]), own.encode("vae", x[:5]))
    torch.testing.assert_close(made[1], own.encode("cvae", x[:3], y))
    assert isinstance(made[3], str) and calls[:4] == [5, 6, 3, 3]


@pytest.mark.parametrize("address", ["cluster", "ray://", "ray://host", "http://host:x", "https://host:1", "ray:auto"])
def test_what_is_no_address_is_said_and_the_own_engine_computes(address, own, x, monkeypatch, caplog):
    monkeypatch.setenv("AECORE_ENGINE", address)
    elsewhere = Engine("cpu", cluster=client.named)
    torch.testing.assert_close(elsewhere.encode("vae", x[:1]), own.encode("vae", x[:1]))
    assert client.FORMS in elsewhere.problems()["cluster"] and address in caplog.text


def test_without_the_variable_there_is_no_cluster(monkeypatch):
    monkeypatch.delenv("AECORE_ENGINE", raising=False)
    assert client.named() is None and not Engine("cpu", cluster=client.named).problems()
