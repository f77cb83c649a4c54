"""The bundled encoder with its real weights, built once."""

import pytest

from rag_service.embed.e5 import E5Encoder


@pytest.fixture(scope="session")
def encoder(tmp_path_factory) -> E5Encoder:
    return E5Encoder(tmp_path_factory.mktemp("graph"), threads=2)
