"""Training questions with a word replaced by a sister in WordNet."""

from random import Random

import pytest

from evals.wordnet import COMMON, Rewording, read_sisters

DATA = """\
  1 a line of the licence
00000001 00 v 01 move 0 003 ~ 00000002 v 0000 ~ 00000003 v 0000 ~ 00000005 v 0000 | all of them
00000002 00 v 02 open 0 unlock 1 002 @ 00000001 v 0000 ! 00000004 v 0101 | make accessible
00000003 00 v 02 fill 0 load_up 0 001 @ 00000001 v 0000 | make full
00000004 00 v 01 close 0 002 @ 00000001 v 0000 ! 00000002 v 0101 | make inaccessible
00000005 00 v 02 start 0 open 1 001 @ 00000001 v 0000 | begin
"""
INDEX = """\
  1 a line of the licence
open v 2 2 @ ! 2 1 00000002 00000005
close v 1 2 @ ! 1 0 00000004
fill v 1 1 @ 1 0 00000003
move v 1 1 ~ 1 0 00000001
"""


@pytest.fixture
def folder(tmp_path):
    for name in ("noun", "adj"):
        for kind in ("data", "index"):
            (tmp_path / f"{kind}.{name}").write_text("  1 nothing but the licence\n")
    (tmp_path / "data.verb").write_text(DATA)
    (tmp_path / "index.verb").write_text(INDEX)
    return tmp_path


class Forms:
    """Past tenses in -ed, as lemminflect tells them."""

    def getAllLemmas(self, word):
        return {"VERB": (word.removesuffix("ed"),)} if word.endswith("ed") else {"NOUN": (word,)}

    def getAllInflections(self, lemma, kind):
        return {"VBD": (f"{lemma}ed",), "VB": (lemma,)} if kind == "VERB" else {}

    def getInflection(self, lemma, tag):
        return (f"{lemma.removesuffix('e')}ed",) if tag == "VBD" else (lemma,)


def test_sisters_share_a_hypernym_or_are_antonyms_and_never_synonyms(folder):
    assert read_sisters(folder) == {
        ("open", "VERB"): ["close", "fill"],  # not 'unlock' and 'start', which mean the same in one sense
        ("close", "VERB"): ["fill", "open", "start", "unlock"],
        ("fill", "VERB"): ["close", "open", "start", "unlock"],
        ("move", "VERB"): [],
    }


def test_a_word_is_replaced_by_a_common_sister_that_fits_and_is_not_in_the_text(folder):
    sisters = read_sisters(folder)
    texts = ["fill close " * COMMON, "They filled the tank. They closed the gate."]
    rewording = Rewording(sisters, texts, Forms())
    question = "When was it that they opened the gate?"
    found = {tuple(rewording.reword(question, "They opened it.", Random(seed))) for seed in range(20)}
    assert found == {("When was it that they closed the gate?",), ("When was it that they filled the gate?",)}
    assert rewording.reword(question, "They fill it and close it.", Random(0)) == []
    assert rewording.reword("When was it that we opened a gate?", "They opened it.", Random(0)) == []
    rare = Rewording(sisters, ["They filled the tank. They closed the gate."], Forms())
    assert rare.reword(question, "They opened it.", Random(0)) == []
