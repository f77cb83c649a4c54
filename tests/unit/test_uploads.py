import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_service.api.uploads import MAX_SEGMENT, MAX_SOURCE, check_source, clean_source


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.txt", "a.txt"),
        ("folder/a.txt", "folder/a.txt"),
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\Users\\a.txt", "Users/a.txt"),
        ("//server/share/a.txt", "server/share/a.txt"),
        ("a\x00b\n.txt", "ab.txt"),
        ("bill\u202efdp.exe", "billfdp.exe"),
        ("U\u0308ber.txt", "Über.txt"),
        (" a.txt ", "a.txt"),
        ("./.", ""),
        ("...", ""),
        ("", ""),
        (".hidden", ".hidden"),
        ("x" * 300 + ".txt", "x" * 251 + ".txt"),
    ],
)
def test_file_names(name, source):
    assert clean_source(name) == source


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("notes/" + "x" * 256, "more than 255 characters"),
        ("U\u0308ber.txt", "NFC"),
        ("a\u200db.txt", "format characters"),
        ("../a.txt", "relative path"),
    ],
)
def test_what_is_wrong_with_a_source_is_said(source, said):
    with pytest.raises(ValueError, match=said):
        check_source(source)


@given(st.text(alphabet=st.characters(), max_size=400))
def test_cleaned_source_is_always_safe_and_stays_as_it_is(name):
    source = clean_source(name)
    assert clean_source(source) == source
    segments = source.split("/") if source else []
    assert all(segment.strip(".") and len(segment) <= MAX_SEGMENT for segment in segments)
    assert not any(ord(character) < 32 or character == "\\" for character in source)
    assert len(source) <= MAX_SOURCE
    if source:
        assert check_source(source) == source
