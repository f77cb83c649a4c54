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
    "fr": {
        "empty_collection": "Cette collection ne contient encore aucun document.",
        "no_relevant_passage": "Aucun passage des documents ne se rapporte à cette question.",
        "insufficient_evidence": "Aucun passage des documents ne répond à cette question de façon fiable.",
        "declined_by_model": "Selon le modèle, les passages trouvés ne répondent pas à cette question.",
    },
    "es": {
        "empty_collection": "Esta colección aún no contiene documentos.",
        "no_relevant_passage": "Ningún pasaje de los documentos trata de esta pregunta.",
        "insufficient_evidence": "Ningún pasaje de los documentos responde a esta pregunta de forma fiable.",
        "declined_by_model": "Según el modelo, los pasajes encontrados no responden a esta pregunta.",
    },
    "it": {
        "empty_collection": "Questa raccolta non contiene ancora documenti.",
        "no_relevant_passage": "Nessun passo dei documenti riguarda questa domanda.",
        "insufficient_evidence": "Nessun passo dei documenti risponde a questa domanda in modo affidabile.",
        "declined_by_model": "Secondo il modello, i passi trovati non rispondono a questa domanda.",
    },
    "pt": {
        "empty_collection": "Esta coleção ainda não contém documentos.",
        "no_relevant_passage": "Nenhuma passagem dos documentos trata desta pergunta.",
        "insufficient_evidence": "Nenhuma passagem dos documentos responde a esta pergunta de forma fiável.",
        "declined_by_model": "Segundo o modelo, as passagens encontradas não respondem a esta pergunta.",
    },
    "nl": {
        "empty_collection": "Deze verzameling bevat nog geen documenten.",
        "no_relevant_passage": "Geen passage in de documenten gaat over deze vraag.",
        "insufficient_evidence": "Geen passage in de documenten beantwoordt deze vraag betrouwbaar.",
        "declined_by_model": "Volgens het model beantwoorden de gevonden passages deze vraag niet.",
    },
    "pl": {
        "empty_collection": "Ta kolekcja nie zawiera jeszcze dokumentów.",
        "no_relevant_passage": "Żaden fragment dokumentów nie dotyczy tego pytania.",
        "insufficient_evidence": "Żaden fragment dokumentów nie odpowiada wiarygodnie na to pytanie.",
        "declined_by_model": "Według modelu znalezione fragmenty nie odpowiadają na to pytanie.",
    },
    "tr": {
        "empty_collection": "Bu koleksiyonda henüz belge yok.",
        "no_relevant_passage": "Belgelerde bu soruyla ilgili bir bölüm bulunamadı.",
        "insufficient_evidence": "Belgelerde bu soruyu güvenilir biçimde yanıtlayan bir bölüm yok.",
        "declined_by_model": "Modele göre, bulunan bölümler bu soruyu yanıtlamıyor.",
    },
    "ru": {
        "empty_collection": "В этой коллекции пока нет документов.",
        "no_relevant_passage": "В документах нет фрагмента, относящегося к этому вопросу.",
        "insufficient_evidence": "В документах нет фрагмента, который надёжно отвечает на этот вопрос.",
        "declined_by_model": "По мнению модели, найденные фрагменты не отвечают на этот вопрос.",
    },
    "zh": {
        "empty_collection": "此集合中还没有文档。",
        "no_relevant_passage": "文档中没有与此问题相关的段落。",
        "insufficient_evidence": "文档中没有能够可靠回答此问题的段落。",
        "declined_by_model": "模型认为，找到的段落没有回答此问题。",
    },
    "ja": {
        "empty_collection": "このコレクションにはまだ文書がありません。",
        "no_relevant_passage": "この質問に関する箇所は文書に見つかりません。",
        "insufficient_evidence": "この質問に確実に答える箇所は文書にありません。",
        "declined_by_model": "モデルによれば、見つかった箇所はこの質問に答えていません。",
    },
}


def abstention_message(reason: AbstentionReason, question: str, default_language: str) -> str:
    """The message for a reason; English where neither the question's nor the default language is known."""
    language = detect_language(question, default_language)
    return _MESSAGES.get(language, _MESSAGES["en"])[reason]
