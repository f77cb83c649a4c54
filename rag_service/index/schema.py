"""Tables of the catalog; times are Unix seconds, offsets code points."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

SCHEMA_VERSION = "1"

metadata = MetaData()


def _reference(column: str, name: str, *, primary_key: bool = False) -> Column[str]:
    foreign = ForeignKey(column, ondelete="CASCADE")
    return Column(name, Text, foreign, nullable=False, primary_key=primary_key)


facts = Table("facts", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

collections = Table(
    "collections",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),  # building, live, deleting
    Column("fingerprint", JSON),
    Column("created", BigInteger, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Text, primary_key=True),
    _reference("collections.id", "collection_id"),
    Column("source", Text, nullable=False),
    Column("root", Text),  # ingested folder; NULL for an upload
    Column("size", BigInteger),
    Column("mtime_ns", BigInteger),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    UniqueConstraint("collection_id", "source"),
)

versions = Table(
    "versions",
    metadata,
    Column("id", Text, primary_key=True),
    _reference("documents.id", "document_id"),
    _reference("collections.id", "collection_id"),
    Column("state", Text, nullable=False),  # pending, live, retired
    Column("sha256", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("published", Text),
    Column("published_from", Text),  # first second of ``published``, for ranges
    Column("language", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("pages", JSON, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("chunks", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Index("versions_of_document", "document_id"),
    Index("versions_by_state", "collection_id", "state", "published_from"),
    Index("versions_counted", "collection_id", "state", "language", "chunks"),  # answers counts by itself
    Index(
        "one_live_version",
        "document_id",
        unique=True,
        sqlite_where=text("state = 'live'"),
        postgresql_where=text("state = 'live'"),
    ),
)

texts = Table("texts", metadata, _reference("versions.id", "version_id", primary_key=True), Column("text", Text))

chunks = Table(
    "chunks",
    metadata,
    Column("id", Text, primary_key=True),
    _reference("versions.id", "version_id"),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Index("chunks_of_version", "version_id", "ordinal"),
)

version_metadata = Table(
    "version_metadata",
    metadata,
    _reference("versions.id", "version_id", primary_key=True),
    Column("key", Text, primary_key=True),
    Column("text", Text),  # strings
    Column("number", Float),  # numbers, and true and false as 1 and 0
    Index("metadata_by_text", "key", "text"),
    Index("metadata_by_number", "key", "number"),
)

shingles = Table(
    "shingles",
    metadata,
    _reference("versions.id", "version_id", primary_key=True),
    Column("hash", BigInteger, primary_key=True),
    Index("shingles_by_hash", "hash"),
)

duplicates = Table(
    "duplicates",
    metadata,
    _reference("chunks.id", "chunk_id", primary_key=True),
    _reference("versions.id", "version_id", primary_key=True),
    Index("duplicates_by_version", "version_id"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("collection", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("error", Text),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
)

job_documents = Table(
    "job_documents",
    metadata,
    _reference("jobs.id", "job_id", primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("document_id", Text),
    Column("status", Text, nullable=False),
    Column("chunks", Integer, nullable=False),
    Column("error", Text),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("collections", JSON, nullable=False),  # [] reaches all
    Column("write", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("revoked", BigInteger),
)
