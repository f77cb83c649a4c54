import pytest

from rag_service.text.sentences import split_sentences


def sentences(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, language)]


GERMAN = [
    ["Der Zug kam am 25. April an.", "Danach begann das Gespräch."],
    ["Am 2. Gipfel nahmen beide teil.", "Es war der letzte."],
    ["Er traf am 3. September 2023 ein.", "Niemand wartete."],
    ["Das Treffen endete 2019.", "Danach geschah nichts."],
    ["Sie wurde 1984 geboren.", "Ihr Bruder kam 1986."],
    ["Elisabeth II. war seine Tante.", "Sie starb 2022."],
    ["Kaiser Wilhelm II. dankte ab.", "Deutschland wurde Republik."],
    ["Es folgte der XX. Parteitag der Partei.", "Er dauerte lange."],
    ["Im 19. Jahrhundert galt das als modern.", "Heute nicht mehr."],
    ["Er belegte den 3. Platz.", "Die anderen folgten."],
    ["Am 1. Mai ruht die Arbeit.", "Am 2. Mai nicht."],
    ["Der Vertrag gilt bis zum 31. Dezember.", "Dann läuft er aus."],
    ["Viele Länder, z. B. Russland, stimmten zu.", "China enthielt sich."],
    ["Das gilt, d. h. es bindet alle.", "Auch die Kleinen."],
    ["Dr. Anna Weber leitet das Institut.", "Sie forscht über Asien."],
    ["Prof. Dr. med. Karl Stein sprach.", "Der Saal war voll."],
    ["Das steht in Nr. 5 der Liste.", "Dort steht noch mehr."],
    ["Das regelt Anl. 3 zum Vertrag.", "Fragen gehen an Hrn. Petersen im Büro."],
    ["Nach Art. 12 Abs. 3 ist das verboten.", "Ausnahmen gibt es keine."],
    ["Die Kosten betragen ca. 5 Mio. Euro.", "Das ist viel."],
    ["Rund 3,5 Mrd. Dollar fehlen.", "Wer zahlt sie?"],
    ["Anwesend waren u. a. Minister und Generäle.", "Die Presse fehlte."],
    ["Es gab Tee, Kaffee usw. für alle.", "Gebäck gab es nicht."],
    ["Es gab Tee, Kaffee usw.", "Danach ging man auseinander."],
    ["Die Firma Stein & Co. KG baut Züge.", "Sie sitzt in Kiel."],
    ["Der Verein Hilfe e. V. sammelt Spenden.", "Das Geld geht nach Asien."],
    ["J. R. R. Tolkien schrieb viel.", "Er lehrte in Oxford."],
    ["Präsident Donald J. Trump reiste ab.", "Das Gespräch scheiterte."],
    ["„Ich komme.“", "Dann legte er auf."],
    ["„Ich komme!“, rief er.", "Alle drehten sich um."],
    ["„Kommst du?“ fragte sie.", "Er nickte."],
    ["Er sagte: „Das war gut.“", "Sie schwieg."],
    ["»Das ist das Ende«, sagte er.", "»Nein.«", "Sie ging."],
    ['Kim sprach von einem "guten Tag".', "Putin lächelte."],
    ['Er sagte: "Wir sind bereit."', "Niemand widersprach."],
    ["(Das Foto entstand vor dem Treffen.)", "Beide lachen darauf."],
    ["Er ging ... und kam wieder.", "Das war alles."],
    ["Er wusste es nicht …", "Doch sie wusste es."],
    ["Wirklich?!", "Ja, wirklich!"],
    ["Die Seite www.beispiel.de ist neu.", "Sie lädt schnell."],
    ["Mehr dazu unter https://beispiel.de/a.html?x=1.", "Dort steht alles."],
    ["Der Kurs fiel um 3.5 auf 1.200 Punkte.", "Die Anleger verkauften."],
    ["Es ist 8.44 Uhr.", "Der Zug rollt an."],
    ["Die Version 2.0.1 ist fertig.", "Sie läuft stabil."],
    ["Vgl. dazu Kap. 3.", "Dort wird es erklärt."],
    ["Das kostet 5 Euro pro km.", "Ein Taxi ist teurer."],
    ["Er wählte die CDU.", "Sie die SPD.", "Alle anderen blieben zu Hause."],
    ["Die USA stimmten dagegen.", "Der Antrag fiel durch."],
    ["Er kam aus den U.S.A. zurück.", "Sein Koffer fehlte."],
    ["St. Petersburg liegt im Norden.", "Moskau liegt südlicher."],
    ["Das Gericht tagt in der Hauptstr. 5 in Bonn.", "Der Eintritt ist frei."],
    ["Hr. Meier und Fr. Schulz kamen spät.", "Die Sitzung lief schon."],
    ["Die Reise dauerte ca. zwei Tage inkl. Pausen.", "Der Rückweg war kürzer."],
    ["Solche Fehler dieser Art.", "Die gab es oft."],
    ["Es blieb bei Plan B.", "Der Rest ist bekannt."],
    ["Die Lage ist ernst[3].", "Hilfe kommt spät."],
    ["Die Lage ist ernst.[3]", "Hilfe kommt spät."],
    ["Unterschrieben wurde er 1648.¹", "Verfasser war Veit.*", "Er beendete den Krieg.²³", "Sie war froh.†"],
    ["**Der Eintritt ist frei.**", "Spenden sind willkommen."],
    ["Dr.* Weber kam aus den USA.**", "Sie blieb."],
    ["Er nannte das Werk „Krieg und Frieden“.", "Es ist lang."],
    ["Die Firma Yahoo! ist alt.", "Google ist jünger."],
    ["Das Papier ist von 1.", "Es gilt noch."],
    ["Nordkorea, gegr. 1948, liegt in Asien.", "Es grenzt an China."],
    ["Am Do. tagt der Rat.", "Am Freitag nicht."],
    ["Er kam gegen 5 Uhr morgens.", "– Niemand war wach."],
    ["Das Paket wiegt 5 kg.", "Der Brief wiegt nichts."],
    ["Die Turbine läuft mit 1500 rpm.", "Ein Rotor dreht sich."],
    ["Der Kurs steht bei 2.000.", "Überreste fand man später."],
    ["Er las ihm aus . . . vor.", "Danach schlief er."],
    ["Sie sagte nichts.", "„Gut“, meinte er.", "Dann gingen sie."],
    ["Am 29.05. Brückentag bleibt die Kita zu.", "Vom 03.08. bis 21.08. Sommerferien ist keine Betreuung."],
    ["Die Tonnen: 09.01. Altstadt, 14.01. Nordstadt.", "Bis 15.2. Anmeldungen einreichen."],
    ["Das Büro bleibt am 24.12. (Heiligabend) geschlossen.", "Danach ist es offen."],
    ["Die Frist endet am 30.06.", "Danach ist es zu spät.", "Stichtag ist der 31.12.", "Die Frist gilt."],
    ["Das gilt ab Version 5.1.", "Updates folgen.", "Mehr in Abschnitt 3.4.", "Bilder fehlen."],
    ["Einlass ist um 9.10.", "Karten gibt es vorher.", "Das Maß war 39.12.", "Leute staunen."],
    ["Anmelden kann man sich bis 30.06.", "Ab Juli ist es zu.", "Stichtag ist der 30.06.", "Bitte rufen Sie an."],
    ["Das Amt ist in Zi. 12 im Keller.", "Der Preis für Erw. Mitglieder steigt.", "Sie trug Dirndl.", "Leute sahen."],
    ["Offen ist Mo., Di. und Do. Vormittag.", "Es ist Fr. Nachmittag und Sa. Vormittag zu, So. Nachmittag nicht."],
    ["Wir haben offen von Di. bis Do.", "Der Eintritt ist frei."],
    ["Die vertragl. Laufzeit und der zusätzl. Aufwand sind gesetzl. Pflicht.", "Das ist jährl. Brauch."],
    ["Techn. Leiterin ist Ada.", "Durchschn. Verbrauch ist wenig.", "Er schätzt monatl. Zahlung."],
    ["Der Beitrag wird monatl. und jährl. fällig.", "Er zahlt monatl.", "Die Miete ist hoch."],
    ["Die Ev. Kirche, die evang. Jugend und die städt. Bühnen laden zur außerord. Feier.", "Kinder sind frei."],
    ["Sie fühlt sich wohl.", "Köche auch.", "Das ist hohl.", "Köpfe nicken.", "Sie gibt die url.", "Seiten laden."],
    ["Bringen Sie z.B. Ihre Karte mit.", "Es gab Tee usw.", "Außerdem war es kalt."],
    ["Der Rat stimmte für Variante B.", "Die Kosten steigen.", "Störungen beginnen mit E.", "Eine blinkt."],
    ["Die Toleranz beträgt 2 K.", "Der Widerstand sinkt.", "Das gilt, z. B. Der Spiegel schrieb es, nicht."],
    ["Die Werke von J. R. R. Tolkien, W. E. B. Du Bois und Hans J. Still sind bekannt.", "Er las sie."],
    ["Sie hilft unter der Nummer 777.", "Passwörter gibt sie in Raum 214.", "Termine sind frei."],
    ["Raum 12.", "Termine nach Absprache, Durchwahl 30.", "Anfragen auch in Zimmer 3. Stock links."],
    ["Das zeigt Abbildung 3.", "Pfeile stehen auf Seite 12.", "Mit 8 Punkten 3. Platz, im Zeitraum 2. Quartal."],
    ["Artikel 5. Haftung für Schäden aus Punkt 7.", "Ausnahmen nennt Kapitel 2. Auflage."],
]  # fmt: skip

ENGLISH = [
    ["Dr. Smith arrived at 5 p.m. on Monday.", "He was late."],
    ["The train left at 5 p.m.", "It was full."],
    ["Mr. and Mrs. Lee moved to Washington, D.C.", "They like it there."],
    ["He works for Apple Inc. in California.", "She does not."],
    ["See No. 5 for details.", "It is short."],
    ["He said no.", "Then he left."],
    ["It happened in World War II.", "Germany lost."],
    ["John F. Kennedy was president.", "He was shot in 1963."],
    ["The U.S. economy grew.", "Prices fell."],
    ["They sell fruit, e.g. apples, and nuts, i.e. almonds.", "Both are fresh."],
    ["“Are you coming?” she asked.", "He nodded."],
    ['"I am."', "She left."],
    ["It costs $3.50.", "That is cheap."],
    ["The score was 3.", "They went home."],
    ["Prices rose approx. 5 percent vs. last year.", "Wages did not."],
    ["Visit example.com for more.", "It is free."],
    ["Smith et al. found nothing.", "The search goes on."],
    ["He came on Jan. 5 and left on Feb. 7.", "Nobody noticed."],
    ["The army exceeded Israel's.", "Another motive was oil."],
    ["In 1685, Rev. Elie left.", "He never returned."],
    ["What happened?!", "Nobody knows..."],
    ["The parish of Trinity-St. Paul is old.", "It is used in LC-MS.", "Others are too."],
    ["They chose option B.", "The costs rise.", "George F. Will wrote that no one is taller than I.", "He is wrong."],
]

OTHERS = [
    ("ja", "彼は来た。彼女は去った！本当に？", ["彼は来た。", "彼女は去った！", "本当に？"]),
    ("zh", "他说：“我来了。”然后走了。", ["他说：“我来了。”", "然后走了。"]),
    ("hi", "वह आया। वह गया।", ["वह आया।", "वह गया।"]),
    ("ar", "هل جاء؟ نعم. ذهب.", ["هل جاء؟", "نعم.", "ذهب."]),
    ("fr", "« Oui ! » dit-il. M. Dupont rit.", ["« Oui ! » dit-il.", "M. Dupont rit."]),
    ("und", "Один. Два! Три?", ["Один.", "Два!", "Три?"]),
]

FURTHER = [
    ("ru", ["Его основал инженер А. С. Воронцов.", "Музей стоит на ул. Садовой, д. 7.", "Вход с пл. Мира."]),
    ("ru", ["Дом построен в 1892 г. на берегу.", "Он открыт с 1901 г.", "Его высота 90 см.", "Это в г. Туле."]),
    ("ru", ["Там хранят чашки, ложки и т. д.", "Вход свободный.", "Это был я.", "Он ушёл."]),
    ("uk", ["Музей на вул. Садовій, буд. 7.", "Засновник — О. І. Коваль.", "Відкрито 1901 р.", "Вхід з м. Київ."]),
    ("pl", ["Kieruje nim prof. dr hab. Jan Wilczek.", "Stoi przy ul. Dolnej 14.", "Działa od 2018 r.", "Jest mały."]),
    ("pl", ["Dom jest z XIX w.", "Jego patronem jest św. Florian.", "Był nim Jan III. Sobieski."]),
    ("el", ["Ο κ. Παπαδόπουλος ήρθε.", "Η λεωφ. Αθηνών είναι κλειστή.", "Ο Γ. Σεφέρης έγραψε."]),
    ("it", ["La chiesa è del sec. XIX.", "La dirige il dott. Rossi.", "Vedi fig. 3.", "Costa 5.", "Apre alle 9."]),
    ("es", ["Nació en EE. UU. y vive aquí.", "Está en la avda. Goya 3.", "La dirige D. Luis Mora."]),
    ("cs", ["Stojí v ul. Mlýnská 4.", "Vede jej doc. Jan Novák.", "Založil ji Karel IV. Lucemburský."]),
    ("tr", ["Müze Gül Cad. No: 5 adresinde.", "Müdürü Doç. Ali Kaya.", "Bilet 30.", "Müze küçük."]),
    ("nl", ["De heer dhr. Jansen leidt het.", "Zie afb. 3.", "De zaal heeft plaats voor 80.", "Het is vol."]),
    ("fr", ["Le phare compte 212.", "Les visites commencent au quai 7.", "Le guide s'appelle Yves Caradec."]),
    ("fr", ["Il est au 3 bd. Voltaire.", "Mmes. Leroy et Blanc le dirigent.", "Louis XIV.", "Puis rien."]),
    ("en", ["The concert is soon.", "Das Konzert findet am 12. August im Garten statt.", "Es ist das 3. Konzert."]),
    ("en", ["In July we sold 12.", "August was better.", "He came 3.", "Prices rose."]),
]  # fmt: skip

LAYOUT = [
    ("Überschrift ohne Punkt\n\nDer erste Satz.", ["Überschrift ohne Punkt", "Der erste Satz."]),
    ("gez. Dr. Henrike Paulsen, Geschäftsführerin der Firma\ngez. Torben Jessen, Vorsitzender", None),
    (
        "Dr. Meier aus der Abteilung für Forschung und Entwicklung leitet das, und\nDr. Schulz hilft ihm dabei.",
        ["Dr. Meier aus der Abteilung für Forschung und Entwicklung leitet das, und\nDr. Schulz hilft ihm dabei."],
    ),
    ("Ein Titel\nDer Text beginnt mit diesem Satz und endet hier.", None),
    (
        "Dieser Satz ist im Text umbrochen, weil die\nZeile zu Ende war. Er geht weiter.",
        ["Dieser Satz ist im Text umbrochen, weil die\nZeile zu Ende war.", "Er geht weiter."],
    ),
    ("Zutaten:\n- Salz\n- Mehl\n* Wasser", ["Zutaten:", "- Salz", "- Mehl", "* Wasser"]),
    ("1. Erstens kommt das.\n2. Zweitens dies.", ["1. Erstens kommt das.", "2. Zweitens dies."]),
    ("a) eins\nb) zwei", ["a) eins", "b) zwei"]),
    ("Name | Ort\nKim | Pjöngjang", ["Name | Ort", "Kim | Pjöngjang"]),
    ("Name\tOrt\nKim\tPjöngjang", ["Name\tOrt", "Kim\tPjöngjang"]),
    ("Name: Kim; Ort: Ulm; Alter: 7\nName: Ada; Ort: Bonn; Alter: 8\nName: Bo; Ort: Köln; Alter: 9", None),
    ("Leitung: Dr. Miriam Kessler, Telefon 4411\nStellvertretung: Tom Brandt, 4412\nNotfall: 0800 555 0199", None),
    ("Anwesend: Kessler, Brandt\nEntschuldigt: Vogt\nProt.: Holm", None),
    ("Vorsitzende: Dr. Rosemarie Link, Telefon 06321 4711\nStellv. Vorsitzende: Udo Kern", None),
    (
        "Er sagte dazu nur: Das Programm steht, und\nWladimir Putin nickte.",
        ["Er sagte dazu nur: Das Programm steht, und\nWladimir Putin nickte."],
    ),
    ("[09:14] Lena: Der Drucker ist leer und keiner hat Toner\n[09:15] Marco: Toner costs 89 euros a cartridge", None),
    ("<lena> Der Drucker ist leer und keiner hat neuen Toner\n<marco> Marco bringt welchen mit", None),
    (
        "09:14 Lena Der Drucker ist leer\nund keiner hat neuen Toner im Haus\n09:15 Marco Der Toner kommt",
        ["09:14 Lena Der Drucker ist leer\nund keiner hat neuen Toner im Haus", "09:15 Marco Der Toner kommt"],
    ),
    ("Der letzte Zug nach Bonn fuhr an diesem Abend erst um\n10:30 Uhr ab und kam nie an.", []),
    ("Das hat sie in ihrem zweiten Buch ausführlich dargelegt\n[3] und später nicht wiederholt.", []),
    ("E15  Communication with the left sensor board was lost\nE21  Temperature too high", None),
    ("Tel. 0800 555 0199\nRoom 3.07", None),
    ("Doloril 400 mg film-coated tablets\nActive substance: ibuprofen", None),
    ("Doloril 400 mg film-coated tablets for grown-up patients\nActive substance: ibuprofen", None),
    ("You need for one loaf of this bread, which keeps a week:\nFlour and salt", None),
    ("Thresholds:\nanswer_correct is at least 0.92 over all cases", None),
    ("Such a run is over other cases than the whole one:\ncompare it with a run that has the same cases.", []),
    ("Max. torque                65 Nm of the larger of the two\nWeight                     1.4 kg", None),
    ("Adults 42\nSeniors 40\nJuniors 37\nunder six 0", ["Adults 42", "Seniors 40", "Juniors 37\nunder six 0"]),
    ("Der Zug kam am frühen\nMorgen an, und auf dem\nBahnsteig standen viele\nund alle warteten auf\nden Mann.", []),
    ("Kim reiste am 26. April\n2019 ab.", []),
    ("Der Kassenstand betrug am\n31. Dezember 2024 nur 18.442 Euro.", []),
    ("Das Dorf wurde, wie die Akten zeigen, nach langem Streit im\n19. Jahrhundert an der Furt gebaut.", []),
    ("Der Vertrag gilt ab dem\n1. Januar 2026 für alle.", []),
    ("Wählbar sind die\n1. Leitung,\n2. Kasse und die\n3. Schriftführung", None),
    ("Termine der Gruppe\n3. Mai Konzert\n4. Mai Lesung", None),
    ("青山博物馆的馆长李明华先生在二〇一八年用五百万\n元修缮了屋顶。", []),
    (
        "Pottery, one weekend ................... 130 EUR\nFirst aid, one day ..................... 45 EUR\n"
        "Sewing course with own machine .... 80 EUR\nAnhang B . . . . . . 12\nRegister . . . . . . . . . 14",
        None,
    ),
    ("Er ging.... Danach kam niemand.", ["Er ging....", "Danach kam niemand."]),
    ("成人 30元\n儿童 15元", None),
    ("Theater; Plan: ja; Ist: nein\nHafen; Plan: nein; Ist: ja", None),
    ("# Kopf\nText darunter.", ["# Kopf", "Text darunter."]),
    ("Satz ohne Ende\n\n\n  \nNeuer Absatz", ["Satz ohne Ende", "Neuer Absatz"]),
    ("Kim kam.Die Presse wartete lange.", ["Kim kam.", "Die Presse wartete lange."]),
    ("date 2019-04 Kim und Putin\n\nDer Text.", ["date 2019-04", "Kim und Putin", "Der Text."]),
    ("", []),
    (" \n\t\n ", []),
]  # fmt: skip


@pytest.mark.parametrize("expected", GERMAN, ids=lambda case: case[0][:40])
def test_german(expected: list[str]) -> None:
    assert sentences(" ".join(expected), "de") == expected


@pytest.mark.parametrize("expected", ENGLISH, ids=lambda case: case[0][:40])
def test_english(expected: list[str]) -> None:
    assert sentences(" ".join(expected), "en") == expected


@pytest.mark.parametrize(("language", "text", "expected"), OTHERS)
def test_other_languages(language: str, text: str, expected: list[str]) -> None:
    assert sentences(text, language) == expected


@pytest.mark.parametrize(("language", "expected"), FURTHER)
def test_abbreviations_initials_and_numbers_of_other_languages(language: str, expected: list[str]) -> None:
    assert sentences(" ".join(expected), language) == expected


@pytest.mark.parametrize(
    "lines",
    [
        ["Vorsitzender: Karl Bauer", "Stellv. Vorsitzende: Rosi Link"],
        ["Mind. Alter: 14", "Abt. Leitung: Bgm. Meier", "Art.-Nr. Gehäuse: 88", "Serien-Nr. Motor: 7"],
        ["02.05. Frühlingskonzert", "13.06. Der Nussknacker", "Sa., 12.7. Die Räuber"],
    ],
)
def test_data_sheets_of_no_certain_language_know_german_abbreviations_and_days(lines: list[str]) -> None:
    assert sentences("\n".join(lines), "und") == lines


def test_english_words_end_sentences_of_no_certain_language() -> None:
    expected = ["It is art.", "Prices are in her mind.", "A sale ended at 5 pm.", "Buyers left."]
    assert sentences(" ".join(expected), "und") == expected


@pytest.mark.parametrize("language", ["en", "fr", "und"])
def test_a_day_of_a_month_and_year_is_written_the_german_way_in_any_language(language: str) -> None:
    for text in ("Wladiwostok, 25. April 2019", "They met on 3. Mai 2020 in Graz.", "Begun 12. September 1998."):
        assert sentences(text, language) == [text]
    assert sentences("They sold 25. April was cold.", "en") == ["They sold 25.", "April was cold."]


def test_numbers_of_english_text_end_sentences() -> None:
    expected = [
        "The index rose by 3.5.",
        "Experts disagree with what the others said.",
        "It is now at 4.2.",
        "Prices fell.",
    ]
    assert sentences(" ".join(expected), "en") == expected


@pytest.mark.parametrize(("text", "expected"), LAYOUT)
def test_layout(text: str, expected: list[str] | None) -> None:
    """Expected are the lines for None, and the text as one sentence for an empty list."""
    lines = [line.strip() for line in text.split("\n")] if expected is None else expected
    assert sentences(text, "de") == (lines or [text.strip()] * bool(text.strip()))
