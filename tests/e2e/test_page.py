"""The page in a browser: against a real server process, and against scripted answers for rare states."""

import pytest
from playwright.sync_api import expect

from rag_service.errors import ModelTimeout
from rag_service.models import Statement, Warning
from tests.e2e.browser import NARROW, WIDE, faults_of, in_view, needs_browser
from tests.e2e.process import run, server
from tests.fakes import TEXT, abstention, answer

pytestmark = needs_browser
HOSTILE = (
    "Besuch im Hafen <img src=x onerror=\"document.title='gotcha'\"> <script>document.title='gotcha'</script>\n\n"
    "Der Frachter <b>Nordlicht</b> 🚢 lief am 3. Mai 2021 im Hafen von Emden ein. Er brachte Holz.\n"
)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """A server process over two small documents."""
    folder = tmp_path_factory.mktemp("page")
    documents = folder / "documents"
    documents.mkdir()
    (documents / "hafen.txt").write_text(HOSTILE, encoding="utf-8")
    (documents / "werft.md").write_text(
        "# Die Werft\n\nDie Werft in Leer baute 2019 zwölf Schiffe.\n\n" + "Ein Absatz ohne Belang.\n\n" * 200,
        encoding="utf-8",
    )
    done = run(folder / "data", "ingest", str(documents))
    assert done.returncode == 0, done.stderr
    with server(folder / "data") as (url, _):
        yield url


@pytest.mark.parametrize("viewport", [WIDE, NARROW])
def test_question_to_highlighted_quote(real, visiting, viewport):
    visit = visiting(real, viewport=viewport)
    page = visit.open()
    assert page.inner_text("#welcome h2") == "Fragen Sie Ihre Dokumente"
    expect(page.locator("#holdings")).to_contain_text("2 Dokumente")
    visit.ask("Wann lief der Frachter Nordlicht im Hafen von Emden ein?")
    assert "3. Mai 2021" in page.inner_text(".answer")
    assert "[1]" not in page.inner_text(".answer")
    assert "hafen.txt" in page.inner_text(".citation .meta")
    quote = page.inner_text(".citation blockquote")
    page.focus(".answer .marker")
    page.keyboard.press("Enter")
    page.wait_for_selector("#quote")
    assert page.inner_text("#quote") == quote
    assert in_view(page, "#quote")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if viewport is NARROW:
        assert page.eval_on_selector("#source", "e => e.getBoundingClientRect().width") == 360
        assert page.eval_on_selector("#main", "e => e.inert")
    page.keyboard.press("Escape")
    assert page.is_hidden("#source")
    assert page.evaluate("document.activeElement.className") == "marker"


def test_what_documents_say_stays_text(real, visiting):
    visit = visiting(real)
    page = visit.open()
    visit.ask("Wann lief der Frachter Nordlicht im Hafen von Emden ein?")
    page.click(".citation a")
    page.wait_for_selector("#quote")
    page.click("details summary")
    shown = page.inner_text("#source-text")
    assert "<img src=x onerror=" in shown
    assert "<b>Nordlicht</b> 🚢" in shown
    assert page.locator("#source-text img, #source-text script, #conversation img, #conversation b").count() == 0
    assert "gotcha" not in page.title()


def test_address_carries_question_and_document(real, visiting):
    visit = visiting(real)
    page = visit.open("/?q=Wie%20viele%20Schiffe%20baute%20die%20Werft%20in%20Leer%3F")
    page.wait_for_selector(".footer")
    assert page.inner_text(".question") == "Wie viele Schiffe baute die Werft in Leer?"
    assert "zwölf" in page.inner_text(".answer")
    link = page.get_attribute(".citation a", "href")
    quote = page.inner_text(".citation blockquote")
    other = visiting(real, viewport=NARROW)
    page = other.open(link)
    page.wait_for_selector("#quote")
    assert page.inner_text("#quote") == quote
    assert in_view(page, "#quote")
    page.click("#close-source")
    assert page.evaluate("location.pathname") == "/"


def test_follow_up_sends_the_conversation(real, visiting):
    visit = visiting(real)
    page = visit.open()
    visit.ask("Wie viele Schiffe baute die Werft in Leer?")
    visit.ask("Und in welchem Jahr?")
    assert page.title() == "Und in welchem Jahr? – rag-service"
    assert visit.sent[0]["history"] == []
    history = visit.sent[1]["history"]
    assert [turn["role"] for turn in history] == ["user", "assistant"]
    assert history[0]["content"] == "Wie viele Schiffe baute die Werft in Leer?"
    assert "zwölf" in history[1]["content"]
    assert "[1]" not in history[1]["content"]
    page.click("#new-conversation")
    assert page.is_visible("#welcome")
    visit.ask("Hallo Werft?")
    assert visit.sent[2]["history"] == []


def test_a_follow_up_is_asked_whole_when_the_page_is_loaded_again(real, visiting):
    visit = visiting(real)
    page = visit.open()
    visit.ask("Wie viele Schiffe baute die Werft in Leer?")
    asked = page.url
    visit.ask("Und in welchem Jahr?")
    assert page.url != asked
    page.reload()
    page.wait_for_selector(".footer")
    assert "Werft" in page.inner_text(".question")
    assert "2019" in page.inner_text(".answer")


def test_upload_shows_its_progress_and_what_failed(real, visiting):
    visit = visiting(real)
    page = visit.open()
    page.click("#open-library")
    page.wait_for_selector("#documents li")
    page.set_input_files(
        "#files",
        [
            {"name": "leuchtturm.txt", "mimeType": "text/plain", "buffer": b"Der Turm ist 41 Meter hoch."},
            {"name": "leer.txt", "mimeType": "text/plain", "buffer": b""},
        ],
    )
    page.wait_for_selector(".job ul")
    said = page.inner_text(".job")
    assert "leuchtturm.txt: hinzugefügt" in said
    assert "leer.txt" in page.inner_text(".job .error")
    row = page.locator("#documents li", has_text="leuchtturm.txt")
    row.wait_for()
    row.locator("button").click()
    assert row.locator("button").inner_text() == "Endgültig löschen?"
    row.locator("button").click()
    row.wait_for(state="detached")


def test_files_can_be_dropped(real, visiting):
    page = visiting(real).open()
    expect(page.locator("#collection")).to_have_value("default")
    transfer = page.evaluate_handle(
        """() => { const data = new DataTransfer();
           data.items.add(new File(['Die Mole ist 300 Meter lang.'], 'mole.txt')); return data; }"""
    )
    page.dispatch_event("body", "dragenter", {"dataTransfer": transfer})
    assert page.is_visible("#drop-veil")
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})
    page.wait_for_selector(".job ul")
    assert page.is_hidden("#drop-veil")
    assert "mole.txt: hinzugefügt" in page.inner_text(".job")


def test_description_comes_from_this_server(real, visiting):
    page = visiting(real).open("/docs")
    page.wait_for_selector(".opblock")
    assert page.locator(".opblock").count() >= 18
    assert "rag-service" in page.inner_text(".title")


def test_abstention_is_shown_with_its_reason_and_what_was_looked_at(scripted, visiting):
    service, url = scripted
    service.asker.script = abstention
    visit = visiting(url)
    page = visit.open()
    visit.ask("Wie viele Einwohner hat Wladiwostok?")
    notice = page.inner_text(".notice-abstention")
    assert notice.startswith("Keine Antwort")
    assert "kein verlässlicher Beleg" in notice
    assert page.locator(".citation").count() == 0
    assert page.inner_text("details summary") == "Geprüfte Textstellen (1)"
    page.click(".passages a")
    page.wait_for_selector("#quote")
    assert page.inner_text("#quote") == TEXT


def test_warnings_and_unsupported_statements_are_marked(scripted, visiting):
    service, url = scripted
    unsure = Statement(TEXT[:46], 0, 46, (1,), False)
    told = Warning("llm_unavailable", "Das Modell antwortet nicht.")
    service.asker.script = lambda ask: answer(ask, statements=(unsure,), warnings=(told,))
    visit = visiting(url)
    page = visit.open()
    visit.ask("Wann?")
    assert page.inner_text(".warnings") == "Das Modell antwortet nicht."
    assert page.get_attribute(".unsupported", "title") == "Von den angegebenen Textstellen nicht gestützt"


def test_what_is_typed_before_the_collections_are_known_stays(scripted, visiting):
    visit, held = visiting(scripted[1]), []
    visit.page.route("**/v1/collections", lambda route: held.append(route))
    page = visit.open()
    page.fill("#question", "Wann?")
    held.pop().continue_()
    page.wait_for_selector("#holdings:not(:empty)")
    page.wait_for_timeout(100)
    assert page.input_value("#question") == "Wann?"


def test_failure_in_the_middle_is_told(scripted, visiting):
    service, url = scripted
    service.asker.error, service.asker.fail_after = ModelTimeout("Keine Antwort binnen 5 s."), 2
    page = visiting(url).open()
    page.fill("#question", "Wann?")
    page.click("#send")
    page.wait_for_selector(".notice-error")
    assert "Keine Antwort binnen 5 s." in page.inner_text(".notice-error")
    assert page.is_visible("#send")


def test_stop_ends_the_work(scripted, visiting):
    service, url = scripted
    service.asker.delay = 1.0
    page = visiting(url).open()
    page.fill("#question", "Wann?")
    page.click("#send")
    page.wait_for_selector("text=Lese eine Textstelle")
    page.click("#stop")
    page.wait_for_selector("text=Angehalten.")
    page.wait_for_timeout(500)
    assert service.asker.closed == 1
    assert page.is_visible("#send")


def test_key_is_asked_for_once_and_used(scripted, visiting):
    service, url = scripted
    service.keys.add("right")
    visit = visiting(url)
    page = visit.open()
    page.wait_for_selector("#key-dialog[open]")
    page.fill("#key", "wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#key-error")).not_to_be_empty()
    page.fill("#key", "right")
    page.keyboard.press("Enter")
    expect(page.locator("#holdings")).to_contain_text("Ein Dokument")
    visit.ask("Wann?")
    page.reload()
    expect(page.locator("#holdings")).to_contain_text("Ein Dokument")
    assert page.locator("#key-dialog[open]").count() == 0


def test_chosen_collection_is_asked(scripted, visiting):
    service, url = scripted
    service.library.create_collection("press")
    visit = visiting(url, locale="en-GB")
    page = visit.open()
    page.wait_for_selector("#collection option[value=press]", state="attached")
    page.select_option("#collection", "press")
    assert "no documents yet" in page.inner_text("#holdings")
    visit.ask("When?")
    assert visit.sent[0]["collection"] == "press"
    assert "collection=press" in page.url
    assert page.inner_text(".details h3") == "Citations"


@pytest.mark.parametrize("viewport", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_assistive_technology(scripted, visiting, viewport, scheme):
    service, url = scripted
    told = Warning("llm_unavailable", "Das Modell antwortet nicht.")
    service.asker.script = lambda ask: abstention(ask) if "Einwohner" in ask.question else answer(ask, warnings=(told,))
    visit = visiting(url, viewport=viewport, scheme=scheme)
    page = visit.open()
    expect(page.locator("#holdings")).not_to_be_empty()
    found = faults_of(page)
    visit.ask("Wann kam Kim?")
    visit.ask("Wie viele Einwohner?")
    page.locator("details summary").first.click()
    found += faults_of(page)
    page.click(".marker")
    page.wait_for_selector("#quote")
    found += faults_of(page)
    page.keyboard.press("Escape")
    page.click("#open-library")
    page.wait_for_selector("#documents li")
    found += faults_of(page)
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
