"""Sentences as candidates for an answer, and what is none."""

import pytest

from rag_service.answer.evidence.candidates import find_candidates, is_fragment, is_list_item, without_other_rows
from tests.fakes import passage


def test_candidates_are_sentences_once_with_their_offsets():
    text = (
        "# Der Gipfel\n\nKim kam am Mittwoch an. Putin folgte ihm am Donnerstag.\n\n- Ein Punkt der Liste steht hier."
    )
    found = find_candidates(
        [passage(text, start=100, end=100 + len(text)), passage(text, start=100, end=100 + len(text))]
    )
    assert [item.text for item in found] == [
        "Kim kam am Mittwoch an.",
        "Putin folgte ihm am Donnerstag.",
        "Ein Punkt der Liste steht hier.",
    ]
    assert all(text[item.start - 100 : item.end - 100] == item.text for item in found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("## Wer genehmigt Urlaub?\n\nDie Teamleitung. Sie hat eine Woche Zeit.",
         ["## Wer genehmigt Urlaub?\n\nDie Teamleitung.", "Sie hat eine Woche Zeit."]),
        ("F: Wann ist offen?\nA: 11:30 bis 14 Uhr", ["F: Wann ist offen?\nA: 11:30 bis 14 Uhr"]),
        ("Wann ist offen? Wo ist das? Im Keller.", ["Wo ist das? Im Keller."]),
        ("Er fragte: „Wo ist das?“ Niemand wusste es.", ["Er fragte: „Wo ist das?“", "Niemand wusste es."]),
        ("Wo ist das?\n\nFoto: dpa, Bild vom April\n\nIm Keller liegt es.", ["Im Keller liegt es."]),
        ("Im Keller liegt es. Wer räumt auf?", ["Im Keller liegt es."]),
        ("متى يفتح المتحف؟ يفتح في التاسعة.", ["متى يفتح المتحف؟ يفتح في التاسعة."]),
        ("営業時間は？ 九時から五時まで。", ["営業時間は？ 九時から五時まで。"]),
        ("Wo ist das?", []),
    ],
)  # fmt: skip
def test_a_question_stands_with_its_answer_or_not_at_all(text, found):
    assert [item.text for item in find_candidates([passage(text)])] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Frostschutz. Glykol darf nicht hinein. Es ist giftig.\n\nHöhere Gewalt. Niemand haftet.",
         ["Frostschutz. Glykol darf nicht hinein.", "Es ist giftig.", "Höhere Gewalt. Niemand haftet."]),
        ("Der Plan\nSoftware. Version 3.1 ersetzt 2.4. Sie ist neu.",
         ["Software. Version 3.1 ersetzt 2.4.", "Sie ist neu."]),
        ("4. Credits. If it fails, you pay less.\n- Service-Level. We promise nothing.",
         ["4. Credits. If it fails, you pay less.", "Service-Level. We promise nothing."]),
        ("Haftet er? Nein. Er haftet nie.", ["Haftet er? Nein.", "Er haftet nie."]),
        ("Wer haftet?\n\nNiemand. Auch er haftet nie.", ["Wer haftet?\n\nNiemand.", "Auch er haftet nie."]),
        ("Nein. Er haftet nie.", ["Nein.", "Er haftet nie."]),
        ("Er rief ihn an, und zwar laut.\nStille. Dann ging er.",
         ["Er rief ihn an, und zwar laut.", "Stille.", "Dann ging er."]),
        ("Er kam. Stille. Dann ging er.", ["Er kam.", "Stille.", "Dann ging er."]),
        ("Kinder lachen. Dann gehen sie.", ["Kinder lachen.", "Dann gehen sie."]),
        ("Gebühr.\n\nDann gehen sie alle.", ["Dann gehen sie alle."]),
    ],
)  # fmt: skip
def test_a_heading_that_opens_a_line_of_text_stands_with_what_follows_it(text, found):
    assert [item.text for item in find_candidates([passage(text)])] == found


def test_a_title_is_no_answer_although_it_has_a_label():
    text = "Geplant und geschehen: Das Programm im April\n\nDas Theater entfiel."
    (only,) = find_candidates([passage(text, title="Geplant und geschehen: Das Programm im April")])
    assert only.text == "Das Theater entfiel."
    for line in ("Die Kantine ist zu.", "Offen: 9 bis 17 Uhr", "Land: Malta; Ort: Valletta"):
        assert len(find_candidates([passage(f"{line}\n\nMehr steht hier.", title=line)])) == 2


def test_of_rows_the_one_that_tells_more_of_what_is_asked_is_left():
    rows = ["Land: Schweiz; Satz: 64", "Land: Italien; Satz: 40", "Land: Malta; Satz: 46"]
    found = find_candidates([passage("\n".join(rows) + "\n\nMalta liegt im Meer. Der Satz gilt je Tag.")])
    assert len(found) == 5

    def left(*told):
        return [found[row].text for row in without_other_rows(found, [set(each) for each in told])]

    assert left("sm", "s", "s", "m", "s") == [rows[0], "Malta liegt im Meer.", "Der Satz gilt je Tag."]
    assert left("sm", "s", "sx", "m", "s")[:2] == [rows[0], rows[2]]
    assert len(left("s", "s", "s", "m", "s")) == len(left("", "", "", "m", "s")) == 5


def test_of_entries_of_a_calendar_the_one_that_tells_more_is_left():
    lines = ["- 8. Mai 2025, 9 Uhr: Fahrt", "- 9. Juni, 10:30 Uhr: Fest", "- 3. Juli: Am Abend wird gefeiert."]
    found = find_candidates([passage("\n".join(lines))])
    assert without_other_rows(found, [{"fahrt"}, set(), set()]) == [0, 2]


def test_rows_of_other_passages_are_left_alone():
    found = find_candidates([passage("Land: Malta; Satz: 46", version_id="v1"), passage("Ort: Rom; Satz: 40")])
    assert without_other_rows(found, [{"s"}, set()]) == [0, 1]


def test_fragments_only_where_there_is_nothing_else():
    (only,) = find_candidates([passage("# Startseite Politik Sport")])
    assert only.fragment and only.text == "# Startseite Politik Sport"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Technical data\n\nMax. torque                65 Nm\nWeight                     1.4 kg\n\nThe drill is loud.",
         ["Max. torque                65 Nm", "Weight                     1.4 kg", "The drill is loud."]),
        ("Tickets are sold at the door.\n\nAdults 42\nJuniors 37\n\nOpening hours\n\nThe museum is open daily.",
         ["Tickets are sold at the door.", "Adults 42", "Juniors 37", "The museum is open daily."]),
        ("The tool is small.\n\n## Installation\n\npip install quickcast",
         ["The tool is small.", "pip install quickcast"]),
        ("Bread\n500 g flour\n10 g salt\nFoto: dpa\n25. April 2019\nMix and bake for an hour.",
         ["500 g flour", "10 g salt", "Mix and bake for an hour."]),
        ("MAX_ITEMS = 250\nMIN_ITEMS = 1\n\n# Limits of the queue\n\nMore are refused.",
         ["MAX_ITEMS = 250", "MIN_ITEMS = 1", "More are refused."]),
        ("Installation\n\npip install quickcast\n\nIt then runs everywhere.",
         ["pip install quickcast", "It then runs everywhere."]),
        ("The drill is loud. Its", ["The drill is loud."]),
        ("date 2019-04\n\nIt then runs everywhere.", ["It then runs everywhere."]),
        ("Politik\n\nKim trifft Putin\n\nDer Zug fuhr am Abend ein.", ["Der Zug fuhr am Abend ein."]),
    ],
)  # fmt: skip
def test_short_lines_are_data_unless_they_head_what_follows(text, found):
    sentences = find_candidates([passage(text, title="Bread"), passage("Elsewhere it rains.", version_id="v2")])
    assert [item.text for item in sentences] == [*found, "Elsewhere it rains."]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Umzug\n\nSonntag, 6. September 2026, 14 Uhr\n\nEr zieht zum Festplatz.",
         ["Umzug\n\nSonntag, 6. September 2026, 14 Uhr", "Er zieht zum Festplatz."]),
        ("Yoga\nSamstag, 9. Mai 2026, 10\u201316 Uhr\n\nBitte Matten mitbringen.",
         ["Yoga\nSamstag, 9. Mai 2026, 10\u201316 Uhr", "Bitte Matten mitbringen."]),
        ("Proben\n\n3. Mai 2026\n\n10. Mai 2026\n\nDie Halle ist offen.",
         ["Proben\n\n3. Mai 2026\n\n10. Mai 2026", "Die Halle ist offen."]),
        ("Wann ist der Markt?\n\n3. Mai 2026\n\nEr endet um vier.",
         ["Wann ist der Markt?\n\n3. Mai 2026", "Er endet um vier."]),
        ("Rat tagt\n\n25. April 2019, 18:05 Uhr\n\nEr tagte drei Stunden.", ["Er tagte drei Stunden."]),
        ("Wer führt den Rat?\n\n25. April 2019\n\nEr tagte drei Stunden.",
         ["Er tagte drei Stunden."]),
        ("Termine\n12.05.2026 Konzert\n20.09.2026 Ausflug\n\nGäste sind willkommen.",
         ["Termine", "12.05.2026 Konzert", "20.09.2026 Ausflug", "Gäste sind willkommen."]),
        ("Er tagte drei Stunden.\n\n3. Mai 2026\n\nEr endet um vier.", ["Er tagte drei Stunden.", "Er endet um vier."]),
        ("Foto: dpa\n\n3. Mai 2026\n\nEr endet um vier.", ["Er endet um vier."]),
        ("Preise\n\n2026\n\nKinder zahlen drei Euro.", ["Kinder zahlen drei Euro."]),
    ],
)  # fmt: skip
def test_a_day_stands_with_the_heading_above_it_unless_it_is_the_dateline(text, found):
    assert [item.text for item in find_candidates([passage(text)])] == found


def test_the_day_of_publication_further_down_is_no_dateline():
    text = "Umzug\n\n25. April 2019\n\nEr zieht zum Festplatz."
    assert len(find_candidates([passage(text)])) == 1
    assert len(find_candidates([passage(text, start=5000, end=5000 + len(text))])) == 2


def test_headings_with_a_day_are_candidates_where_they_answer():
    text = "5.1.0 (2025-10-07)\n\nReads are fast.\n\n5.0.0 (2025-05-20)\n\nThe old flag is gone.\n\nNotes\n\nIt runs."
    sentences = ["Reads are fast.", "The old flag is gone.", "It runs."]
    asked = [item.text for item in find_candidates([passage(text)], lambda _, heading: heading.startswith("5.1.0"))]
    assert asked == ["5.1.0 (2025-10-07)", *sentences]
    assert [item.text for item in find_candidates([passage(text)])] == sentences
    dated = [item.text for item in find_candidates([passage(text, published="2025-10-07")], lambda *_: True)]
    assert dated == [sentences[0], "5.0.0 (2025-05-20)", *sentences[1:]]


def test_the_year_of_publication_in_a_title_is_no_answer():
    title = "Changed and cancelled: the programme of 2019"
    found = find_candidates([passage(f"{title}\n\nThe visit ended early.", title=title, published="2019-04-28")])
    assert [item.text for item in found] == ["The visit ended early."]


@pytest.mark.parametrize(
    ("below", "found"),
    [
        ("Please be there.", True),
        ("Please bring the minutes of 5 February.", True),
        ("We meet on 26 March. Doors open at 10.", False),
    ],
)
def test_a_title_is_an_answer_only_where_it_has_a_number_that_the_text_does_not(below, found):
    title = "Next meeting: 26 March, 10 am"
    sentences = find_candidates([passage(f"{title}\n\n{below}", title=title)])
    assert (title in [item.text for item in sentences]) is found


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("Foto: dpa/Kim Jong Un am Bahnhof von Wladiwostok.", True),
        ("# Überschrift", True),
        ("Kim reiste ab.", False),
        ("Kim reiste dann ab.¹", False),
        ("Kim reiste dann ab.[12]", False),
        ("**Kim reiste dann ab.**", False),
        ("a) die Beiträge nicht zahlt,", False),
        ("(b) den Verein schädigt oder", False),
        ("c. zweimal fehlt;", False),
        ("a Ausschluss", True),
        ("- Abreise am Freitag", False),
        ("Abreise | Samstag | Freitag", False),
        ("Mehr zum Thema", True),
        ("Nächste Sitzung: 26. März, 10 Uhr", False),
        ("Stellv. Wehrführerin: Julia Roth", False),
        ("Approx. weight: 12 kg", False),
        ("Am 25. April 2019: Kim trifft Putin", True),
        ("Version 2.0: neu", True),
        ("Land: Schweiz; Tagessatz in Euro: 64", False),
        ("Inventarnr.: NB-1041; Gerät: Notebook", False),
        ("Um 10:30 im Saal", True),
        ("11. September 2023, 18:05 Uhr", True),
        ("date 2019-04", True),
        ("Datum: 11. September 2023", False),
        ("- 11. September 2023", False),
        ("11. September 2023: Der Zug fährt ab", False),
        ("DATEIFOTO: Der Präsident und sein Gast posieren für ein Foto während ihres Treffens.", True),
        ("File photo: the two leaders shake hands at the end of their meeting in the harbour.", True),
        ("Bild aufgenommen am 25. April 2019.", True),
        ("Das Bild wurde im April aufgenommen.", False),
        ("馆长是李明华。", False),
        ("門票為三十元。」", False),
        ("館長は田中です。", False),
        ("박물관은 쉰다.", False),
        ("टिकट तीस रुपये।", False),
        ("دروازہ بند ہے۔", False),
        ("นิทรรศการถาวรจัดแสดงเครื่องปั้นดินเผาโบราณที่ขุดพบในหมู่บ้านใกล้แม่น้ำและเปิดให้ชมทุกวัน", False),
        ("青山博物馆", True),
        ("パンフレット", True),
        ("Ein Foto zeigt: Der Präsident posiert mit seinem Gast.", False),
    ],
)
def test_what_is_no_sentence(text, fragment):
    assert is_fragment(text) is fragment


def test_a_short_sentence_of_a_paragraph_is_one_but_alone_it_heads_what_follows():
    found = find_candidates([passage("Der Zug fuhr ein. Kim schwieg. Putin lachte.", language="de")])
    assert [item.text for item in found] == ["Der Zug fuhr ein.", "Kim schwieg.", "Putin lachte."]
    text = "Kim schwieg.\n\nDer Zug fuhr am Abend ein.\nFoto: dpa. Weiter ging es erst am Morgen."
    assert [item.text for item in find_candidates([passage(text)])] == [
        "Der Zug fuhr am Abend ein.",
        "Weiter ging es erst am Morgen.",
    ]


def test_sentences_are_found_where_no_blanks_are_between_words():
    text = "青山博物馆\n\n馆长是李明华。门票价格为30元。博物馆每周一闭馆。他来了。"
    found = find_candidates([passage(text, title="青山博物馆", language="zh")])
    assert [item.text for item in found] == ["馆长是李明华。", "门票价格为30元。", "博物馆每周一闭馆。", "他来了。"]


def test_items_marked_by_letters_are_a_list():
    text = "Ausgeschlossen wird, wer:\na) die Beiträge nicht zahlt,\nb) umzieht oder\nc) gegen die Satzung verstößt."
    source = passage(text)
    lead, *items = find_candidates([source])
    assert [item.text for item in items] == text.split("\n")[1:]
    assert [is_list_item(source, item) for item in (lead, *items)] == [False, True, True, True]
