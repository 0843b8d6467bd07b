"""The OpenAPI description of the REST interface, made from the table of verbs.

Source: OpenAPI Specification 3.1.1, https://spec.openapis.org/oas/v3.1.1.html; problems: RFC 9457.
"""

from pydantic.json_schema import models_json_schema

import aecore
from aecore.service import questions
from aecore.service.answers import JSON, PNG
from aecore.service.verbs import VERBS, Verb

PROBLEM, FORM, ANY_PICTURE = "application/problem+json", "multipart/form-data", "image/*"
PROBLEMS = {
    400: "The body is no JSON, or no form",
    403: "A page of another site asks",
    406: "No media type that is wanted can be had",
    413: "The body is too large",
    415: "The body is of another type",
    422: "What was asked makes no sense; `errors` says where",
    429: "Too many questions from your address: come back after Retry-After seconds",
    500: "A fault of the lab's",
    503: "The lab is full, or a model is missing here: come back after Retry-After seconds",
}


def description(address: str) -> dict:
    """The document. address: of the interface, such as /api/v1; it may begin with the path that the lab is below."""
    models = [model for verb in VERBS.values() for model in (verb.question, verb.answer)]
    _, shared = models_json_schema(
        [(model, "validation") for model in dict.fromkeys(models)], ref_template="#/components/schemas/{model}"
    )
    schemas = shared["$defs"] | {"Problem": _PROBLEM, "Models": _MODELS}
    problem = {"content": {PROBLEM: {"schema": _ref("Problem")}}}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Autoencoder Lab",
            "version": aecore.__version__,
            "summary": "What the lab's pages do, for programs.",
        },
        "servers": [{"url": address}],
        "paths": {
            **{f"/{verb.name}": {"post": _operation(verb, schemas)} for verb in VERBS.values()},
            "/models": {"get": _looked_up("models", "Models, and the verbs that each can do", _ref("Models"))},
            "/health": {"get": _looked_up("health", "Whether the lab is ready", {"type": "object"}, {503: "Not yet"})},
            "/openapi.json": {"get": _looked_up("openapi", "This document", {"type": "object"})},
        },
        "components": {
            "schemas": schemas,
            "responses": {str(status): {"description": text} | problem for status, text in PROBLEMS.items()},
        },
    }


def _operation(verb: Verb, schemas: dict) -> dict:
    """POST of one verb."""
    question, kinds = verb.question.__name__, {JSON: {"schema": _ref(verb.answer.__name__)}}
    fields = schemas[question].get("properties", {})
    files = questions.files(verb.question)
    bodies: dict = {JSON: {"schema": _ref(question)}}
    if files:
        parts = {name: {"type": "string", "contentMediaType": "application/octet-stream"} for name in files}
        bodies[FORM] = {"schema": {"type": "object", "properties": _plain(fields, files) | parts}}
    if "picture" in files:
        bodies[ANY_PICTURE] = {"schema": {}}
    if verb.draws:
        kinds[PNG] = {"schema": {}}
    return {
        "operationId": verb.name,
        "summary": verb.title,
        "description": verb.about,
        "parameters": [_parameter(name, schema) for name, schema in _plain(fields, files).items()],
        "requestBody": {"content": bodies},
        "responses": {"200": {"description": "Done", "content": kinds}}
        | {str(status): {"$ref": f"#/components/responses/{status}"} for status in PROBLEMS},
    }


def _looked_up(name: str, summary: str, schema: dict, others: dict[int, str] | None = None) -> dict:
    """GET of something that is there."""
    content = {JSON: {"schema": schema}}
    statuses = {200: "Here it is"} | (others or {})
    responses = {str(status): {"description": text, "content": content} for status, text in statuses.items()}
    return {"operationId": name, "summary": summary, "responses": responses}


def _plain(fields: dict, files: list[str]) -> dict:
    """Fields that the address or a form can say: no files, no numbers by the hundred."""
    return {name: schema for name, schema in fields.items() if not (name in files or _is_nested(schema))}


def _is_nested(schema: dict) -> bool:
    return any(part.get("items", {}).get("type") == "array" for part in (schema, *schema.get("anyOf", ())))


def _parameter(name: str, schema: dict) -> dict:
    plain = {key: value for key, value in schema.items() if key != "description"}
    listed = any("array" in (part.get("type"),) for part in (schema, *schema.get("anyOf", ())))
    style = {"style": "form", "explode": False} if listed else {}  # 0.3,0.7
    return {"name": name, "in": "query", "description": schema.get("description", ""), "schema": plain} | style


def _ref(name: str) -> dict:
    return {"$ref": f"#/components/schemas/{name}"}


_PROBLEM = {
    "type": "object",
    "description": "What happened, and what to do next (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"where": {"type": "string"}, "what": {"type": "string"}},
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
}
_MODELS = {
    "type": "object",
    "properties": {
        "models": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "title": {"type": "string"},
                    "kind": {"type": "string"},
                    "about": {"type": "string"},
                    "verbs": {"type": "array", "items": {"enum": list(VERBS)}},
                    "latent_dim": {"type": "integer", "description": "Numbers in a code."},
                    "labels": {"type": "boolean", "description": "Whether it must be told the class."},
                },
                "required": ["name", "title", "kind", "about", "verbs"],
            },
        }
    },
    "required": ["models"],
}
