"""Accuracy on VQAv2 as its official script computes it, from ten people's answers to a question.

Source: https://github.com/GT-Vision-Lab/VQA, `PythonEvaluationTools/vqaEvaluation/vqaEval.py`; Antol et al., "VQA:
Visual Question Answering", ICCV 2015. What looks odd here (`none` is 0, a comma between digits decides how all other
marks are dealt with, a possessive apostrophe stays) is so there, and published figures rest on it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

RULES = (
    "line breaks and tabs become spaces; a text is stripped",
    "where people's answers differ: a mark of ; / [ ] \" { } ( ) = + \\ _ - > < @ ` , ? ! is dropped if a space stands "
    "beside such a mark, or if the text has a comma between digits, and becomes a space otherwise",
    "where people's answers differ: a full stop that no digit follows is dropped",
    "where people's answers differ: lower case; zero to ten, and none, as digits; a, an, the dropped; missing "
    "apostrophes of contractions restored",
    "where all people agree, only case is ignored",
    "credit is min(n / 3, 1) for n people who gave the same answer, averaged over all ways of leaving one person out",
    "a question with fewer than four answers cannot be judged so: it counts 1 if the answer is one of them, else 0",
)

ENOUGH = 4
"""Answers to a question from which leaving one out leaves the three that full credit takes."""

MARKS = ';/[]"{}()=+\\_-><@`,?!'
ARTICLES = frozenset({"a", "an", "the"})
_TO_TEN = "zero one two three four five six seven eight nine ten"
NUMBERS = {word: str(n) for n, word in enumerate(_TO_TEN.split())}
NUMBERS["none"] = "0"

_SPELLED = """
    ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't haven't he'd
    he'd've he's how'd how'll how's isn't it'd it'd've it'll ma'am mightn't mightn't've might've mustn't
    must've needn't not've o'clock oughtn't 'ow's'at shan't she'd've should've shouldn't shouldn't've
    somebody'd've somebody'll somebody's someone'd someone'd've someone'll someone's something'd
    something'd've something'll that's there'd there'd've there're there's they'd they'd've they'll they're
    they've 'twas wasn't we'd've we've weren't what'll what're what's what've when's where'd where's where've
    who'd who'd've who'll who's who've why'll why're why's won't would've wouldn't wouldn't've y'all y'all'll
    y'all'd've you'd you'd've you'll you're you've
"""

CONTRACTIONS = {
    word[:place] + word[place + 1 :]: word
    for word in _SPELLED.split()
    for place, letter in enumerate(word)
    if letter == "'"
}
"""A contraction that lacks one apostrophe, to the whole one."""
CONTRACTIONS["somebody'd"] = "somebodyd"

_FULL_STOP = re.compile(r"\.(?!\d)")
_DIGITS = re.compile(r"\d,\d")


def accuracy(answer: str, labels: Sequence[str]) -> float:
    """Credit for an answer, 0 to 1.

    Args:
        answer: What was answered.
        labels: What people answered, each as often as it was given; at least one.
    """
    said, given = _plain(answer), [_plain(label) for label in labels]
    if len(set(given)) > 1:
        said, given = normalised(said), [normalised(label) for label in given]
    said = said.lower()
    same = Counter(label.lower() for label in given)[said]
    if len(given) < ENOUGH:
        return float(same > 0)
    # of the n ways to leave one out, `same` leave out one who agrees
    without_one = min((same - 1) / 3, 1.0) if same else 0.0
    return (same * without_one + (len(given) - same) * min(same / 3, 1.0)) / len(given)


@lru_cache(maxsize=100_000)
def normalised(text: str) -> str:
    """An answer as the official script compares it."""
    bare = text
    joined = _DIGITS.search(text) is not None
    for mark in MARKS:
        drop = joined or f"{mark} " in text or f" {mark}" in text
        bare = bare.replace(mark, "" if drop else " ")
    words = (NUMBERS.get(word, word) for word in _FULL_STOP.sub("", bare).lower().split())
    return " ".join(CONTRACTIONS.get(word, word) for word in words if word not in ARTICLES)


def _plain(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ").strip()
