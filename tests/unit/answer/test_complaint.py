"""What an endpoint says is wrong, in the error bodies that servers have."""

import pytest

from rag_service.answer.models.complaint import complaint

EXTRA = {
    "type": "extra_forbidden",
    "loc": ["body", "stream_options"],
    "msg": "Extra inputs are not permitted",
    "input": {"include_usage": True},
}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"message": "voll", "code": 500}}, "voll"),
        ({"error": "voll"}, "voll"),
        ({"error": True, "message": "voll"}, "voll"),
        ({"error": "Bad Request", "message": "voll"}, "voll"),
        ({"detail": "Method Not Allowed"}, "Method Not Allowed"),
        ({"detail": [EXTRA, {"msg": "voll"}]}, "body.stream_options: Extra inputs are not permitted; voll"),
        (
            {"object": "error", "message": {"detail": [EXTRA]}},
            "body.stream_options: Extra inputs are not permitted",
        ),
        ({"code": 7, "grund": "größe"}, '{"code": 7, "grund": "größe"}'),
        ("voll", "voll"),
        ([], ""),
        (None, ""),
    ],
)
def test_the_words_of_an_error_body(body, said):
    assert complaint(body) == said


def test_of_a_page_the_text_is_taken():
    page = "<!doctype html><html><head><title>x</title><style>p {}</style></head><h1>502 Bad Gateway</h1></html>"
    assert complaint(page).split() == ["502", "Bad", "Gateway"]
    assert complaint("<think> is not allowed") == "<think> is not allowed"
