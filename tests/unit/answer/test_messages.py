"""An abstention speaks the language of the question."""

from typing import get_args

import pytest

from rag_service.answer.messages import abstention_message
from rag_service.models import AbstentionReason
from rag_service.text.languages import detect_language

QUESTIONS = {
    "de": "Wie heißt der Hausmeister?",
    "en": "What is the name of the caretaker?",
    "fr": "Quel est le nom du gardien ?",
    "es": "¿Cómo se llama el conserje?",
    "it": "Come si chiama il custode?",
    "pt": "Como se chama o porteiro e onde está?",
    "nl": "Hoe heet de conciërge?",
    "pl": "Jak nazywa się dozorca?",
    "tr": "Kapıcının adı nedir ve ne zaman gelir?",
    "ru": "Как зовут сторожа?",
    "zh": "管理员叫什么名字？",
    "ja": "管理人の名前は何ですか？",
}


@pytest.mark.parametrize("language", QUESTIONS)
def test_every_reason_is_given_in_the_language_of_the_question(language: str) -> None:
    told = [abstention_message(reason, QUESTIONS[language], "en") for reason in get_args(AbstentionReason)]
    assert len(set(told)) == 4
    assert [detect_language(each) for each in told] == [language] * 4


def test_where_the_question_tells_no_language_the_default_is_spoken_or_english() -> None:
    assert abstention_message("empty_collection", "Wladiwostok 2019", "de").startswith("Diese Sammlung")
    assert abstention_message("empty_collection", "Wladiwostok 2019", "sw").startswith("This collection")
