"""Settings to a wired service: the only place that constructs adapters."""

from rag_service.bootstrap.adapters import open_chat_model, open_encoder, open_loader, open_reader
from rag_service.bootstrap.keys import open_keys
from rag_service.bootstrap.service import Service, open_service

__all__ = ["Service", "open_chat_model", "open_encoder", "open_keys", "open_loader", "open_reader", "open_service"]
