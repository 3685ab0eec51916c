"""The question grammar: forms, the split of their templates, and questions drawn from it for training."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from distill.questions import (
    amounts,
    arrangement,
    boxes,
    colours,
    counting,
    described,
    editing,
    layout,
    likeness,
    naming,
    reckoning,
    relations,
    searching,
    several,
    sums,
    surroundings,
    unanswerable,
    video,
)
from distill.questions.forms import Form, told_and_meant
from distill.questions.nouns import CATEGORY_WORDS, COLOURS, EVERYDAY, HELD_OUT, RARE_COLOURS, made_up, plural
from distill.questions.wording import OPENERS, SHARED, choose, fill, style
from distill.questions.wordings import with_wordings
from models.embedded.world import lexicon
from models.plain_question import plain_question
from models.planner_format import Subject
from models.planner_grammar import MEANT

MODULES = (
    counting,
    colours,
    naming,
    relations,
    amounts,
    layout,
    several,
    unanswerable,
    video,
    searching,
    editing,
    boxes,
    described,
    sums,
    likeness,
    reckoning,
    surroundings,
    arrangement,
)
"""Where the forms stand, a family or a few in each."""

FORMS: tuple[Form, ...] = tuple(with_wordings(form) for module in MODULES for form in module.FORMS)
"""Every meaning a question can have."""

BY_NAME = {form.name: form for form in FORMS}

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

WORLD_NOUNS = tuple(
    dict.fromkeys(word for noun in lexicon.NOUNS for word in (noun.name, *(s for s, _ in noun.synonyms)))
)
WORLD_CATEGORIES = tuple(
    dict.fromkeys(
        word for category in lexicon.CATEGORIES for word in (category.name, *(s for s, _ in category.synonyms))
    )
)
TRAINING_NOUNS = tuple(word for word in EVERYDAY if word not in HELD_OUT and word not in WORLD_NOUNS)
UNSEEN_NOUNS = tuple(word for word in sorted(HELD_OUT) if word not in WORLD_NOUNS and word not in WORLD_CATEGORIES)

_ORDINALS = (("first", "1st"), ("second", "2nd"), ("third", "3rd"), ("fourth", "4th"))
_TEXTS = (
    "stop",
    "hello",
    "open",
    "exit",
    "sale",
    "welcome",
    "taxi",
    "hotel",
    "danger",
    "push",
    "pull",
    "coffee",
    "bank",
    "police",
)
_SLOT = re.compile(r"\{(\w)\}")
_FIRST = re.compile(r'\("([^"]*)"')
_PIC = re.compile(r"\$pic\b")
_ONE_OF = re.compile(r"\{n\} ((?:more |extra |other |of the )?)\{(\w)\+\}")
_SLOT_OF_PATTERN = re.compile(r"\{\w+[+~]?\}|\$\w+")
_WORDS = re.compile(r"[a-z]+")
_ALWAYS = ""
"""Said of a text that stands in programs whatever is said."""
_COMMON = 40
"""A word that comes up in the patterns of more forms than these tells of no kind of things."""
_PATCH = re.compile(r"\bp\b(?=\.)")


@dataclass(frozen=True)
class Sample:
    """A question with its program, not bound to any scene."""

    text: str
    subject: Subject
    program: str
    """The body in the planner's text format."""
    form: str
    template: str
    """`form/index of the pattern`."""
    wording: str
    """The words around the slots, as the pattern gave them before style and slips."""


def write_program(form: Form, slots: dict[str, str], place: str = "") -> str:
    """The canonical body for a form with these slots; with `place` (such as `ps[1]`), about that picture."""
    body = _SLOT.sub(lambda match: slots[match[1]], form.program)
    return _PATCH.sub(place, body) if place else body


def pick_picture(pictures: int, rng: random.Random) -> tuple[int, str, str]:
    """One of several pictures: `(index from 0, its place in the program, a wording such as "the second picture")`."""
    index = rng.randrange(pictures)
    if index == pictures - 1 and rng.random() < 0.25:
        return index, "ps[-1]", f"the last {rng.choice(('picture', 'image', 'photo', 'one'))}"
    names: tuple[str, ...] = _ORDINALS[index]
    if pictures == 2 and rng.random() < 0.35:
        names = (("left", "left-hand"), ("right", "right-hand"))[index]
    if pictures == 3 and index == 1 and rng.random() < 0.2:
        names = ("middle",)
    word = rng.choice(("picture", "image", "photo", "picture", "one" if pictures > 1 else "picture"))
    if rng.random() < 0.3:
        return (
            index,
            f"ps[{index}]",
            f"{rng.choice(('picture', 'image', 'photo'))} {rng.choice((str(index + 1), NUMBERS[index + 1]))}",
        )
    return index, f"ps[{index}]", f"the {rng.choice(names)} {word}"


def say_thing(slots: dict[str, str], rng: random.Random) -> dict[str, str]:
    """Slots for the wording: people also say "object" or "item" where the program has "thing"."""
    word = rng.choice(("thing", "object", "thing", "object", "item"))
    return {name: re.sub(r"\bthing$", word, value) for name, value in slots.items()}


def write_question(
    form: Form, template: int, slots: dict[str, str], rng: random.Random, place: str = "", noise: float = 0.12
) -> tuple[str, str]:
    """One surface form of a template with these slots, styled as a person would type it, and its bare wording
    (the slots still open, not styled).

    Args:
        place: a wording such as "the second picture", put where the pattern has `$pic` or else at the front.
        noise: see `style`.
    """
    pattern = form.patterns[template]
    if slots.get("n") in ("one", "1"):
        pattern = _ONE_OF.sub(lambda m: "{n} " + m[1] + ("{%s+}" if "of" in m[1] else "{%s}") % m[2], pattern)
    if place:
        marked = _PIC.sub("", _PIC.sub("{place}", pattern, count=1)).replace("$inthe", "{place}")
        slots = slots | {"place": f"in {place}"}
        pattern = (
            marked
            if "{place}" in marked
            else (f"{{place}}, {pattern}" if rng.random() < 0.7 else f"{pattern} {{place}}")
        )
    elif (
        form.about == "pictures"
        and not form.several
        and not form.whole
        and rng.random() < 0.05
        and _PIC.search(pattern) is None
    ):
        pattern = rng.choice(("$pic, ", "$inthe, ", "looking at (the|this) $picture, ")) + pattern
    wording = choose(pattern, rng)
    text = fill(wording, slots)
    keep = frozenset(word for value in slots.values() for word in (*value.split(), *plural(value).split()))
    return style(text, keep, rng, noise), wording


class Nouns:
    """Draws the nouns, categories and colours of training questions."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def thing(self) -> str:
        """A singular noun: the world's own (45 %), everyday (30 %), or made up (25 %)."""
        kind = self.rng.random()
        if kind < 0.45:
            return self.rng.choice(WORLD_NOUNS)
        return self.rng.choice(TRAINING_NOUNS) if kind < 0.75 else made_up(self.rng)

    def described(self) -> str:
        """A noun, now and then with a colour or a size before it, or the name of a category."""
        kind = self.rng.random()
        if kind < 0.72:
            return self.thing()
        if kind < 0.84:
            return self.category()
        if kind < 0.95:
            return f"{self.colour()} {self.thing() if self.rng.random() < 0.8 else self.rng.choice(('thing', 'shape'))}"
        return f"{self.rng.choice(('small', 'big', 'little', 'large', 'tiny', 'huge'))} {self.thing()}"

    def category(self) -> str:
        kind = self.rng.random()
        if kind < 0.08:
            return "thing"
        if kind < 0.75:
            return self.rng.choice(WORLD_CATEGORIES)
        return self.rng.choice(CATEGORY_WORDS) if kind < 0.92 else self.thing()

    def colour(self) -> str:
        return self.rng.choice(COLOURS if self.rng.random() < 0.88 else RARE_COLOURS)

    def background(self) -> str:
        return self.rng.choice(
            tuple(lexicon.BACKGROUNDS) if self.rng.random() < 0.85 else ("harbour", "kitchen", "street", "garden")
        )


def number(rng: random.Random, low: int = 1, high: int = 6) -> tuple[str, str]:
    """A number in the question's wording and in the program's: `("three" or "3", "3")`."""
    value = rng.randint(low, high)
    return (NUMBERS[value] if rng.random() < 0.65 else str(value)), str(value)


class UnseenNouns(Nouns):
    """Draws nouns that never occur in training: held-out everyday ones and held-out made-up ones, in equal shares."""

    def thing(self) -> str:
        return self.rng.choice(UNSEEN_NOUNS) if self.rng.random() < 0.5 else made_up(self.rng, held_out=True)

    def described(self) -> str:
        return self.thing()


def draw(form: Form, template: int, rng: random.Random, nouns: Nouns | None = None) -> Sample:
    """A question of this form and template, not bound to a scene; with nouns as in training unless told otherwise."""
    nouns = nouns or Nouns(rng)
    plain = form.family in ("attribute", "unanswerable", "text", "same") or form.name.endswith("_colour")
    things: list[str] = []
    while len(things) < 3:
        noun = nouns.thing() if plain and rng.random() < 0.9 else nouns.described()
        if noun not in things:
            things.append(noun)
    k, m = rng.sample(COLOURS, 2) if rng.random() < 0.85 else (nouns.colour(), rng.choice(COLOURS))
    said, value = number(rng)
    slots = dict(zip("abc", things, strict=True)) | {
        "g": nouns.category(), "k": k, "m": m if m != k else "red" if k != "red" else "blue", "w": nouns.background(),
        "t": rng.choice(_TEXTS),
    }  # fmt: skip
    if "verify_property" in form.program or "{k} {a}" in form.program or "{m} {a}" in form.program:
        slots["a"] = nouns.thing()
    if "{g" not in form.patterns[template]:
        slots["g"] = "thing"
    pictures, place, said_place = 1, "", ""
    said_slots, program_slots = say_thing(slots, rng) | {"n": said}, slots | {"n": value}
    for name, texts in form.fixed.items():
        text = rng.choice(texts)
        said_slots[name], program_slots[name] = (text, text) if isinstance(text, str) else text
    if form.about != "pictures":
        text, bare = write_question(form, template, said_slots, rng)
        return Sample(text, form.about, write_program(form, program_slots), form.name, f"{form.name}/{template}", bare)
    if form.several:
        pictures = rng.choice((2, 2, 3, 4))
        if "{i}" in form.program:
            first = pick_picture(pictures, rng)
            second = pick_picture(pictures, rng)
            while second[0] == first[0]:
                second = pick_picture(pictures, rng)
            said_slots |= {"I": first[2], "J": second[2]}
            program_slots |= {"i": first[1][3:-1], "j": second[1][3:-1]}
    elif rng.random() < 0.07 and form.family not in ("unanswerable", "place") and "{I}" not in form.program:
        pictures = rng.choice((2, 2, 3, 4))
        _, place, said_place = pick_picture(pictures, rng)
    elif form.family == "unanswerable" and rng.random() < 0.1:
        pictures = rng.choice((2, 3))
    text, bare = write_question(form, template, said_slots, rng, said_place)
    return Sample(text, pictures, write_program(form, program_slots, place), form.name, f"{form.name}/{template}", bare)


def unseen_samples(count: int, seed: int = 0) -> list[Sample]:
    """Questions in held-out wordings about nouns that never occur in training, to measure copying."""
    rng = random.Random(f"unseen {seed}")
    forms = [form for form in FORMS if '"{a}"' in form.program and form.family not in boxes.FAMILIES]
    weights = [form.weight for form in forms]
    samples = []
    for form in rng.choices(forms, weights, k=count):
        samples.append(draw(form, rng.choice(form.templates("test")), rng, UnseenNouns(rng)))
    return samples


def training_samples(
    count: int, seed: int = 0, forms: Sequence[Form] = FORMS, emphasis: float = 1.0, hard: Sequence[str] = ()
) -> list[Sample]:
    """Questions for training: only templates of the training split, forms by their weights, no question twice.

    Args:
        emphasis: how much more often a pattern that was added later (last, if they came at several times) is drawn
            than one of a form's first.
        hard: templates of which every second question is drawn, each as often as the others.
    """
    rng = random.Random(f"train {seed}")
    weights = [form.weight for form in forms]
    samples: list[Sample] = []
    seen: set[tuple[str, Subject]] = set()
    while len(samples) < count:
        if hard and rng.random() < 0.5:
            name, index = rng.choice(hard).rsplit("/", 1)
            form, template = BY_NAME[name], int(index)
        else:
            form = rng.choices(forms, weights)[0]
            templates = form.templates("train")
            later = form.newest or form.first or form.trained_from
            stress = [emphasis if later and index >= later else 1.0 for index in templates]
            template = rng.choices(templates, stress)[0]
        sample = draw(form, template, rng)
        if (sample.text, sample.subject) not in seen:
            seen.add((sample.text, sample.subject))
            samples.append(sample)
    return samples


def fixed_texts() -> dict[str, list[str]]:
    """The quoted texts of all programs that are no phrase of the question, with `{}` where such a phrase stands, each
    with the telling words of the sayings that may mean it; with none it may stand in any program.

    `models.planner_grammar` allows them, and the question's own words, between quotes.
    """
    sayings: dict[str, dict[str, None]] = {}
    for form in FORMS:
        told = [pair for texts in form.fixed.values() for pair in told_and_meant(texts)]
        for text in _quoted(form.program):
            sayings.setdefault(text, {}).update(dict.fromkeys(said for said, _ in told) or {_ALWAYS: None})
        for said, meant in told:
            for text in _quoted(meant):
                sayings.setdefault(text, {})[said] = None
    kinds = {
        text: [one for one in said if one != _ALWAYS]
        for text, said in sayings.items()
        if text in MEANT or (_ALWAYS not in said and lexicon.canonical(text) is not None)
    }
    settled = (" ".join(form.patterns[: form.newest or None]) for form in FORMS)  # what strangers say tells little
    spread = Counter(word for text in settled for word in set(_WORDS.findall(text)))
    return {
        text: sorted({" ".join(_telling(one, spread)) for one in kinds[text]}) if text in kinds else []
        for text in sayings
        if text.replace("{}", "").strip()
    }


def answer_texts() -> list[str]:
    """Those of the fixed texts that programs only answer with: in none does it stand first in brackets, as what is
    looked for does. `models.planner_grammar` keeps them from there."""
    programs = [form.program for form in FORMS] + [
        form.program.replace(f"{{{slot}}}", meant)
        for form in FORMS
        for slot, texts in form.fixed.items()
        for _, meant in told_and_meant(texts)
    ]
    sought = {text for program in programs for text in _FIRST.findall(program)}
    return sorted(text for text in fixed_texts() if "{}" not in text and text not in sought)


def question_words() -> list[str]:
    """The words that questions are put in: those of all patterns and of what is told in slots of a form's own. Of the
    patterns that strangers might type, whose talk is of this and that, a noun of the grammar is none."""
    told = [said for form in FORMS for texts in form.fixed.values() for said, _ in told_and_meant(texts)]
    texts = [text for form in FORMS for text in form.patterns[: form.newest or None]]
    texts += [*told, *SHARED.values(), *OPENERS, *NUMBERS, "picture pictures photo photos image images"]
    typed = [text for form in FORMS if form.newest for text in form.patterns[form.newest :]]
    nouns = {word for noun in (*WORLD_NOUNS, *EVERYDAY) for name in (noun, plural(noun)) for word in name.split()}
    said = _words_in(texts) | (_words_in(typed) - nouns)
    return sorted(said | {word for one in said for word in _WORDS.findall(plain_question(one))})


def _words_in(patterns: Iterable[str]) -> set[str]:
    return {word for text in patterns for word in _WORDS.findall(_SLOT_OF_PATTERN.sub(" ", text).lower())}


def _quoted(program: str) -> list[str]:
    return [_SLOT.sub("{}", text) for text in re.findall(r'"([^"]*)"', program)]


def _telling(saying: str, spread: Mapping[str, int]) -> list[str]:
    """The words of a saying that tell what is meant: the rare ones, and at least the rarest."""
    words = [word for word in _WORDS.findall(plain_question(saying)) if len(word) > 2]
    least = min((spread[word] for word in words), default=0)
    return list(dict.fromkeys(word for word in words if spread[word] <= max(least, _COMMON)))
