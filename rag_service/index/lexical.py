"""tantivy: BM25 over folded stems; one index on disk for each collection, derived from the catalog.

Texts are analysed in Python, in the document's language, and reach tantivy as terms between blanks.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag_service.errors import StoreError
from rag_service.ports import Hit
from rag_service.text.words import content_words, pairs, subwords, terms, terms_and_content

if TYPE_CHECKING:
    import tantivy

_FORMAT = "1"  # of the index and of the analysis; another one is built anew
_HEAP = 64_000_000
_WEIGHTS = {"title": 0.5, "body": 1.0, "parts": 0.2, "pairs": 0.1}  # of fields; measured, see text/words.py


@dataclass(frozen=True, slots=True)
class LexicalRow:
    """A chunk as the lexical index takes it."""

    chunk_id: str
    version_id: str
    text: str
    title: str
    language: str

    @property
    def digest(self) -> str:
        """Tells whether the indexed terms come from this text, title and language."""
        said = "\0".join((self.language, self.title, self.text))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class LexicalIndex:
    """The lexical indexes of all collections in one folder; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _FORMAT
        self._open: dict[str, tantivy.Index] = {}
        self._writers: dict[str, tantivy.IndexWriter] = {}
        self._lock = threading.RLock()

    def add(self, collection_id: str, rows: Sequence[LexicalRow]) -> None:
        """Index chunks and commit; searches that begin afterwards find them."""
        import tantivy

        with self._writing(collection_id) as writer:
            for row in rows:
                document = tantivy.Document()
                document.add_text("id", row.chunk_id)
                document.add_text("version", row.version_id)
                document.add_text("digest", row.digest)
                for name, found in _analysed(row).items():
                    document.add_text(name, " ".join(found))
                writer.add_document(document)

    def remove(self, collection_id: str, version_ids: Sequence[str]) -> None:
        """Forget all chunks of versions and commit."""
        if version_ids and self._exists(collection_id):
            with self._writing(collection_id) as writer:
                for version_id in version_ids:
                    writer.delete_documents_by_term("version", version_id)

    def query(
        self,
        collection_id: str,
        text: str,
        languages: Sequence[str],
        limit: int,
        versions: Sequence[str] | None,
    ) -> list[Hit]:
        """Best chunks by BM25, best first: any term may match, the text analysed in each of the languages."""
        import tantivy

        wanted = _wanted(text, languages)
        nowhere = versions is not None and not versions
        if not wanted["body"] or limit < 1 or nowhere or not self._exists(collection_id):
            return []
        index = self._index(collection_id)
        with _explained(self._folder / collection_id):
            query = self._any_term(index.schema, wanted)
            if versions is not None:
                within = tantivy.Query.term_set_query(index.schema, "version", list(versions))
                must = tantivy.Occur.Must
                query = tantivy.Query.boolean_query(
                    [(must, query), (must, tantivy.Query.const_score_query(within, 0.0))]
                )
            searcher = index.searcher()
            found = searcher.search(query, limit, count=False).hits
            return [Hit(searcher.doc(address)["id"][0], float(score)) for score, address in found]

    def frequencies(self, collection_id: str, stems: Sequence[str]) -> tuple[dict[str, int], int]:
        """In how many chunks each stem occurs, and the number of chunks."""
        if not self._exists(collection_id):
            return dict.fromkeys(stems, 0), 0
        index = self._index(collection_id)
        with _explained(self._folder / collection_id):
            searcher = index.searcher()
            return {stem: searcher.doc_freq("body", stem) for stem in stems}, searcher.num_docs

    def digests(self, collection_id: str) -> dict[str, str]:
        """Every indexed chunk's id and digest, for comparison with the catalog."""
        import tantivy

        if not self._exists(collection_id):
            return {}
        index = self._index(collection_id)
        with _explained(self._folder / collection_id):
            searcher = index.searcher()
            everything = searcher.search(tantivy.Query.all_query(), max(searcher.num_docs, 1), count=False)
            rows = (searcher.doc(address) for _, address in everything.hits)
            return {row["id"][0]: row["digest"][0] for row in rows}

    def count(self, collection_id: str) -> int:
        """Number of indexed chunks; StoreError when the index cannot be read."""
        if not self._exists(collection_id):
            return 0
        index = self._index(collection_id)
        with _explained(self._folder / collection_id):
            return index.searcher().num_docs

    def collections(self) -> list[str]:
        """Ids of the collections that have an index."""
        return sorted(item.name for item in self._folder.iterdir()) if self._folder.is_dir() else []

    def drop(self, collection_id: str) -> None:
        """Forget a collection's whole index."""
        with self._lock:
            self._release(collection_id)
            self._open.pop(collection_id, None)
            if self._exists(collection_id):
                shutil.rmtree(self._folder / collection_id)

    def release(self) -> None:
        """Finish background merges and let go of the writers; searches go on."""
        with self._lock:
            for collection_id in list(self._writers):
                self._release(collection_id)

    def close(self) -> None:
        """Finish background merges and close everything."""
        self.release()
        self._open.clear()

    def _any_term(self, schema: tantivy.Schema, wanted: Mapping[str, Sequence[str]]) -> tantivy.Query:
        import tantivy

        parts = []
        for name, found in wanted.items():
            for term in found:
                single = tantivy.Query.term_query(schema, name, term, index_option="freq")
                parts.append((tantivy.Occur.Should, tantivy.Query.boost_query(single, _WEIGHTS[name])))
        return tantivy.Query.boolean_query(parts)

    def _exists(self, collection_id: str) -> bool:
        return collection_id in self._open or (self._folder / collection_id).is_dir()

    def _index(self, collection_id: str) -> tantivy.Index:
        import tantivy

        with self._lock:
            if collection_id not in self._open:
                folder = self._folder / collection_id
                folder.mkdir(parents=True, exist_ok=True)
                with _explained(folder):
                    index = tantivy.Index(_schema(), str(folder))
                    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
                    index.register_tokenizer("whitespace", analyzer)
                    self._open[collection_id] = index
            return self._open[collection_id]

    @contextmanager
    def _writing(self, collection_id: str) -> Iterator[tantivy.IndexWriter]:
        """Adds and deletes that are committed together, or dropped together after an error."""
        with self._lock:
            index = self._index(collection_id)
            with _explained(self._folder / collection_id):
                if collection_id not in self._writers:
                    self._writers[collection_id] = index.writer(_HEAP, 1)
                    # What a process that was killed before its commit wrote would be in the way of the same again.
                    self._writers[collection_id].garbage_collect_files()
                writer = self._writers[collection_id]
                try:
                    yield writer
                    writer.commit()
                except BaseException:
                    del self._writers[collection_id]  # dropping a writer forgets what it has not committed
                    raise
                index.reload()

    def _release(self, collection_id: str) -> None:
        writer = self._writers.pop(collection_id, None)
        if writer is not None:
            with _explained(self._folder / collection_id):
                writer.wait_merging_threads()


def _analysed(row: LexicalRow) -> dict[str, list[str]]:
    """What each field of a chunk holds: stems, the title's stems, subwords, neighbouring content words."""
    stems, content = terms_and_content(row.text, row.language)
    return {
        "body": stems,
        "title": terms(row.title, row.language),
        "parts": subwords(stems),
        "pairs": pairs(content),
    }


def _wanted(text: str, languages: Sequence[str]) -> dict[str, list[str]]:
    """What to look for in each field: the content words, or all words where there are no others."""
    found: dict[str, dict[str, None]] = {"body": {}, "parts": {}, "pairs": {}}
    for language in languages:
        stems = content_words(text, language) or terms(text, language)
        found["body"] |= dict.fromkeys(stems)
        found["parts"] |= dict.fromkeys(subwords(stems, 2))
        found["pairs"] |= dict.fromkeys(pairs(stems))
    wanted = {name: list(own) for name, own in found.items()}
    return wanted | {"title": wanted["body"]}


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("version", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("digest", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("body", "title", "parts", "pairs"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Tantivy raises ValueError for whatever its files hold or the disk refuses."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise StoreError(
            f"The lexical index in {folder} failed: {error}. `rag-service doctor --repair` rebuilds it."
        ) from error
