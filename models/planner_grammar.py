"""What the embedded planner may put between quotes: words of the question, or a text that its programs always use.

A small language model sometimes misspells a word that it copies ("ruler" becomes "rule"). Decoding under a grammar
(GBNF, as llama.cpp reads it) rules that out: outside quotes everything is free, inside stands either a phrase made of
the question's own words, in singular or plural and never "for" or "whether" alone, or one of the fixed texts of the
question grammar, such as `what color is it?` or `no picture shows a {}`, with phrases in its places. Of those texts
`person`, `food`, `bird` and the like stand only where the question may mean them: `bird` where something flies. What
programs only answer with, such as `below` or `indoors`, is never looked for: it does not stand first in brackets.
Numbers of several digits are those that the question says, too ("200" becomes "20" at times).
"""

import json
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from models.embedded.world.inflection import singular
from models.plain_question import plain_question

TEXTS = "texts.json"
"""File in the adapter's folder: a JSON object of the fixed texts, with `{}` where a phrase stands, each with the
sayings that may mean it, of which the telling words are kept; with none it may always stand."""

WORDS = "words.json"
"""File in the adapter's folder: a JSON list of the words that questions are put in. Any other names something."""

ANSWERS = "answers.json"
"""File in the adapter's folder: a JSON list of the fixed texts that programs only answer with."""

MOST_WORDS = 12
"""Words in a phrase."""

_ONE = frozenset(("a", "an", "one", "each", "every", "another", "this", "that", "say", "says", "word", "text"))
_ALWAYS_PLURAL = frozenset(
    """
    scissors glasses sunglasses jeans shorts headphones binoculars pants trousers clothes pajamas pyjamas tongs pliers
    tweezers dice earphones tights leggings goggles grapes rhinoceros
    lens gas canvas christmas atlas swiss news series species bus
    """.split()  # noqa: SIM905
)

NAMELESS = frozenset(
    """
    a an the of in on at to for from with by about into than as and or but if whether is are was were be been do does
    did has have had can could will would should it its he his she her they them their this that these those there here
    vs versus what which who whose how where when why not so just also very
    """.split()  # noqa: SIM905
)
"""Words that name nothing alone: one of them is no phrase, although it may stand in one ("glass of milk")."""

MEANT = {
    "person": r"\b(?:who|whom|whose|persons?|people|someone|anyone|everyone|everybody|no one|souls?|faces?|"
    r"humans?|humankind|folks?)\b",
    "food": r"\b(?:foo?d|grub|starv|consum|bell(?:y|ies)\b|stomach|appetite|eat|ate|edib|munch|snack|lunch|dinn?er|"
    r"supper|breakfast|brunch|meal|dish|hungr|hunger|tast|cook|bite|nibbl|chew|swallow|feast|feed|picnic|kitchen|serv|"
    r"delicious|nutri|diet|mouth|on a plate)",
    "clothing": r"\b(?:cloth|wear|worn|dress|garment|outfit|attire|apparel|put on|pull on|wardrobe|fashion|body)",
    "vehicle": r"\b(?:vehic|driv(?:e|es|en|ing|able)\b|rid(?:e|es|ing)\b|travel|transport|traffic|"
    r"trip|go places|wheel|commut|fly|sail|mov|carry|steer|fleet|passenger|lift\b|from a to b\b|take me)",
}
"""Texts that name a kind of thing, and the words of a plain question that may mean it without naming it."""

_UNITS = {word: value for value, word in enumerate(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen""".split()  # noqa: SIM905
)}  # fmt: skip
_TENS = {
    word: 10 * value
    for value, word in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2)
}
_MANY = {"dozen": 12, "hundred": 100, "thousand": 1000}
_ALWAYS_NUMBERS = ("12", "30", "50", "100")
"""A dozen, the part of a picture that counts as touching, and how many pictures are searched for."""

_WORD = re.compile(r"[^\W_]+(?:[-'’]+[^\W_]+)*")


def read_texts(folder: Path) -> dict[str, list[str]]:
    """The fixed texts beside an adapter, with the sayings that may mean each; none if there is no such file."""
    file = folder / TEXTS
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def read_words(folder: Path) -> frozenset[str]:
    """The words that questions are put in; none if there is no such file."""
    file = folder / WORDS
    return frozenset(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else frozenset()


def read_answers(folder: Path) -> frozenset[str]:
    """The fixed texts that programs only answer with; none if there is no such file."""
    file = folder / ANSWERS
    return frozenset(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else frozenset()


def unspoken(question: str, body: str, known: frozenset[str]) -> list[str]:
    """Words of a question that name something of which a program does not speak. One that abstains need not speak of
    anything.

    Args:
        question: what was asked.
        body: of the program.
        known: words that questions are put in (`read_words`). Slips of the pen in them name nothing.
    """
    if "abstain(" in body:
        return []
    spoken = {word for text in re.findall(r'"([^"]*)"', body) for word in _WORD.findall(text)}
    missing = []
    for word in dict.fromkeys(_WORD.findall(plain_question(question).lower())):
        stem = re.sub(r"['’]s?$", "", word)
        readings = {stem, *_singulars(stem), *(one for piece in stem.split("-") for one in _singulars(piece))}
        if len(stem) > 2 and stem.isalpha() and not readings & known and not readings & spoken:
            near = [one for one in known if one[0] == stem[0] and abs(len(one) - len(stem)) < 2]
            if not get_close_matches(stem, near, 1, 0.75):
                missing.append(stem)
    return missing


def words_of(question: str) -> list[str]:
    """The words of a question as a program may name them: lower case and in singular. A word that may be a plural is
    not offered as it stands, unless it means one thing only as it is (scissors) or one of it was spoken of. An
    item is also a "thing"."""
    words: dict[str, None] = {}
    before = ""
    for word in _WORD.findall(plain_question(question)):
        stem = re.sub(r"['’]s?$", "", word)
        forms = [one for piece in dict.fromkeys((stem, *stem.split("-"))) for one in _singulars(piece)]
        if before in _ONE or singular(stem) == stem or any(part in _ALWAYS_PLURAL for part in stem.split("-")):
            forms = [stem, *forms]
        words |= dict.fromkeys(form for form in forms if form)
        if {"item", "object"} & set(forms):
            words["thing"] = None
        before = word
    return list(words)


def numbers_of(question: str) -> list[str]:
    """The numbers of several digits that a program may hold: those that the question says, in digits or in words, and
    a few that programs always use."""
    found = dict.fromkeys(_ALWAYS_NUMBERS)
    found |= dict.fromkeys(digits for digits in re.findall(r"\d{2,}", question.replace(",", "")))
    total, said = 0, False
    numbers = [*_UNITS, *_TENS, *_MANY]
    for word in [*re.findall(r"[a-z]+", question.lower()), ""]:
        if len(word) > 4:
            word = next(iter(get_close_matches(word, numbers, 1, 0.8)), word)
        if word in _UNITS or word in _TENS:
            total += _UNITS.get(word, 0) + _TENS.get(word, 0)
        elif word in _MANY:
            total = max(total, 1) * _MANY[word]
        elif word != "and" or not said:
            if said and total > 9:
                found[str(total)] = None
            total, said = 0, False
            continue
        said = True
    return list(found)


def texts_for(question: str, texts: Mapping[str, Sequence[str]]) -> list[str]:
    """The fixed texts that may answer a question. A kind of thing, `person` or `bird`, is one only where the question
    may mean it: else a word that the model does not know becomes one at times, a pier a person and a goldfish a frog.
    Of a saying two words must be there, or its only one."""
    plain = plain_question(question).lower()
    asked = set(_WORD.findall(plain))
    telling = {word for sayings in texts.values() for saying in sayings for word in saying.split()}
    for word in [word for word in asked if len(word) > 3 and word not in telling]:  # slips of the pen
        asked.update(get_close_matches(word, [one for one in telling if abs(len(one) - len(word)) < 2], 3, 0.8))
    begun = {word for word in telling if word in asked or any(_inflected(one, word) for one in asked)}

    def meant(text: str) -> bool:
        if text not in MEANT and not texts[text]:
            return True
        if any(len(begun.intersection(saying.split())) >= min(2, len(saying.split())) for saying in texts[text]):
            return True
        return text in MEANT and re.search(MEANT[text], plain) is not None

    return [text for text in texts if meant(text)]


def _inflected(word: str, stem: str) -> bool:
    """Whether a word may be a form of another: "swimming" of "swims", but "farmer" not of "farm"."""
    return word.startswith(stem[:5]) if len(stem) > 4 else word in (f"{stem}s", f"{stem}ed", f"{stem}ing")


def body_grammar(
    question: str,
    texts: Mapping[str, Sequence[str]],
    whole: frozenset[str] = frozenset(),
    answers: frozenset[str] = frozenset(),
) -> str:
    """GBNF of the bodies that may answer a question.

    Args:
        question: what was asked.
        texts: fixed texts, with `{}` where a phrase stands, and the sayings that may mean each (`read_texts`).
        whole: with the words that questions are put in (`read_words`), other words that follow each other ("treasure
            chest") stand together or not at all.
        answers: fixed texts that never stand first in brackets (`read_answers`).
    """
    words = _joined(question, whole)
    names = [word for word in words if word not in NAMELESS] or ["thing"]
    rest = [word for word in words if word in NAMELESS]
    fixed = texts_for(question, texts)
    return "\n".join(
        [
            'root ::= number? ( ( [^"(0-9] | "\\"" inside "\\"" | brackets ) number? )*',
            f"inside ::= {' | '.join(('phrase', *map(_text, fixed)))}",
            'brackets ::= "(" ( [^"(0-9] | "\\"" first "\\"" | number [^"(0-9] | brackets )',
            f"first ::= {' | '.join(('phrase', *(_text(text) for text in fixed if text not in answers)))}",
            f'phrase ::= name ( " " word ){{0,{MOST_WORDS - 1}}}'
            + (f' | rest ( " " word ){{1,{MOST_WORDS - 1}}}' if rest else ""),
            f"word ::= name{' | rest' if rest else ''}",
            f"name ::= {_either(names)}",
            *([f"rest ::= {_either(rest)}"] if rest else []),
            f"number ::= [0-9] | {_either(numbers_of(question))}",
        ]
    )


def _joined(question: str, known: frozenset[str]) -> list[str]:
    """The words of a question, those that are not known and follow each other as one; with none known, each apart."""
    words = words_of(question)
    if not known:
        return words
    run: list[str] = []
    for word in [*_WORD.findall(plain_question(question)), ""]:
        if word and not {word, *_singulars(word)} & known:
            run.append(word)
            continue
        if len(run) > 1:
            apart = {form for one in run for form in (one, *_singulars(one))}
            words = [one for one in words if one not in apart]
            words += [" ".join((*run[:-1], last)) for last in sorted(_singulars(run[-1]))]
        run = []
    return words


def _singulars(word: str) -> set[str]:
    """Every reading of a word as a plural; the model chooses the right one."""
    found = {singular(word)}
    if word.endswith("ss"):
        return found
    if word.endswith(("us", "is")):
        return {word, word[:-1]}
    for end, instead in (
        ("s", ""),
        ("es", ""),
        ("ies", "y"),
        ("ves", "f"),
        ("ves", "fe"),
        ("men", "man"),
        ("zzes", "z"),
    ):
        if word.endswith(end) and len(word) > len(end) + 1:
            found.add(word.removesuffix(end) + instead)
    return found


def _text(text: str) -> str:
    parts = [_quoted(part) if part != "{}" else "phrase" for part in re.split(r"(\{\})", text) if part]
    return " ".join(parts)


def _either(words: Sequence[str]) -> str:
    return " | ".join(_quoted(word) for word in words)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
