from pathlib import Path

from rag_service.api.app import routed
from rag_service.api.auth import is_public
from rag_service.api.reference import render
from rag_service.api.schemas.common import Problem

REFERENCE = Path(__file__).parents[2] / "docs" / "api.md"


def test_reference_is_what_the_description_gives():
    assert REFERENCE.read_text(encoding="utf-8") == render(), "run: python -m rag_service.api.reference > docs/api.md"


def references(node):
    """Every `$ref` in a description."""
    if isinstance(node, dict):
        yield from (value for name, value in node.items() if name == "$ref")
        node = list(node.values())
    for inner in node if isinstance(node, list) else ():
        yield from references(inner)


def test_every_reference_of_the_description_leads_somewhere():
    spec = routed().openapi()
    found = set(references(spec))
    assert {"#/components/schemas/Problem", "#/components/schemas/FieldProblem"} <= found
    for reference in found:
        node = spec
        for step in reference.removeprefix("#/").split("/"):
            assert step in node, reference
            node = node[step]


def test_problems_are_described_with_their_media_type():
    spec = routed().openapi()
    answers = spec["paths"]["/v1/ask"]["post"]["responses"]
    assert answers["404"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    assert set(spec["components"]["schemas"]["Problem"]["properties"]) == set(Problem.model_fields)


def test_every_route_and_field_is_in_the_reference():
    text = REFERENCE.read_text(encoding="utf-8")
    spec = routed().openapi()
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            assert f"## {method.upper()} {path}\n" in text
            for parameter in operation.get("parameters", ()):
                assert f"| `{parameter['name']}` |" in text
    for name, schema in spec["components"]["schemas"].items():
        if name in ("HTTPValidationError", "ValidationError"):
            continue
        section = text.split(f"### {name}\n")[1].split("\n#")[0]
        for field in schema.get("properties", {}):
            assert f"| `{field}` |" in section


def test_what_wants_a_key_says_so():
    for path, methods in routed().openapi()["paths"].items():
        for operation in methods.values():
            assert ("security" in operation and "401" in operation["responses"]) != is_public(path), path


def test_routes_of_the_public_contract_are_there():
    paths = routed().openapi()["paths"]
    promised = {
        "/v1/ask": {"post"},
        "/v1/search": {"post"},
        "/v1/documents": {"get", "post"},
        "/v1/documents/{document_id}": {"get", "delete"},
        "/v1/documents/{document_id}/content": {"get"},
        "/v1/jobs/{job_id}": {"get"},
        "/v1/jobs/{job_id}/events": {"get"},
        "/v1/collections": {"get", "post"},
        "/v1/collections/{name}": {"delete"},
        "/v1/models": {"get"},
        "/v1/chat/completions": {"post"},
        "/healthz": {"get"},
        "/readyz": {"get"},
        "/metrics": {"get"},
    }
    assert {path: set(paths[path]) for path in promised} == promised


def test_every_request_has_an_example():
    schemas = routed().openapi()["components"]["schemas"]
    for name, field in (("AskRequest", "question"), ("SearchRequest", "query"), ("ChatRequest", "model")):
        assert schemas[name]["properties"][field]["examples"]
