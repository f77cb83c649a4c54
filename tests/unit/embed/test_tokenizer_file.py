"""The tokens of an embedder that is not bundled: real tokenizers, made here, against the chunker's limit."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from rag_service.embed.tokenizer_file import open_tokenizer_file, tokenizer_digest
from rag_service.errors import SettingsError
from rag_service.ingest.chunk import cut

TEXT = "Kim Jong Un traf Wladimir Putin am 25. April 2019. Die Gespräche dauerten vier Stunden, länger als erwartet."


def byte_level() -> Tokenizer:
    """As OpenAI's and most newer models cut: tokens begin with the space before a word."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator([TEXT], trainers.BpeTrainer(vocab_size=320, initial_alphabet=alphabet))
    return tokenizer


def word_pieces() -> Tokenizer:
    """As BERT's descendants cut, with a length at which they stop and special tokens around."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator([TEXT], trainers.WordPieceTrainer(vocab_size=120, special_tokens=["[UNK]", "[CLS]"]))
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A", special_tokens=[("[CLS]", 1)])
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8)
    return tokenizer


@pytest.fixture(params=[byte_level, word_pieces])
def tokenizer_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "tokenizer.json"
    request.param().save(str(path))
    return path


def test_spans_are_those_of_the_text(tokenizer_file: Path) -> None:
    spans = open_tokenizer_file(tokenizer_file)(TEXT)
    assert len(spans) > 20, "cut short"
    pieces = [TEXT[start:end] for start, end in spans.tolist()]
    assert not any(piece[0].isspace() for piece in pieces)
    assert "".join(pieces) == TEXT.replace(" ", "")
    assert spans[0].tolist()[0] == 0 and spans[-1].tolist()[1] == len(TEXT)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.text(st.sampled_from("abc Kimäß東.\n,-\U0001f600"), max_size=400))
def test_no_chunk_has_more_tokens_than_asked(tokenizer_file: Path, text: str) -> None:
    token_spans = open_tokenizer_file(tokenizer_file)
    chunks = cut(text, "de", token_spans, 32, 8)
    assert all(len(token_spans(chunk.text)) <= 32 and text[chunk.start : chunk.end] == chunk.text for chunk in chunks)
    covered = {at for chunk in chunks for at in range(chunk.start, chunk.end)}
    assert all(at in covered or character.isspace() for at, character in enumerate(text))


@pytest.mark.parametrize("empty", ["", " ", "\n\t "])
def test_nothing_has_no_tokens(tokenizer_file: Path, empty: str) -> None:
    assert open_tokenizer_file(tokenizer_file)(empty).shape == (0, 2)


def test_a_file_that_is_no_tokenizer_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "tokenizer.json"
    broken.write_text('{"model": 1}')
    with pytest.raises(SettingsError, match=rf"RAG_EMBEDDING__TOKENIZER: {broken} is no tokenizer.json"):
        open_tokenizer_file(broken)
    with pytest.raises(SettingsError, match="cannot be read"):
        tokenizer_digest(tmp_path / "none.json")
