"""The command that lets assistants use the lab: mcp, the Model Context Protocol on standard input and output.

Its tools are the verbs of `aecore.service.verbs`. An assistant knows files by their names and not by their bytes, so
wherever a verb takes a file, its tool also takes a path; what is no picture is refused, and nothing is ever written.

Source: https://modelcontextprotocol.io/specification; the official SDK is github.com/modelcontextprotocol/python-sdk.
"""

import asyncio
import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from aecore import __version__
from aecore.cli.paths import Source
from aecore.errors import AecoreError

if TYPE_CHECKING:
    from mcp.server import Server
    from mcp.types import CallToolResult, Tool

app = typer.Typer()
PATH = "_path"  # at the end of the setting that names a file
MODELS = "models"
INSTRUCTIONS = (
    "Autoencoder Lab: small networks for handwritten digits, and one that cleans photographs. Start with read or "
    "generate; models lists the networks that each tool takes. Digits are 28 x 28 pixels, white ink on black."
)


@app.command()
def mcp() -> None:
    """Serve the verbs of the lab to an assistant, by the Model Context Protocol over standard input and output."""
    try:
        from mcp.server.stdio import stdio_server
    except ImportError as error:
        raise AecoreError("The MCP SDK is not installed here. Install it with: pip install 'mcp>=2'") from error

    async def serve() -> None:
        assistants = server()
        async with stdio_server() as (read, write):
            await assistants.run(read, write, assistants.create_initialization_options())

    asyncio.run(serve())


def server() -> "Server":
    """The server, for any transport of the SDK."""
    from mcp.server import Server
    from mcp.types import ListToolsResult

    async def list_tools(context, params) -> ListToolsResult:
        return ListToolsResult(tools=tools())

    async def call_tool(context, params) -> "CallToolResult":
        return await asyncio.to_thread(call, params.name, params.arguments or {})

    return Server(
        "autoencoder-lab",
        version=__version__,
        title="Autoencoder Lab",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def tools() -> "list[Tool]":
    """One tool a verb, and the list of models."""
    from mcp.types import Tool, ToolAnnotations

    from aecore.service.verbs import VERBS

    only_looks = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    about = "Lists all networks and classical methods at hand, each with the tools that take it as their model."
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    listed = [
        Tool(
            name=verb.name,
            title=verb.title,
            description=verb.about,
            input_schema=_schema(verb.question),
            annotations=only_looks,
        )
        for verb in VERBS.values()
    ]
    models = Tool(name=MODELS, title="List the models", description=about, input_schema=schema, annotations=only_looks)
    return [*listed, models]


def call(name: str, arguments: dict) -> "CallToolResult":
    """What a tool answers: a picture as an image, all else as JSON; what is wrong with the question in words."""
    from mcp.types import CallToolResult, ImageContent, TextContent

    from aecore.engine import get_engine
    from aecore.service import verbs

    engine = get_engine()
    try:
        if name == MODELS:
            said, png = {"models": verbs.models(engine)}, b""
        elif name not in verbs.VERBS:
            raise AecoreError(f"There is no tool '{name}'. Choose one of: {', '.join([*verbs.VERBS, MODELS])}.")
        else:
            made = verbs.make(name, verbs.ask(name, _with_files(arguments), engine), engine)
            said, png = made.answer.model_dump(exclude={"picture", "digits"}), made.png
    except AecoreError as error:
        return CallToolResult(content=[TextContent(text=str(error))], is_error=True)
    image = [ImageContent(data=base64.b64encode(png).decode(), mime_type="image/png")] if png else []
    return CallToolResult(content=[*image, TextContent(text=json.dumps(said))], structured_content=said)


def _schema(question: type) -> dict:
    """The JSON Schema of a question; beside each file stands a path."""
    from aecore.service import questions

    schema, files, properties = question.model_json_schema(), questions.files(question), {}
    for name, field in schema["properties"].items():
        properties[name] = field
        if name in files:
            about = f"Or the path of that file on this machine, instead of {name}."
            properties[name + PATH] = {"type": "string", "description": about}
    return schema | {"properties": properties}


def _with_files(arguments: dict) -> dict:
    """The same with the files' content in place of their paths. Raises: AecoreError: one cannot be read."""
    said = {}
    for name, value in arguments.items():
        if not name.endswith(PATH):
            said[name] = value
            continue
        path = Path(str(value)).expanduser()
        try:
            there = path.is_file()
        except (OSError, ValueError):
            there = False
        if not there:
            raise AecoreError(f"There is no file {value}. Give the whole path of a picture on this machine.")
        said[name.removesuffix(PATH)] = Source(path).read()
    return said
