"""The page's files, read as text."""

from rag_service.api.routes.pages import WEB


def test_script_of_the_page_never_parses_data_as_markup():
    for script in WEB.rglob("*.js"):
        source = script.read_text(encoding="utf-8")
        assert not any(word in source for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"))
        assert "eval(" not in source
    html = (WEB / "index.html").read_text(encoding="utf-8") + (WEB / "docs.html").read_text(encoding="utf-8")
    assert "http://" not in html
    assert "https://" not in html
