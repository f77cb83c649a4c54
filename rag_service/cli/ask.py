"""rag-service ask, rag-service search."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import typer

from rag_service.cli.options import Collection, Json
from rag_service.errors import DataDirectoryLocked, InvalidFilter

Filters = Annotated[
    str | None,
    typer.Option("--filters", help='JSON, such as {"published": {"$gte": "2019-04"}}; see docs/documents.md.'),
]
TopK = Annotated[int | None, typer.Option("--top-k", min=1, max=50, help="Passages to retrieve.")]
ABSTAINED = 3


def ask(
    question: Annotated[str, typer.Argument(help="The question.", show_default=False)],
    collection: Collection = None,
    answerer: Annotated[Literal["auto", "extractive", "llm"], typer.Option(help="What makes the answer.")] = "auto",
    filters: Filters = None,
    top_k: TopK = None,
    as_json: Json = False,
) -> None:
    """Answer a question with citations. Exit code 3 when the documents do not answer it."""
    from rag_service.answer.events import Ask, check_question
    from rag_service.api.schemas.answers import AnswerBody
    from rag_service.cli.output import print_answer, print_json
    from rag_service.cli.session import answered, call_owner, service
    from rag_service.settings import load_settings

    settings = load_settings()
    check_question(question)
    request = Ask(question, collection or settings.collection, (), parse_filters(filters), top_k, answerer)
    try:
        with service(settings) as opened:
            body = AnswerBody.of(answered(opened, request))
    except DataDirectoryLocked as locked:
        sent: dict[str, Any] = {
            "question": question,
            "collection": request.collection,
            "filters": request.filters,
        }
        sent |= {"top_k": top_k, "answerer": answerer}
        body = AnswerBody.model_validate(call_owner(locked, "POST", "/v1/ask", sent))
    if as_json:
        print_json(body.model_dump())
    else:
        print_answer(body)
    if not body.answered:
        raise SystemExit(ABSTAINED)


def search(
    query: Annotated[str, typer.Argument(help="What to look for.", show_default=False)],
    collection: Collection = None,
    mode: Annotated[Literal["hybrid", "dense", "lexical"], typer.Option(help="Which searches to use.")] = "hybrid",
    filters: Filters = None,
    top_k: TopK = None,
    as_json: Json = False,
) -> None:
    """Print the best passages for a query."""
    from rag_service.answer.events import check_question
    from rag_service.api.schemas.answers import PassageBody
    from rag_service.cli.output import print_json, print_passages, print_warnings
    from rag_service.cli.session import call_owner, service
    from rag_service.settings import load_settings

    settings = load_settings()
    check_question(query)
    collection = collection or settings.collection
    conditions = parse_filters(filters)
    try:
        with service(settings) as opened:
            found = opened.retriever.search(collection, query, filters=conditions, top_k=top_k, mode=mode)
        listed = [PassageBody.of(passage).model_dump() for passage in found.evidence.passages]
        body: dict[str, Any] = {"object": "list", "data": listed}
        body["warnings"] = [{"code": item.code, "message": item.message} for item in found.warnings]
        body["timings"] = {"retrieve_ms": found.milliseconds, "total_ms": found.milliseconds}
    except DataDirectoryLocked as locked:
        sent: dict[str, Any] = {
            "query": query,
            "collection": collection,
            "filters": conditions,
            "top_k": top_k,
            "mode": mode,
        }
        body = call_owner(locked, "POST", "/v1/search", sent)
    if as_json:
        print_json(body)
    else:
        print_passages([PassageBody.model_validate(item) for item in body["data"]])
        print_warnings(item["message"] for item in body.get("warnings", ()))


def parse_filters(text: str | None) -> dict[str, Any] | None:
    """Filters from the command line; InvalidFilter when they are not a JSON object."""
    if text is None:
        return None
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidFilter(f"--filters is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise InvalidFilter('--filters must be a JSON object such as {"source": {"$in": ["a.txt"]}}.')
    return value
