"""What an abstention says, in the question's language where we speak it."""

from __future__ import annotations

from rag_service.models import AbstentionReason
from rag_service.text.languages import detect_language

_MESSAGES: dict[str, dict[AbstentionReason, str]] = {
    "de": {
        "empty_collection": "Diese Sammlung enthält noch keine Dokumente.",
        "no_relevant_passage": "In den Dokumenten findet sich keine Stelle zu dieser Frage.",
        "insufficient_evidence": "Die Dokumente enthalten keine Stelle, die diese Frage verlässlich beantwortet.",
        "declined_by_model": "Nach Auskunft des Modells beantworten die gefundenen Stellen diese Frage nicht.",
    },
    "en": {
        "empty_collection": "This collection holds no documents yet.",
        "no_relevant_passage": "No passage in the documents relates to this question.",
        "insufficient_evidence": "The documents hold no passage that answers this question reliably.",
        "declined_by_model": "According to the model, the passages found do not answer this question.",
    },
}


def abstention_message(reason: AbstentionReason, question: str, default_language: str) -> str:
    """The message for a reason; English where neither the question's nor the default language is known."""
    language = detect_language(question, default_language)
    return _MESSAGES.get(language, _MESSAGES["en"])[reason]
