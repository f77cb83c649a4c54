"""Numbers that Word counts itself."""

import io

import docx
from docx.oxml import parse_xml

from tests.ingest_kit import read

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LEVELS = {  # by list: format and text of each level
    90: [("decimal", "§ %1")],
    91: [("decimal", "(%1)"), ("lowerLetter", "%2)")],
    92: [("upperRoman", "%1.")],
    93: [("bullet", "\u2022")],
    94: [("decimal", "%1."), ("decimal", "%1.%2")],
}


def document(*paragraphs: tuple[str, int, int] | str, restart: tuple[int, ...] = ()) -> str:
    """The text read of paragraphs, each with its list and level, and of headings in no list."""
    made = docx.Document()
    numbering = made.part.numbering_part.element
    lists = [list_of(kind, levels) for kind, levels in LEVELS.items()]
    first = next(at for at, each in enumerate(numbering) if each.tag.endswith("}num"))
    numbering[first:first] = [parse_xml(each) for each in lists]
    for kind in LEVELS:
        numbering.append(parse_xml(f'<w:num {WORD} w:numId="{kind}"><w:abstractNumId w:val="{kind}"/></w:num>'))
    for kind in restart:
        numbering.append(
            parse_xml(
                f'<w:num {WORD} w:numId="{kind + 100}"><w:abstractNumId w:val="{kind}"/><w:lvlOverride w:ilvl="0">'
                '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
            )
        )
    for each in paragraphs:
        text, kind, level = each if isinstance(each, tuple) else (each, 0, 0)
        paragraph = made.add_paragraph(text.lstrip("# "), style="Heading 1" if text.startswith("#") else None)
        if kind:
            paragraph._p.get_or_add_pPr().append(
                parse_xml(f'<w:numPr {WORD}><w:ilvl w:val="{level}"/><w:numId w:val="{kind}"/></w:numPr>')
            )
    stream = io.BytesIO()
    made.save(stream)
    return read("a.docx", stream.getvalue()).text


def list_of(kind: int, levels: list[tuple[str, str]]) -> str:
    inner = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(levels)
    )
    return f'<w:abstractNum {WORD} w:abstractNumId="{kind}">{inner}</w:abstractNum>'


def test_sections_and_clauses_keep_their_numbers() -> None:
    text = document(
        ("# Name", 90, 0), ("Er heißt so.", 91, 0), ("mit Ort", 91, 1), ("mit Tag", 91, 1), ("Er sitzt hier.", 91, 0),
        ("# Zweck", 90, 0), ("Er dient.", 191, 0), restart=(91,),
    )  # fmt: skip
    assert text == (
        "§ 1 Name\n(1) Er heißt so.\na) mit Ort\nb) mit Tag\n(2) Er sitzt hier.\n\n§ 2 Zweck\n(1) Er dient."
    )


def test_steps_are_numbered_on_behind_other_text() -> None:
    text = document(("Anmelden.", 94, 0), "Dann warten.", ("", 94, 0), ("Neu starten.", 94, 0), ("Prüfen.", 94, 1))
    assert text == "1. Anmelden.\n\nDann warten.\n3. Neu starten.\n3.1 Prüfen."


def test_other_marks() -> None:
    text = document(("Eins", 92, 0), ("Zwei", 92, 0), ("Punkt", 93, 0), ("# Anfang", 94, 0), ("# Mit Punkt", 93, 0))
    assert text == "I. Eins\nII. Zwei\n- Punkt\n\n1 Anfang\n\nMit Punkt"
