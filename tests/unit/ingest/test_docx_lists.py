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
    95: [("upperRoman", "Artikel %1"), ("decimalZero", "%2."), ("decimal", "%1.%3")],
}
MORE = {(95, 2): "<w:isLgl/>", (95, 1): '<w:lvlRestart w:val="0"/>'}  # of a list and level


def document(*paragraphs: tuple[str, int, int] | str, restart: tuple[int, ...] = ()) -> str:
    """The text read of paragraphs, each with its list and level, and of headings in no list."""
    made = docx.Document()
    numbering = made.part.numbering_part.element
    lists = [list_of(kind, levels) for kind, levels in LEVELS.items()]
    lists.append(f'<w:abstractNum {WORD} w:abstractNumId="96"><w:numStyleLink w:val="Style92"/></w:abstractNum>')
    first = next(at for at, each in enumerate(numbering) if each.tag.endswith("}num"))
    numbering[first:first] = [parse_xml(each) for each in lists]
    for kind in (*LEVELS, 96):
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
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'{MORE.get((kind, at), "")}<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(levels)
    )
    return f'<w:abstractNum {WORD} w:abstractNumId="{kind}"><w:styleLink w:val="Style{kind}"/>{inner}</w:abstractNum>'


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


def test_legal_numbers_and_numbers_that_run_on() -> None:
    text = document(("Eins", 95, 0), ("A", 95, 1), ("B", 95, 2), ("Zwei", 95, 0), ("C", 95, 1), ("D", 95, 2))
    assert text == "Artikel I Eins\n01. A\n1.1 B\nArtikel II Zwei\n02. C\n2.1 D"


def test_a_list_takes_its_numbers_from_a_list_style() -> None:
    assert document(("Eins", 96, 0), ("Zwei", 96, 0)) == "I. Eins\nII. Zwei"


def test_a_heading_loses_both_brackets_of_its_number() -> None:
    assert document(("# Zweck", 91, 0)) == "1 Zweck"


def test_what_is_only_set_in_like_a_list_has_no_bullet() -> None:
    made, stream = docx.Document(), io.BytesIO()
    made.add_paragraph("Punkt", style="List Bullet")
    made.add_paragraph("Weiter dazu.", style="List Continue")
    made.save(stream)
    assert read("a.docx", stream.getvalue()).text == "- Punkt\n\nWeiter dazu."
