"""What the OpenAPI description says beyond the routes' own types."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from rag_service.api.schemas.common import Problem

DESCRIPTIONS = {
    400: "The body cannot be read.",
    401: "No API key, or an unknown one.",
    403: "The key does not allow this.",
    404: "There is no such collection, document or job.",
    409: "The present state forbids it.",
    413: "The body is too large.",
    415: "The body has another media type.",
    422: "The request is at fault: `detail` says where; `errors` lists the fields when their form is wrong.",
    502: "The model's endpoint failed.",
    503: "The index or the model's endpoint cannot be used now, or too much is asked at once.",
    504: "The model's endpoint did not answer in time.",
}
_REFERENCE = "#/components/schemas/{model}"


class DescribedApp(FastAPI):
    """An application whose description holds the schemas that `problems_for` refers to, which no route returns."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI description."""
        made = self.openapi_schema is not None
        spec = super().openapi()
        if not made:
            _, described = models_json_schema([(Problem, "validation")], ref_template=_REFERENCE)
            spec["components"]["schemas"].update(described["$defs"])
        return spec


def problems_for(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Responses that hold a problem: the given ones, and those that every route of the API may give."""
    everywhere = (400, 401, 403, 413, 415, 422)
    return {
        status: {
            "description": DESCRIPTIONS[status],
            "content": {"application/problem+json": {"schema": {"$ref": _REFERENCE.format(model=Problem.__name__)}}},
        }
        for status in sorted({*statuses, *everywhere})
    }


def openai_errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The same in OpenAI's error shape, where a field at fault is a 400."""
    everywhere = {*statuses, 400, 401, 403, 413, 415}
    schema = {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["message", "type", "param", "code"],
                "properties": {
                    "message": {"type": "string"},
                    "type": {"type": "string"},
                    "param": {"type": ["string", "null"]},
                    "code": {"type": ["string", "null"]},
                },
            }
        },
    }
    return {
        status: {"description": DESCRIPTIONS[status], "content": {"application/json": {"schema": schema}}}
        for status in sorted(everywhere)
    }
