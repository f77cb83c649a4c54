"""The whole way with the bundled encoder: files in, the right passages out, nothing differing."""

from __future__ import annotations

from pathlib import Path

from rag_service.bootstrap import open_service
from rag_service.settings import Settings

TEXTS = {
    "zug.txt": "Der gepanzerte Sonderzug des Staatschefs erreichte am Donnerstag die Hafenstadt im Osten.",
    "wetter.txt": "Am Wochenende wird es in den Bergen kühl; auf den Gipfeln fällt der erste Schnee.",
    "brot.txt": "Für ein Roggenbrot braucht man Sauerteig, Mehl, Wasser, Salz und vor allem Geduld.",
}


def test_bundled_encoder_end_to_end(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    service = open_service(Settings(data_dir=tmp_path / "data"))
    try:
        assert service.library.ingest("default", [folder]).status == "succeeded"
        assert service.library.doctor().items == ()
        for question, source in (
            ("Wann kam der Politiker mit der Eisenbahn an?", "zug.txt"),
            ("Wie werden die Temperaturen am Samstag?", "wetter.txt"),
            ("Was gehört in einen Teig zum Backen?", "brot.txt"),
        ):
            evidence = service.retriever.search("default", question).evidence
            best = evidence.passages[0]
            assert best.source == source
            spans = evidence.blocks[best.chunk_id].spans
            assert spans.min() == 0 and spans.max() == len(best.text)
    finally:
        service.close()
