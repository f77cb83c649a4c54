"""Settings from the environment (``RAG_`` with ``__`` between levels), ``.env``, or the file ``RAG_CONFIG`` names."""

from rag_service.settings.env_file import client_key
from rag_service.settings.load import describe, environment_name, known_keys, load_settings, masked
from rag_service.settings.reference import reference
from rag_service.settings.sections import Settings

__all__ = [
    "Settings",
    "client_key",
    "describe",
    "environment_name",
    "known_keys",
    "load_settings",
    "masked",
    "reference",
]
