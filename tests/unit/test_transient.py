"""How long an endpoint asks to be left alone."""

import time
from email.utils import formatdate

import pytest

from rag_service.transient import retry_after


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("3", 3), ("0.5", 0.5), ("-1", 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("soon", None), ("", None), (None, None)],
)
def test_retry_after(header, seconds):
    assert retry_after(header) == seconds


def test_a_date_is_so_many_seconds_away():
    assert retry_after(formatdate(time.time() + 100, usegmt=True)) == pytest.approx(100, abs=2)
