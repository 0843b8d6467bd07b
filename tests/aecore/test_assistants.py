"""The MCP server as an assistant meets it: started by the official SDK, over standard input and output."""

import asyncio
import base64
import io
import os
import sys
from pathlib import Path

import pytest
import torch
from mcp import Client, StdioServerParameters, stdio_client
from mcp.types import ImageContent, TextContent
from PIL import Image

from aecore.checkpoints import names
from aecore.pictures.sample_pages import sample_page
from aecore.service.verbs import VERBS

ROOT = Path(__file__).resolve().parents[2]
SERVER = StdioServerParameters(
    command=sys.executable, args=["-m", "aecore", "mcp"], cwd=ROOT, env={"OMP_NUM_THREADS": "1"}
)
PAGE = sample_page(torch.Generator().manual_seed(3), rows=1, columns=2)
WRONG = (
    ("nothing", {}, "There is no tool"),
    ("read", {}, "either a picture or digits"),
    ("read", {"picture_path": "/etc/hostname"}, "."),
    ("read", {"picture_path": "/nowhere/at/all.png"}, "There is no file"),
    ("read", {"picture_path": "/dev/zero"}, "There is no file"),
    ("read", {"picture_path": ["\0"]}, "There is no file"),
    ("generate", {"text": "7", "temperature": "warm"}, "number"),
    ("generate", {"text": "7", "model": "judge"}, "Choose one of"),
)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """All that is asked of one server: its tools, the answer of each, and those to wrong questions."""
    if not {"judge", "dae", "vae", "cvae"} <= set(names()):
        pytest.skip("no trained models here")
    photo = tmp_path_factory.mktemp("assistant") / "photo.jpg"
    Image.fromarray(PAGE.clean).save(photo)
    file = {"picture_path": str(photo)}
    right = dict.fromkeys(VERBS, file) | {"generate": {"text": "a thick 42"}, "models": {}}
    right["denoise"] = {"picture": base64.b64encode(photo.read_bytes()).decode()}

    async def talk():
        with Path(os.devnull).open("w") as quiet:
            async with Client(stdio_client(SERVER, errlog=quiet)) as lab:
                listed = (await lab.list_tools()).tools
                codes = (await lab.call_tool("encode", right["encode"])).structured_content["codes"]
                right["decode"] = {"codes": codes}
                answers = {name: await lab.call_tool(name, arguments) for name, arguments in right.items()}
                refused = [await lab.call_tool(name, arguments) for name, arguments, _ in WRONG]
                return listed, answers, refused

    return asyncio.run(talk())


def test_the_tools_are_the_verbs_and_the_list_of_models(session):
    tools = {tool.name: tool for tool in session[0]}
    assert set(tools) == {*VERBS, "models"} == set(session[1])
    assert all(tool.description and tool.input_schema["type"] == "object" for tool in tools.values())
    assert "picture_path" in tools["read"].input_schema["properties"]


@pytest.mark.parametrize("name", [*VERBS, "models"])
def test_every_tool_answers(session, name):
    answer = session[1][name]
    assert not answer.is_error, answer.content
    images = [part for part in answer.content if isinstance(part, ImageContent)]
    assert len(images) == (name in VERBS and VERBS[name].draws)
    for image in images:
        assert Image.open(io.BytesIO(base64.b64decode(image.data))).format == "PNG"
    assert isinstance(answer.content[-1], TextContent) and "picture" not in answer.structured_content
    if name == "read":
        assert [reading["digit"] for reading in answer.structured_content["readings"]] == PAGE.y.tolist()
    if name in ("decode", "inpaint"):
        assert len(answer.structured_content["reads"]) == 2


@pytest.mark.parametrize("place", range(len(WRONG)), ids=[f"{name}-{words}" for name, _, words in WRONG])
def test_a_wrong_question_is_told_in_words(session, place):
    answer = session[2][place]
    (part,) = answer.content
    assert answer.is_error and WRONG[place][2] in part.text and "Traceback" not in part.text
