"""Old values beside the new ones."""

import pytest

from rag_service.text.names import find_figures
from rag_service.text.replaced import is_replaced


@pytest.mark.parametrize(
    ("text", "language", "kept"),
    [
        ("Sie beginnt nicht wie angekündigt am 27. April, sondern erst am 4. Mai.", "de", ["--05-04"]),
        ("Sie beginnt nicht, wie zuerst im Blatt gemeldet, am 27. April, sondern am 4. Mai.", "de", ["--05-04"]),
        ("It starts on 10 May and not, as announced in our letter, on 3 May.", "en", ["--05-10"]),
        ("Es gibt nur noch 300 statt der bisherigen 500 Kopien.", "de", ["300"]),
        ("Der Preis steigt von 10 auf 12 Euro.", "de", ["12"]),
        ("Der Markt wird vom 18. April auf den 25. April verlegt.", "de", ["--04-25"]),
        ("Es schließt nicht mehr um 12 Uhr, sondern um 14 Uhr.", "de", ["14"]),
        ("Geplant ist der 12. September 2025, ursprünglich war der 1. Juli vorgesehen.", "de", ["2025-09-12"]),
        ("The window moves from 22:00 to 23:30.", "en", ["23:30"]),
        ("We raised the retention of backups from 30 days to 90 days.", "en", ["90"]),
        ("The limit is now 80 MB instead of 50 MB.", "en", ["80"]),
        ("The timeout is now 30 seconds (was 60).", "en", ["30"]),
    ],
)
def test_what_a_change_replaces_is_told_apart(text, language, kept):
    assert [value.norm for value in find_figures(text, language) if not is_replaced(text, value)] == kept


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Es kommen nicht mehr als 5 Gäste.", "de"),
        ("Er zahlt nicht vor dem 3. Mai 2024.", "de"),
        ("Das Fest findet am 18. April statt und kostet 10 Euro.", "de"),
        ("Geöffnet ist von 8 bis 12 Uhr.", "de"),
        ("In der Nacht vom 3. Mai auf den 4. Mai ist zu.", "de"),
        ("Nicht nur am 3. Mai, auch am 4. Mai ist zu.", "de"),
        ("It is open from 9 to 17.", "en"),
        ("Not more than 5 guests and not before 3 May.", "en"),
        ("He was 30 years old.", "en"),
    ],
)
def test_other_values_stay(text, language):
    assert not any(is_replaced(text, value) for value in find_figures(text, language))
