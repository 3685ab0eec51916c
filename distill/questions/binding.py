"""Questions bound to scenes, with their true answers: the test bench of planner, tools and models.

questions = make_questions(1000)                      held-out wordings, held-out scenes
questions[0].text, questions[0].scenes, questions[0].answer
questions_about(scene, 10)                            ten about one scene
ask_about(question, scenes_like(question, rng), rng)  the same one about other scenes
"""

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import cast

from distill.questions import arrangement, boxes, likeness, reckoning, surroundings
from distill.questions.forms import Form, told_and_meant
from distill.questions.grammar import (
    BY_NAME,
    FORMS,
    NUMBERS,
    pick_picture,
    say_thing,
    training_samples,
    write_program,
    write_question,
)
from distill.questions.nouns import COLOURS
from distill.questions.truth import OPPOSITE, SEVERAL, SIDED, SINGLE, Slots, Truth, answer
from distill.questions.view import Absent, Unclear
from models.embedded.world import lexicon
from models.embedded.world.scene import Scene, SceneError, SceneSpec, Split, Thing, make_scene

TRAINING_EXAMPLES, TRAINING_SEED = 20_000, 0
"""What the shipped planner was trained on; their wordings never come up in questions of the `test` split."""

_TRIES = 25
"""Draws of words a scene before another scene is made."""
_MISSING = 0.1
"""How often a word is drawn that names nothing in the scene where the question presupposes something."""

_WITHIN = (
    *("only_kind", "other_kind", "count_other", "other_nearest", "is_a", "most_kind", "take_kind", "everything_but"),
    *("is_biggest", "is_smallest", "is_tallest", "is_frontmost", "is_behindmost", "both_kinds"),
    *(f"is_most_{side}" for side in OPPOSITE),
    *(name for module in (likeness, reckoning, surroundings, arrangement) for name in module.WITHIN),
)
"""Forms about a kind within a category."""

_DISPUTABLE = ("beside_", "two_places_")
"""How names of forms begin whose truth can be disputed in the world's scenes: they are about grids."""

_UNSETTLED = ("text", "editing", *boxes.FAMILIES)
"""Families about which no scene of the world says anything for sure."""

_STAYS = 0.85
"""How often something is in the next scene of a question, too."""

_HERE = 0.8
"""How often a slot that has texts of its own is about something in the scene, if any is."""

_KEPT_ABSENT = 0.3
"""Share of the questions with a failed presupposition that are kept: they are the easiest to draw."""

_OF_SEVERAL = 0.06
"""How often a form about one picture is asked of one among several."""

_OF_ONE = ("place", "unanswerable")
"""Families that are never asked so."""

ABSTAIN = "abstain"
"""Stands for the answer where there is none to give."""


@dataclass(frozen=True)
class Question:
    """A question about scenes whose true answer is known."""

    text: str
    scenes: tuple[Scene, ...]
    """One a picture."""
    answer: str
    """As the agent writes it: `yes`, `no`, a number, a name; several names sorted and parted by `, `; or ABSTAIN."""
    program: str
    """The canonical body, in the planner's text format."""
    family: str
    form: str
    template: str
    wording: str
    slots: Slots = field(default_factory=dict, compare=False, repr=False)
    """What is said of which thing, colour or number."""
    index: int = field(default=0, compare=False, repr=False)
    """The picture it is about, where there are several."""

    @property
    def unanswerable(self) -> bool:
        return self.answer == ABSTAIN

    @property
    def pictures(self) -> int:
        return len(self.scenes)


def make_questions(
    count: int, split: Split = "test", seed: int = 0, forms: Sequence[Form] | None = None
) -> list[Question]:
    """Questions with scenes and true answers, forms by their weights.

    Args:
        count: how many.
        split: `test` takes held-out templates, and of their wordings only those that training never drew, and scenes of
            the split `test`; `train` and `val` take the training templates and scenes of their own split.
        seed: the same seed gives the same questions.
        forms: the meanings to draw from; by default every one that a scene can settle.
    """
    forms = [form for form in (forms or FORMS) if can_settle(form)]
    rng = random.Random(f"questions {split} {seed}")
    weights = [form.weight for form in forms]
    known = training_wordings() if split == "test" else frozenset()
    questions: list[Question] = []
    seen: set[str] = set()
    while len(questions) < count:
        form = rng.choices(forms, weights)[0]
        template = rng.choice(form.templates("test" if split == "test" else "train"))
        question = bind(form, template, split, rng)
        if question is not None and question.text not in seen and question.wording not in known:
            seen.add(question.text)
            questions.append(question)
    return questions


def questions_about(
    scene: Scene | tuple[Scene, ...],
    count: int,
    seed: int = 0,
    forms: Sequence[Form] | None = None,
    patience: int = 1,
) -> list[Question]:
    """Different questions about one given scene, or about several together, with their true answers, forms by their
    weights.

    Templates and wordings are those of its split, as in `make_questions`. There are fewer than `count` where the
    scene gives no more: one with few things in it settles few meanings.

    Args:
        scene: what the picture shows, or each of the pictures, all of one split.
        count: how many.
        seed: the same scene and seed give the same questions.
        forms: the meanings to draw from, about one scene those that need several left out; by default every one that a
            scene can settle.
        patience: draws of words for a form before another has its turn. With few, forms whose answer is often
            disputable ("what is behind the dog?") come up less often than their weights say.
    """
    scenes = scene if isinstance(scene, tuple) else (scene,)
    split = scenes[0].split
    forms = [form for form in (forms or FORMS) if can_settle(form)]
    if len(scenes) == 1:
        forms = [form for form in forms if not form.several]
        weights = [form.weight for form in forms]
    else:
        forms = [form for form in forms if form.several or form.family not in _OF_ONE]
        weights = [form.weight * (1.0 if form.several else _OF_SEVERAL) for form in forms]
    rng = random.Random(f"questions about {split} {' '.join(str(one.seed) for one in scenes)} {seed}")
    known = training_wordings() if split == "test" else frozenset()
    questions: dict[str, Question] = {}
    for _ in range(2 * _TRIES * count):
        if len(questions) == count:
            break
        form = rng.choices(forms, weights)[0]
        for _ in range(patience):
            template = rng.choice(form.templates("test" if split == "test" else "train"))
            question = _ask(form, template, scenes, rng)
            if question is not None and question.wording not in known and question.text not in questions:
                questions[question.text] = question
                break
    return list(questions.values())


def crowd(split: Split, rng: random.Random) -> Scene:
    """A scene that is fuller than any that a question asks for by itself: of one or two nouns four to nine things."""
    while True:
        names = _pick_names(rng)
        things: list[tuple[str, str | None, int]] = []
        for name in names[: rng.choice((1, 1, 2))]:
            count, tintable = rng.randint(4, 9), lexicon.noun(name).tintable
            first, second = rng.sample(COLOURS, 2) if tintable and rng.random() < 0.4 else (None, None)
            part = rng.randint(0, count // 2)
            things += [(name, first, count - part), *([(name, second, part)] if part else [])]
        things += [(name, None, 1) for name in names[2 : rng.randint(2, 5)]]
        spec = SceneSpec(things=things, others=(0, 3), arrange=rng.choice(("scatter", "scatter", "row")))
        try:
            return make_scene(rng.randrange(10**9), split, spec)
        except SceneError:
            continue


def scenes_like(question: Question, rng: random.Random) -> tuple[Scene, ...] | None:
    """Other scenes with things of most of the same nouns, as many as the question has; None if they have no room. What
    there was most of mostly comes in groups again."""
    counts = Counter(thing.noun for scene in question.scenes for thing in scene.things)
    names = sorted(counts, key=lambda name: (-counts[name], rng.random()))
    names = [name for name in names if rng.random() < _STAYS] or names[:1]
    return _show(BY_NAME[question.form], names[:6], question.pictures, cast(Split, question.scenes[0].split), rng)


def ask_about(question: Question, scenes: tuple[Scene, ...], rng: random.Random) -> Question | None:
    """The same question about other scenes; None where the answer would be disputable.

    Args:
        question: what is asked, word for word.
        scenes: as many as the question has.
        rng: decides which of the questions about what is not there are kept.
    """
    truth = _settle(BY_NAME[question.form], question.slots, scenes, question.index, rng)
    return None if truth is None else replace(question, scenes=scenes, answer=truth)


@lru_cache(maxsize=1)
def training_wordings() -> frozenset[str]:
    """Every wording that the shipped planner saw, slots open."""
    return frozenset(sample.wording for sample in training_samples(TRAINING_EXAMPLES, TRAINING_SEED))


def can_settle(form: Form) -> bool:
    """Whether a scene gives this form an answer in words: no written text, no edit, nothing near by degrees."""
    return form.about == "pictures" and form.family not in _UNSETTLED and not form.name.startswith(_DISPUTABLE)


def bind(form: Form, template: int, split: Split, rng: random.Random, scenes: int = 12) -> Question | None:
    """A question of this template about a scene made for it; None if none of so many scenes gave a clear one."""
    several = form.several or (rng.random() < _OF_SEVERAL and form.family not in _OF_ONE)
    pictures = rng.choice((2, 2, 3)) if several else 1
    for _ in range(scenes):
        shown = _make_scenes(form, pictures, split, rng)
        if shown is None:
            continue
        for _ in range(_TRIES):
            question = _ask(form, template, shown, rng)
            if question is not None:
                return question
    return None


# --- scenes ------------------------------------------------------------------------------------------------------

_THEMES = tuple(
    tuple(noun.name for noun in lexicon.nouns_of(category))
    for category in (
        "animal",
        "animal",
        "food",
        "fruit",
        "vehicle",
        "person",
        "shape",
        "bird",
        "tool",
        "furniture",
        "clothing",
    )
    if len(lexicon.nouns_of(category)) >= 3
)
_NAMES = tuple(noun.name for noun in lexicon.NOUNS)


def _make_scenes(form: Form, pictures: int, split: Split, rng: random.Random) -> tuple[Scene, ...] | None:
    names = _pick_names(rng)
    for slot in ("b", "a"):
        own = [name for name in form.fixed.get(slot, ()) if isinstance(name, str) and name in _NAMES]
        if own:
            chosen = rng.choice(own)
            names = [chosen, *(n for n in names if not lexicon.is_a(n, chosen) and not lexicon.is_a(chosen, n))]
    return _show(form, names, pictures, split, rng)


def _show(
    form: Form, names: Sequence[str], pictures: int, split: Split, rng: random.Random
) -> tuple[Scene, ...] | None:
    background = rng.choice(tuple(lexicon.BACKGROUNDS)) if rng.random() < 0.4 and pictures > 1 else None
    shown = []
    for _ in range(pictures):
        things = _pick_things(form, names, rng)
        if pictures > 1:
            things = [entry for entry in things if rng.random() < 0.75] or things[:1]
        spec = SceneSpec(things=things, others=(0, 2), background=background, style=None)
        try:
            shown.append(make_scene(rng.randrange(10**9), split, spec))
        except SceneError:
            return None
    return tuple(shown)


def _pick_names(rng: random.Random) -> list[str]:
    """Four to six nouns, most of one category, none of which is a kind of another."""
    theme = rng.choice(_THEMES)
    names: list[str] = []
    while len(names) < rng.choice((4, 5, 6)):
        name = rng.choice(theme if rng.random() < 0.6 else _NAMES)
        if not any(lexicon.is_a(name, other) or lexicon.is_a(other, name) for other in names):
            names.append(name)
        elif rng.random() < 0.1:
            theme = _NAMES
    return names


def _pick_things(form: Form, names: Sequence[str], rng: random.Random) -> list[tuple[str, str | None, int]]:
    """What a scene must hold: of the first one or two nouns several, of the rest one each."""
    coloured = "{k}" in form.program or "what color" in form.program
    groups = rng.choice((1, 1, 2)) if not _is_arithmetic(form) else 2
    things: list[tuple[str, str | None, int]] = []
    for at, name in enumerate(names):
        able = lexicon.noun(name).tintable
        most = 5 if _is_arithmetic(form) and at == 0 else 3
        count = rng.randint(2, most) if at < groups else 1
        if coloured and able and count > 1 and rng.random() < 0.75:
            first, second = rng.sample(COLOURS, 2)
            half = rng.randint(1, count - 1)
            things += [(name, first, half), (name, second, count - half)]
        else:
            share = 0.85 if coloured else 0.15
            things.append((name, rng.choice(COLOURS) if able and rng.random() < share else None, count))
    return things


def _is_arithmetic(form: Form) -> bool:
    return form.family in ("arithmetic", "compare", "count")


# --- words -------------------------------------------------------------------------------------------------------


def _ask(form: Form, template: int, scenes: tuple[Scene, ...], rng: random.Random) -> Question | None:
    """One draw of words; None where the answer would be disputable."""
    index, place, said_place = 0, "", ""
    if len(scenes) > 1 and not form.several:
        index, place, said_place = pick_picture(len(scenes), rng)
    pool = _pool(form, scenes, index)
    slots = _draw_slots(form, pool, rng)
    extra_said: Slots = {}
    extra_program: Slots = {}
    for name, texts in form.fixed.items():
        told = told_and_meant(texts)
        shown = {meant for meant in {meant for _, meant in told} if any(_is(t, n) for t in pool for n in _nouns(meant))}
        here = [said for said, meant in told if meant in shown]
        slots[name] = rng.choice(here if here and rng.random() < _HERE else [said for said, _ in told])
        if any(isinstance(text, tuple) for text in texts):
            extra_program[name] = dict(told)[slots[name]]
    if "g" in slots and "{g" not in form.patterns[template]:
        slots["g"] = "thing"
    if "n" in slots:
        extra_said["n"] = NUMBERS[int(slots["n"])] if rng.random() < 0.65 else slots["n"]
    if "{i}" in form.program:
        first, second = pick_picture(len(scenes), rng), pick_picture(len(scenes), rng)
        if first[0] == second[0]:
            return None
        slots |= {"i": str(first[0]), "j": str(second[0])}
        extra_said |= {"I": first[2], "J": second[2]}
        extra_program |= {"i": first[1][3:-1], "j": second[1][3:-1]}
    truth = _settle(form, slots, scenes, index, rng)
    if truth is None:
        return None
    said = say_thing(slots, rng) | extra_said
    text, wording = write_question(form, template, said, rng, said_place)
    program = write_program(form, slots | extra_program, place)
    code = f"{form.name}/{template}"
    return Question(text, scenes, truth, program, form.family, form.name, code, wording, slots, index)


@lru_cache(maxsize=4096)
def _nouns(meant: str) -> tuple[str, ...]:
    """The phrases that a slot's text names in a program: itself, or what is between its quotes."""
    return tuple(re.findall(r'"([^"]*)"', meant)) or (meant,)


def _pool(form: Form, scenes: tuple[Scene, ...], index: int) -> list[Thing]:
    """The things that a question is about."""
    return [thing for scene in (scenes if form.several else scenes[index : index + 1]) for thing in scene.things]


def _settle(form: Form, slots: Slots, scenes: tuple[Scene, ...], index: int, rng: random.Random) -> str | None:
    """The true answer; None where it would be disputable."""
    if _overlap(form, slots, _pool(form, scenes, index)):
        return None
    try:
        return _written(answer(form, slots, list(scenes), index))
    except Absent:
        return None if form.family != "unanswerable" and rng.random() > _KEPT_ABSENT else ABSTAIN
    except Unclear:
        return None


def _overlap(form: Form, slots: Slots, pool: Sequence[Thing]) -> bool:
    """Whether two of the things asked about are the same or kinds of each other, as in "more dogs than animals"."""
    if form.name in _WITHIN:
        return False
    reads = [lexicon.canonical(slots[name]) for name in ("a", "b", "c") if name in slots]
    names = [read.name for read in reads if read is not None]
    return len(set(names)) < len(names) or any(
        sum(lexicon.is_a(thing.noun, name) for name in names) > 1 for thing in pool
    )


def _written(truth: Truth) -> str:
    if isinstance(truth, bool):
        return "yes" if truth else "no"
    return str(truth)


def _draw_slots(form: Form, pool: Sequence[Thing], rng: random.Random) -> Slots:
    """Words for the slots of a form. Whether they make a clear question is for the truth to say."""
    slots: Slots = {}
    counts = {thing.noun: sum(other.noun == thing.noun for other in pool) for thing in pool}
    for name in ("a", "b", "c"):
        place = f'"{{{name}}}"'
        if place not in form.program and f"{{{name}" not in "".join(form.patterns):
            continue
        alone = f"find({place})[0]" in form.program or "find(n)[0]" in form.program
        presupposed = alone or f"find({place}), key" in form.program
        for _ in range(8):
            if rng.random() < (_MISSING if presupposed or form.several else 0.2):
                word = rng.choice(_NAMES)
            elif pool:
                single = [t for t in pool if counts[t.noun] == 1]
                several = [t for t in pool if counts[t.noun] > 1]
                wanted = single if alone else several
                word = _call(rng.choice(wanted if wanted and rng.random() < 0.75 else pool), form, rng)
            else:
                word = rng.choice(_NAMES)
            if word not in slots.values():
                break
        slots[name] = word
    if "{g}" in form.program or any("{g" in pattern for pattern in form.patterns):
        slots["g"] = _category(pool, slots, rng)
        if form.name in _WITHIN:
            slots["a"] = _kind_of(slots["g"], pool, rng)
    colours = [thing.colour for thing in pool if thing.colour and (not slots.get("a") or _is(thing, slots["a"]))]
    slots["k"] = rng.choice(colours) if colours and rng.random() < 0.6 else rng.choice(COLOURS)
    others = [colour for colour in (*colours, *COLOURS) if colour != slots["k"]]
    slots["m"] = others[0] if rng.random() < 0.5 else rng.choice(others)
    if form.name == "which_colour" and rng.random() < 0.5:
        slots["k"], slots["m"] = slots["m"], slots["k"]
    slots["w"] = rng.choice(tuple(lexicon.BACKGROUNDS))
    around = counts.get(slots.get("a", ""), 1)
    least = 2 if form.name == "times" else 1
    slots["n"] = str(max(least, min(9, around + rng.choice((-1, 0, 0, 1)))))
    return slots


def _call(thing: Thing, form: Form, rng: random.Random) -> str:
    """A singular phrase for a thing: its noun, a synonym, a category, or the noun with its colour or size."""
    noun = lexicon.noun(thing.noun)
    kind = rng.random()
    if kind < 0.15 and noun.synonyms:
        return rng.choice(noun.synonyms)[0]
    if kind < 0.22 and noun.categories:
        return rng.choice(noun.categories)
    bare = "verify_property" in form.program or "{k} {a}" in form.program or "what color" in form.program
    if kind < 0.28 and thing.colour and not bare:
        return f"{thing.colour} {noun.name}"
    if kind < 0.30 and thing.size in ("small", "big") and not bare:
        return f"{thing.size} {noun.name}"
    return noun.name


def _category(pool: Sequence[Thing], slots: Slots, rng: random.Random) -> str:
    """A category that holds several of the things, mostly; never one that a slot already names."""
    names = [category for thing in pool for category in lexicon.noun(thing.noun).categories]
    if not names or rng.random() < 0.5 * _MISSING:
        names = [category.name for category in lexicon.CATEGORIES]
    name = rng.choice(names)
    if rng.random() < 0.06:
        return "thing"
    others = next((c.synonyms for c in lexicon.CATEGORIES if c.name == name), ())
    return rng.choice(others)[0] if others and rng.random() < 0.15 else name


def _kind_of(group: str, pool: Sequence[Thing], rng: random.Random) -> str:
    read = lexicon.canonical(group)
    members: Iterable[Thing] = [t for t in pool if read is not None and lexicon.is_a(t.noun, read.name)]
    names = sorted({thing.noun for thing in members})
    return rng.choice(names) if names and rng.random() < 0.9 else rng.choice(_NAMES)


def _is(thing: Thing, phrase: str) -> bool:
    read = lexicon.canonical(phrase)
    return read is not None and lexicon.is_a(thing.noun, read.name)


def settled_forms() -> frozenset[str]:
    """Names of the forms that `truth` knows; every form that a scene can settle must be among them."""
    sided = {f"{stem}_{side}" for stem in SIDED for side in OPPOSITE}
    return frozenset(SINGLE) | frozenset(SEVERAL) | sided
