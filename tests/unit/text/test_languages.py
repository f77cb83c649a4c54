import pytest

from rag_service.text.languages import detect_language

QUESTIONS = [
    ("de", "Wann traf Kim Putin?"),
    ("de", "Und wann reiste er ab?"),
    ("de", "Wie viele Soldaten sind in der Straße?"),
    ("de", "Fuer wen ist das?"),
    ("en", "When did Kim meet Putin?"),
    ("en", "who won"),
    ("fr", "Quand Kim a-t-il rencontré Poutine ?"),
    ("es", "¿Cuándo se reunió Kim con Putin?"),
    ("it", "Quando Kim ha incontrato Putin?"),
    ("nl", "Wanneer ontmoette Kim Poetin?"),
    ("pt", "Quando Kim se encontrou com Putin?"),
    ("pl", "Kiedy Kim spotkał się z Putinem?"),
    ("cs", "Kdy se Kim setkal s Putinem?"),
    ("sv", "När träffade Kim Putin?"),
    ("da", "Hvornår mødte Kim Putin?"),
    ("fi", "Milloin Kim tapasi Putinin?"),
    ("hu", "Mikor találkozott Kim Putyinnal?"),
    ("ro", "Când s-a întâlnit Kim cu Putin?"),
    ("tr", "Kim Putin ile ne zaman görüştü?"),
    ("vi", "Kim gặp Putin khi nào?"),
    ("id", "Kapan Kim bertemu dengan Putin?"),
    ("fr", "Prix du parking"),
    ("fr", "Combien coûte le billet ?"),
    ("it", "Quanto costa il biglietto?"),
    ("es", "¿Cuánto cuesta la entrada?"),
    ("pt", "Quanto custa o bilhete?"),
    ("pl", "Ile kosztuje bilet?"),
    ("pl", "Ile waży wiertarka?"),
    ("cs", "Jaká je cena vstupenky?"),
    ("hu", "Mennyibe kerül a jegy?"),
    ("ru", "Когда Ким встретился с Путиным?"),
    ("uk", "Коли Кім зустрівся з Путіним?"),
    ("el", "Πότε συνάντησε ο Κιμ τον Πούτιν;"),
    ("ar", "متى التقى كيم ببوتين؟"),
    ("fa", "کیم چه زمانی با پوتین دیدار کرد؟"),
    ("he", "מתי נפגש קים עם פוטין?"),
    ("hi", "किम पुतिन से कब मिले?"),
    ("ja", "金正恩はいつプーチンに会いましたか？"),
    ("zh", "金正恩什么时候会见普京？"),
    ("ko", "김정은은 언제 푸틴을 만났습니까?"),
    ("th", "คิมพบปูตินเมื่อไหร่"),
]


@pytest.mark.parametrize(("language", "question"), QUESTIONS)
def test_short_questions(language: str, question: str) -> None:
    assert detect_language(question) == language


def test_nothing_to_go_by_gives_the_default() -> None:
    assert detect_language("Gipfel Wladiwostok") == "und"
    assert detect_language("Gipfel Wladiwostok", "de") == "de"
    assert detect_language("12:30 – 14:00", "en") == "en"
    assert detect_language("") == "und"


def test_units_and_codes_name_no_language() -> None:
    assert detect_language("18 V cordless drill, 4.0 Ah battery") == "und"
    assert detect_language("Voltage 18 V\nBattery 4.0 Ah\nCurrent 5 a\nModel Z\nDepth 3 z") == "und"


@pytest.mark.parametrize("default", ["de", "en"])
def test_on_a_tie_the_default_is_kept(default: str) -> None:
    assert detect_language("Northwind earned 12.4 million euros in 2023.", default) == default


@pytest.mark.parametrize(
    "text",
    [
        "Die Quelle nennt 28 Euro Tagegeld.",
        "Laut Quelle 28 Euro.",
        "Tagegeld (Quelle: Reise): 28 Euro.",
        "In Los Angeles gibt es Las Palmas und Le Pen.",
    ],
)
def test_nouns_and_names_with_a_capital_hardly_tell_the_language(text: str) -> None:
    assert detect_language(text, "de") == "de"


def test_a_title_in_capitals_still_tells_it() -> None:
    assert detect_language("Meeting With The President") == "en"
    assert detect_language("WER IST DER CHEF?") == "de"


def test_one_chance_word_does_not_name_a_long_list() -> None:
    names = " ".join(f"Name{letter}{other}" for letter in "abcdef" for other in "uvwxyz")
    assert detect_language(f"{names} der") == "und"


def test_foreign_names_do_not_change_the_language_of_a_text() -> None:
    text = "Der Präsident sprach in Łódź und São Paulo mit den Gästen. Es ging um die Zukunft der Städte."
    assert detect_language(text) == "de"
