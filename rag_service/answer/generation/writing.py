"""One reply of a model being turned into draft statements: cleaned, aligned, checked, bounded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag_service.answer.clean import clean_statement
from rag_service.answer.generation.align import Aligner
from rag_service.answer.generation.layout import Layout
from rag_service.answer.generation.naming import Names
from rag_service.answer.generation.reply import ReplyReader
from rag_service.answer.generation.shown import Shown
from rag_service.answer.generation.source_list import Said
from rag_service.answer.generation.support import missing_values, name_words
from rag_service.answer.generation.yes_no import YesNo
from rag_service.answer.models.backend import FILTERED, REFUSED, Piece
from rag_service.errors import ModelError
from rag_service.models import DraftStatement, Usage, Warning
from rag_service.ports import Declined, DraftItem, Evidence
from rag_service.text.languages import detect_language
from rag_service.text.sentences import split_sentences
from rag_service.text.words import fold

MOST_STATEMENTS = 25
_REFUSAL = re.compile(
    r"\b(?:passages?|documents?|sources?|context|information|texts?)\b.{0,60}\b(?:not|no|n't|neither)\b"
    r"|\b(?:no|not any) (?:information|answer|mention|passage)\b"
    r"|\b(?:cannot|can't|unable to) (?:answer|find|be answered)\b"
    r"|\b(?:passagen?|dokumente?n?|quellen?|texte?n?|informationen|angaben)\b.{0,60}\b(?:nicht|keine?n?|weder)\b"
    r"|\b(?:keine|nicht genügend) (?:informationen?|angaben?|antwort|hinweise?|aussage)\b"
    r"|\bkann (?:ich )?.{0,40}nicht (?:beantwort|gefunden|entnommen|entnehmen)",
    re.IGNORECASE,
)


class Writing:
    """Turns the pieces of one reply into draft statements and remembers what went wrong with it."""

    def __init__(self, evidence: Evidence, shown: Shown, aligner: Aligner, *, begun: bool = False) -> None:
        """``begun``: the model is known to open its reply within a thought."""
        self._evidence = evidence
        self._shown = shown
        self._numbers = {passage.number for passage in shown.passages}
        self._yes_no = YesNo(evidence, aligner)
        self._held: Said | None = None  # a yes or no whose reason may follow
        self._question = fold(evidence.question)
        self._names = name_words(evidence.passages, evidence.question, evidence.language)
        names = Names({number: evidence.passages[number - 1] for number in self._numbers}, evidence.language)
        self._reader = ReplyReader(evidence.language, names=names, begun=begun)
        self._layout = Layout()
        self._told = "\n".join(passage.text for passage in evidence.passages)
        self._remarks: list[DraftStatement] = []  # that something is not said: no answer by themselves
        self._failure = ""
        self._seen: dict[str, int] = {}
        self._finish: str | None = None
        self._unknown: set[int] = set()
        self._defused = 0
        self._repeated = False
        self._text = ""
        self.stopped = False
        self.usage: Usage | None = None

    def read(self, piece: Piece) -> list[Said]:
        """The sentences that this piece completes; cheap."""
        self.usage = piece.usage or self.usage
        self._finish = piece.finish or self._finish
        said = self._reader.feed(piece.text) if piece.text else []
        if self._reader.runs_on():
            self.stopped = self._repeated = True
        return said

    def drafted(self, said: Sequence[Said]) -> list[DraftItem]:
        """Statements with their quotes, for sentences; blocking."""
        items: list[DraftItem] = []
        for each in said:
            plain = self._layout.plain(each.text, cited=bool(each.numbers))
            text, defused = clean_statement(plain, self._told)
            self._defused += defused
            # A link may have hidden the end of a sentence.
            for start, end in split_sentences(text, self._evidence.language) if defused else [(0, len(text))]:
                found = self._sentence(Said(text[start:end], each.numbers, each.names))
                if len(self._seen) <= MOST_STATEMENTS:
                    items.extend(found)
        return items

    def broke(self, error: ModelError) -> None:
        """The reply broke off; raises the error where nothing of it was whole before."""
        if not self._text and self._held is None:
            raise error
        self._finish, self._failure = "cut", str(error)

    @property
    def unopened(self) -> bool:
        """Whether the reply began within a thought."""
        return self._reader.unopened

    @property
    def whole(self) -> bool:
        """Whether the reply, now that it is over, came to its own end."""
        return self._finish not in ("length", "cut", FILTERED) and not self._repeated

    def end(self) -> list[DraftItem]:
        """What was held back; Declined when the model declined; ModelError when it said nothing."""
        items = [] if self._repeated else self.drafted(self._reader.finish(self.whole))
        items += self._alone()
        declining = self._remarks or self._finish == REFUSED or self._reader.sentinel
        if self._reader.declined or (not self._text and declining):
            return [Declined()]
        if not self._seen and not items:
            raise ModelError(self._nothing())
        return items

    def warnings(self) -> tuple[Warning, ...]:
        """What the reader should know about the reply."""
        found: list[Warning] = []
        if self._shown.withheld:
            sources = ", ".join(self._shown.withheld)
            found.append(
                Warning(
                    "instructions_withheld",
                    f"Sentences that address a model were not shown to it: {sources}.",
                )
            )
        if self._unknown:
            numbers = ", ".join(f"[{number}]" for number in sorted(self._unknown)[:10])
            found.append(Warning("unknown_citations", f"The model cited passages that do not exist: {numbers}."))
        if self._defused:
            found.append(Warning("output_defused", "Links, images, markup or tool calls of the model were removed."))
        if self._repeated or self._finish == "length":
            why = "repeats itself" if self._repeated else "reached RAG_LLM__MAX_OUTPUT_TOKENS"
            found.append(Warning("answer_cut", f"The model's reply {why}; what was unfinished is left out."))
        elif self._finish == FILTERED:
            found.append(Warning("answer_cut", "The endpoint's content filter stopped the model's reply."))
        elif self._finish == "cut":
            why = self._failure or "The model's reply ended without saying that it is complete."
            found.append(Warning("answer_cut", why))
        spoken = detect_language(self._text, self._evidence.language)
        if spoken != self._evidence.language and "und" not in (spoken, self._evidence.language):
            found.append(
                Warning(
                    "answer_language",
                    f"The model answered in {spoken}, the question is in {self._evidence.language}.",
                )
            )
        return tuple(found)

    def _sentence(self, said: Said) -> list[DraftStatement]:
        """The statements that one clean sentence completes; none for what was said before and for what says nothing.

        Yes and no wait for the sentence that follows, and are one statement with it, unless they cite something else.
        """
        key = fold(said.text)
        if not said.text or key == self._question:
            return []
        self._seen[key] = self._seen.get(key, 0) + 1
        if self._seen[key] > 1:  # once is enough; after a third time it will not stop by itself
            self.stopped = self._repeated = self._repeated or self._seen[key] > 2
            return []
        self.stopped = self.stopped or len(self._seen) >= MOST_STATEMENTS
        before = [] if self._held and set(self._held.numbers) <= set(said.numbers) else self._alone()
        if self._yes_no.is_bare(said.claim):
            self._held = said.behind(self._held)
            return before
        opening, self._held = self._held, None
        joined = self._statement(said.behind(opening), said.claim)
        if opening and not joined.quotes and not _REFUSAL.search(said.text):  # it has to stand for itself
            before += self._stated(self._statement(opening, opening.claim))
            joined = self._statement(said, said.claim)
        return [*before, *self._stated(joined)]

    def _alone(self) -> list[DraftStatement]:
        """The yes or no that is held, as a statement of its own."""
        held, self._held = self._held, None
        return self._stated(self._statement(held, held.claim)) if held else []

    def _stated(self, statement: DraftStatement) -> list[DraftStatement]:
        """The statement, behind remarks that something is not in the documents, which are kept until then."""
        if not statement.quotes and _REFUSAL.search(statement.text) and not self._text:
            self._remarks.append(statement)
            return []
        before = self._remarks if not self._text else []
        self._text += statement.text + " "
        return [*before, statement]

    def _statement(self, said: Said, claim: str) -> DraftStatement:
        """The statement with the quotes of its claim; one that cites nothing is looked for in all that was shown.

        Its values have to stand in passages with a quote: another one that it names becomes no citation.
        """
        self._unknown |= set(said.numbers) - self._numbers
        cited = [number for number in said.numbers if number in self._numbers]
        looked = cited if said.numbers else sorted(self._numbers)
        quotes = self._yes_no.quotes(claim, [number - 1 for number in looked])
        if not said.numbers:
            quotes = quotes[:1]
        held = list({quote.passage.chunk_id: quote.passage for quote in quotes}.values())
        checked = held and not self._yes_no.is_bare(claim)
        missing = missing_values(claim, self._evidence.language, held, self._names, quotes) if checked else []
        borne = bool(quotes) and not missing and not self._yes_no.denied(claim, quotes)
        return DraftStatement(said.text, quotes, supported=borne and said.text[-1] != "?")

    def _nothing(self) -> str:
        if self._finish == "length":
            return "The model used up RAG_LLM__MAX_OUTPUT_TOKENS before it wrote a sentence."
        if self._reader.length:
            return "The model's reply holds no sentence that can be used."
        return "The model's reply is empty."
