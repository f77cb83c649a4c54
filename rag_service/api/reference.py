"""The API reference as Markdown, made of the OpenAPI description: `python -m rag_service.api.reference`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from rag_service.api.app import routed
from rag_service.api.openapi import DESCRIPTIONS

Schema = Mapping[str, Any]

_INTRO = """\
# API

Made by `python -m rag_service.api.reference` from the server's own description, which is also served to read and try
at `/docs` and as `/openapi.json`.

- Offsets are code points of a document's source text, half open; times are Unix seconds; dates are ISO 8601, as
  precise as known.
- Errors are `application/problem+json` (RFC 9457) with a stable `code`; under the OpenAI-compatible routes they have
  OpenAI's shape, and a field at fault is a 400 there instead of a 422.
- {errors}
- Every response carries `X-Request-ID`, taken over from the request when it has one; the log holds the same id.
- With API keys configured, everything under `/v1` and `/metrics` wants `Authorization: Bearer <key>`. A key that does
  not reach a document's collection gets a 404 for it. Without keys only this machine is answered, under a loopback
  name, and browsers only from the page itself (`RAG_SERVER__CORS_ORIGINS` names other origins).
- `POST /v1/ask` with `"stream": true` answers as server-sent events: `passages` {passages} (again, when documents
  were replaced and nothing is said yet), then `delta` {text} and `citation` (at its first use) in turn, at the end
  `done` with the whole answer, or `error` with a problem. A client that disconnects stops the work.
- `GET /v1/jobs/{job_id}/events` sends an event `job` at every change and `done` at the end.
- A streamed chat completion ends with a delta that carries `annotations` and `rag`, the whole answer object. With
  `RAG_SERVER__OPENWEBUI_SOURCES=true` it also carries the source events that Open WebUI shows under a message, in
  chunks without choices.
- Of a chat completion's messages the text of `user` and `assistant` is read; the last one of `user` is the question.
  Files and search results that a client puts before it are left out. Of the parameters `model`, `stream`,
  `stream_options.include_usage` and `rag` change the answer; what wants another form of answer (`n` above 1, JSON in
  `response_format`, a demanded tool call, audio) is refused; all others, such as `temperature`, `max_tokens`, `stop`,
  `seed`, `logprobs` and `tools`, are let through and change nothing. Prompts that chat clients send for themselves
  (titles, tags, follow-ups) are answered without the documents.
- The page answers at `/?q=<question>&collection=<name>`; a document's source text is at
  `/documents/<id>#char=<start>,<end>`.
"""


def render() -> str:
    """The whole reference."""
    spec = routed().openapi()
    lines = [_INTRO.replace("{errors}", _errors())]
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            lines.extend(_operation(method.upper(), path, operation))
    lines.append("## Objects\n")
    for name, schema in sorted(spec["components"]["schemas"].items()):
        if name not in ("HTTPValidationError", "ValidationError"):
            lines.extend(_object(name, schema))
    return "\n".join(lines).rstrip() + "\n"


def _errors() -> str:
    return "Statuses of errors: " + " ".join(f"{status}: {text}" for status, text in DESCRIPTIONS.items())


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {method} {path}\n"
    yield f"{operation.get('description', operation['summary'])}\n"
    parameters = [item for item in operation.get("parameters", ()) if item["in"] != "header"]
    if parameters:
        yield "| parameter | in | type | meaning |\n|---|---|---|---|"
        for item in parameters:
            meaning = item.get("description") or item["schema"].get("description", "")
            yield f"| `{item['name']}` | {item['in']} | {_type(item['schema'])} | {meaning} |"
        yield ""
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"Request, `{kind}`: {_body(content['schema'])}\n"
    errors = []
    for status, response in operation["responses"].items():
        if not status.startswith("2"):
            errors.append(status)
            continue
        schemas = (content["schema"] for content in response.get("content", {}).values() if content.get("schema"))
        said = (*sorted({_type(schema) for schema in schemas}), response["description"])
        yield f"- {status}: " + ". ".join(part for part in said if part != "Successful Response")
    yield f"- errors: {', '.join(errors)}\n" if errors else ""


def _body(schema: Schema) -> str:
    if "$ref" in schema:
        return _type(schema)
    return ", ".join(f"`{name}` ({_type(field)}){_meaning(field)}" for name, field in schema["properties"].items())


def _meaning(field: Schema) -> str:
    return f" {field['description']}" if field.get("description") else ""


def _object(name: str, schema: Schema) -> Iterator[str]:
    yield f"### {name}\n"
    yield f"{schema.get('description', '')}\n"
    required = schema.get("required", ())
    yield "| field | type | meaning |\n|---|---|---|"
    for field, content in schema.get("properties", {}).items():
        said = [*([] if field in required else ["optional"]), *filter(None, [_described(content)])]
        yield f"| `{field}` | {_type(content)} | {'; '.join(said)} |"
    yield ""


def _described(schema: Schema) -> str:
    """A field's description, or that of what it may be instead of null."""
    options = (schema, *schema.get("anyOf", ()))
    return next((str(option["description"]) for option in options if "description" in option), "")


def _type(schema: Schema) -> str:
    """A short name of a type, with its bounds."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(option) for option in schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{str(schema['const']).lower() if isinstance(schema['const'], bool) else schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    low, high = schema.get("minimum", schema.get("minLength")), schema.get("maximum", schema.get("maxLength"))
    bounds = "" if low is None and high is None else f" ({low or 0:g}-{'' if high is None else f'{high:.15g}'})"
    return f"{schema.get('type', 'any')}{bounds}"


if __name__ == "__main__":
    sys.stdout.write(render())
