"""The question grammar: deterministic, split without leaks, valid programs, and truth that agrees with perfect eyes."""

import ast
import random
import re
from collections import Counter
from pathlib import Path

import pytest

from agent.planning.check import Check
from distill.questions.binding import bind, can_settle, crowd, make_questions, questions_about, training_wordings
from distill.questions.described import ONE, UNION, WITHOUT
from distill.questions.forms import Form
from distill.questions.grammar import (
    BY_NAME,
    FORMS,
    TRAINING_NOUNS,
    UNSEEN_NOUNS,
    WORLD_CATEGORIES,
    answer_texts,
    draw,
    fixed_texts,
    question_words,
    training_samples,
    unseen_samples,
)
from distill.questions.nouns import CATEGORY_WORDS, COLOURS, EVERYDAY, RARE_COLOURS, article, made_up, plural
from distill.questions.scoring import written
from distill.questions.truth import answer
from distill.questions.view import Absent, Unclear
from distill.questions.wording import PatternError, choose, fill, style
from distill.questions.wordings import read_wordings
from models.embedded.world import lexicon
from models.embedded.world.scene import SceneSpec, make_scene
from models.planner_format import decode_body, encode_body
from models.planner_grammar import numbers_of, read_answers, read_texts, read_words
from tests.distill.reference_programs import assert_truth_agrees
from tests.distill.scenes import scene, thing
from tests.models.test_planner_grammar import WEIGHTS, fits
from tools import default_vocabulary

KEPT_BACK = Path(__file__).parents[1] / "data" / "typed_wordings.jsonl"

EXTRAS = {
    "editing": ("def replace",),
    "video": ("class VideoSegment",),
    "search": ("def search_images",),
}


def test_training_samples_are_deterministic() -> None:
    first, again = training_samples(300, seed=5), training_samples(300, seed=5)
    assert first == again
    assert first != training_samples(300, seed=6)
    assert len({(sample.text, sample.subject) for sample in first}) == 300


def test_questions_are_deterministic() -> None:
    assert make_questions(20, "val", seed=3) == make_questions(20, "val", seed=3)


def test_many_questions_can_be_asked_about_one_scene() -> None:
    spec = SceneSpec(things=[("dog", None, 3), ("apple", "red", 2), ("car", None, 1)], others=3)
    scene = make_scene(11, "test", spec)
    questions = questions_about(scene, 12, seed=2)
    assert questions == questions_about(scene, 12, seed=2)
    assert len({question.text for question in questions}) == 12
    assert len({question.family for question in questions}) > 3
    for question in questions:
        assert question.scenes == (scene,)
        assert question.wording not in training_wordings()
        assert not BY_NAME[question.form].several
    dogs = [question for question in questions_about(scene, 40, forms=[BY_NAME["count"]]) if "dog" in question.text]
    assert dogs
    assert {question.answer for question in dogs} <= {"3", "2", "1", "0"}


def test_with_patience_meanings_that_are_often_disputable_come_up_more_often() -> None:
    scene = make_scene(11, "train", SceneSpec(others=8))
    often = {"relation", "superlative", "attribute", "chain", "depth", "distance", "size"}
    shares = []
    for patience in (1, 4):
        questions = questions_about(scene, 150, seed=1, patience=patience)
        assert len({question.text for question in questions}) == 150
        shares.append(sum(question.family in often for question in questions))
    assert shares[1] > 1.2 * shares[0]


def test_a_scene_that_settles_little_gives_fewer_questions() -> None:
    empty = make_scene(11, "test", SceneSpec(others=0))
    assert questions_about(empty, 2, forms=[BY_NAME["which_more"]]) == []


def test_a_crowd_has_four_to_nine_of_a_kind() -> None:
    crowds = [crowd("train", random.Random(seed)) for seed in range(40)]
    most = [max(Counter(thing.noun for thing in one.things).values()) for one in crowds]
    assert min(most) >= 4
    assert max(most) == 9
    assert crowds[0] == crowd("train", random.Random(0))
    assert {one.split for one in crowds} == {"train"}


def test_names_and_templates_are_unique() -> None:
    assert len(BY_NAME) == len(FORMS)
    for form in FORMS:
        assert len(set(form.patterns)) == len(form.patterns), form.name


def test_every_form_holds_out_a_fifth_of_its_templates() -> None:
    for form in FORMS:
        assert set(form.templates("train")).isdisjoint(form.templates("test"))
        assert 0.1 <= len(form.templates("test")) / _split(form) <= 0.34, form.name
    held_out = sum(len(form.held_out) for form in FORMS)
    assert 0.17 <= held_out / sum(_split(form) for form in FORMS) <= 0.23


def _split(form: Form) -> int:
    """How many patterns take part in the split."""
    return form.trained_from or len(form.patterns)


def test_wordings_for_training_alone_leave_what_is_held_out_as_it_is() -> None:
    before = tuple(f"is there {{a~}} {number}" for number in range(20))
    first = Form("f", "existence", "return True", before)
    more = Form("f", "existence", "return True", (*before, "more 0", "more 1"), trained_from=20)
    assert more.held_out == first.held_out
    assert set(more.templates("train")) == set(first.templates("train")) | {20, 21}


@pytest.mark.parametrize("form", [form for form in FORMS if form.trained_from], ids=lambda form: form.name)
def test_spoken_wordings_never_say_what_is_held_out(form: Form) -> None:
    rng = random.Random(form.name)
    spoken = range(form.trained_from, len(form.patterns))
    held_out, said = (
        {choose(form.patterns[index], rng) for index in indices for _ in range(40)}
        for indices in (form.held_out, spoken)
    )
    assert not held_out & said


def test_typed_wordings_never_say_what_is_kept_back() -> None:
    rng = random.Random("typed")
    kept_back = read_wordings(KEPT_BACK)
    assert len(kept_back) > 700
    for name, kept in kept_back.items():
        trained = [BY_NAME[name].patterns[index] for index in BY_NAME[name].templates("train")]
        ours, theirs = ({choose(one, rng) for one in group for _ in range(20)} for group in (kept, trained))
        assert not ours & theirs, name


def test_wordings_that_are_added_never_move_what_was_held_out() -> None:
    before = tuple(f"is there {{a~}} {number}" for number in range(20))
    first = Form("f", "existence", "return True", before)
    more = Form("f", "existence", "return True", before + tuple(f"more {number}" for number in range(10)), first=20)
    assert {index for index in more.held_out if index < 20} == first.held_out
    assert len(more.held_out) == 4 + 2


def test_wordings_that_were_added_can_come_up_more_often() -> None:
    def added(emphasis: float) -> int:
        samples = training_samples(400, seed=2, emphasis=emphasis)
        placed = [(BY_NAME[name], int(index)) for name, index in (sample.template.split("/") for sample in samples)]
        return sum(bool(form.newest) and index >= form.newest for form, index in placed)

    assert added(4.0) > 1.3 * added(1.0)


def test_a_pattern_that_names_no_kind_is_about_anything() -> None:
    form = BY_NAME["middle"]
    for index, pattern in enumerate(form.patterns):
        if "{g" not in pattern:
            assert 'find("thing")' in draw(form, index, random.Random(1)).program
            break
    else:
        pytest.fail("no such pattern")


def test_no_held_out_template_or_noun_in_training() -> None:
    samples = training_samples(4000)
    for sample in samples:
        name, index = sample.template.split("/")
        assert int(index) not in BY_NAME[name].held_out
    quoted = {noun for sample in samples for noun in re.findall(r'"([^"]*)"', sample.program)}
    assert quoted.isdisjoint(UNSEEN_NOUNS)


def test_test_questions_use_only_wordings_that_training_never_drew() -> None:
    known = training_wordings()
    for question in make_questions(150, "test", seed=1):
        name, index = question.template.split("/")
        assert int(index) in BY_NAME[name].held_out
        assert question.wording not in known
        assert all(scene.split == "test" for scene in question.scenes)


def test_unseen_nouns_are_in_question_and_program() -> None:
    common = {"thing", "person", *CATEGORY_WORDS, *WORLD_CATEGORIES}
    for sample in unseen_samples(200):
        nouns = set(re.findall(r'(?:find|exists)\("([^"]*)"', sample.program)) - common
        for noun in nouns:
            bare = " ".join(word for word in noun.split() if word not in COLOURS + RARE_COLOURS)
            assert bare not in TRAINING_NOUNS
            said = sample.text.lower()
            assert any(word in said for word in (noun, plural(noun), bare, plural(bare)))


@pytest.fixture(scope="module")
def check():
    with_check = Check(default_vocabulary())
    yield with_check
    with_check.close()


def test_every_form_gives_a_program_that_passes_the_check(check: Check) -> None:
    rng = random.Random(2)
    tools = default_vocabulary().prompt()
    for form in FORMS:
        if form.family in EXTRAS and not all(name in tools for name in EXTRAS[form.family]):
            continue  # tools that come with an extra which is not installed
        sample = draw(form, rng.randrange(len(form.patterns)), rng)
        source = decode_body(sample.program, sample.subject)
        ast.parse(source)
        assert encode_body(source) == sample.program
        assert not check(source), (form.name, source)
        assert "{" not in sample.text, sample.text


def test_every_pattern_of_every_form_can_be_written() -> None:
    rng = random.Random(3)
    for form in FORMS:
        for index in range(len(form.patterns)):
            sample = draw(form, index, rng)
            assert sample.text.strip(" ?.!"), (form.name, index)
            assert not re.search(r"[\[\](){}$|]", sample.wording.replace("{", "").replace("}", "")), sample.wording


def test_every_form_that_a_scene_can_settle_can_be_bound() -> None:
    rng = random.Random(4)
    for form in FORMS:
        if can_settle(form):
            index = form.templates("train")[0]
            assert any(bind(form, index, "train", rng) for _ in range(5)), form.name


def test_truth_agrees_with_reference_programs_and_perfect_specialists() -> None:
    questions = make_questions(200, "val", seed=9)
    assert_truth_agrees(questions)
    assert 0.05 < sum(question.unanswerable for question in questions) / len(questions) < 0.4
    assert len({question.family for question in questions}) > 12


PARTY = scene(
    thing("dog", 60, 200, "brown", depth=2.0),
    thing("cat", 200, 100, "black", side=80, depth=8.0),
    thing("cat", 330, 200, "white"),
    thing("apple", 150, 250, "red", side=20),
    thing("bus", 300, 60, "red", side=100),
)


@pytest.mark.parametrize(
    ("form", "slots", "expected"),
    [
        ("count", {"a": "cat"}, 2),
        ("count", {"a": "animal"}, 3),
        ("more", {"a": "cat", "b": "dog"}, True),
        ("share", {"a": "cat", "b": "dog"}, 2),
        ("colour", {"a": "dog"}, "brown"),
        ("is_colour", {"a": "bus", "k": "blue"}, False),
        ("all_colour", {"a": "cat", "k": "black"}, False),
        ("count_not_colour", {"a": "cat", "k": "black"}, 1),
        ("is_left", {"a": "dog", "b": "bus"}, True),
        ("is_above", {"a": "dog", "b": "bus"}, False),
        ("count_right", {"a": "cat", "b": "apple"}, 2),
        ("most_colour_left", {"a": "cat"}, "black"),
        ("biggest_colour", {"a": "cat"}, "black"),
        ("smallest_kind", {"g": "thing"}, "apple"),
        ("near_than", {"a": "dog", "b": "bus"}, True),
        ("what_is_colour_kind", {"g": "vehicle", "k": "red"}, "bus"),
        ("where", {"a": "bus"}, "top right"),
        ("second_left_colour", {"a": "animal"}, "black"),
        ("background", {}, "beach"),
        ("only_kind", {"g": "animal", "a": "cat"}, False),
    ],
)
def test_truth_by_hand(form: str, slots: dict[str, str], expected: object) -> None:
    assert answer(BY_NAME[form], slots, [PARTY]) == expected


@pytest.mark.parametrize(
    ("form", "slots"),
    [
        ("colour", {"a": "lion"}),
        ("is_left", {"a": "dog", "b": "kite"}),
        ("share", {"a": "cat", "b": "boy"}),
        ("no_price", {"a": "dog"}),
    ],
)
def test_what_is_not_there_has_no_answer(form: str, slots: dict[str, str]) -> None:
    with pytest.raises(Absent):
        answer(BY_NAME[form], slots, [PARTY])


@pytest.mark.parametrize(
    ("form", "slots"),
    [
        ("colour", {"a": "cat"}),
        ("colour", {"a": "blicket"}),
        ("is_left", {"a": "apple", "b": "apple"}),
        ("which_more", {"a": "dog", "b": "bus"}),
    ],
)
def test_what_can_be_disputed_is_not_asked(form: str, slots: dict[str, str]) -> None:
    with pytest.raises(Unclear):
        answer(BY_NAME[form], slots, [PARTY])


def test_truth_about_several_pictures() -> None:
    other = scene(thing("cat", 100, 100, "orange"))
    assert answer(BY_NAME["total"], {"a": "cat"}, [PARTY, other]) == 3
    assert answer(BY_NAME["which_most"], {"a": "cat"}, [other, PARTY]) == "picture 2"
    assert answer(BY_NAME["which_has"], {"a": "bus"}, [other, PARTY]) == "picture 2"
    with pytest.raises(Absent):
        answer(BY_NAME["which_has"], {"a": "lion"}, [other, PARTY])


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("muffin", "muffins"),
        ("child", "children"),
        ("bus", "buses"),
        ("cherry", "cherries"),
        ("traffic light", "traffic lights"),
        ("snowman", "snowmen"),
        ("slice of pizza", "slices of pizza"),
        ("sheep", "sheep"),
        ("knife", "knives"),
        ("blicket", "blickets"),
    ],
)  # fmt: skip
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


def test_plurals_are_understood_by_the_world() -> None:
    for noun in lexicon.NOUNS:
        read = lexicon.canonical(plural(noun.name))
        assert read is not None, noun.name
        assert read.name == noun.name


def test_articles() -> None:
    assert [article(word) for word in ("apple", "dog", "umbrella", "unicorn")] == ["an", "a", "an", "a"]


def test_made_up_words_of_the_two_splits_differ() -> None:
    rng = random.Random(0)
    train = {made_up(rng) for _ in range(500)}
    held_out = {made_up(rng, held_out=True) for _ in range(100)}
    assert train.isdisjoint(held_out)
    assert train.isdisjoint(EVERYDAY)


def test_patterns() -> None:
    rng = random.Random(0)
    forms = {choose("(is|are) there [any] {a+}", rng) for _ in range(60)}
    assert forms == {"is there {a+}", "are there {a+}", "is there any {a+}", "are there any {a+}"}
    assert fill("is {a~} or {b+} there", {"a": "owl", "b": "fox"}) == "is an owl or foxes there"


@pytest.mark.parametrize("pattern", ["(a|b", "a)b", "[a", "$nothing here"])
def test_bad_patterns(pattern: str) -> None:
    with pytest.raises(PatternError):
        choose(pattern, random.Random(0))


def test_a_slot_without_a_word() -> None:
    with pytest.raises(PatternError):
        fill("is there {a~}", {})


def test_style_leaves_nouns_alone() -> None:
    rng = random.Random(1)
    for _ in range(500):
        text = style(
            "are there more traffic lights than zebras", frozenset(("traffic", "lights", "zebras")), rng, noise=1.0
        )
        assert "traffic lights" in text
        assert "zebras" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (3, "3"),
        (3.0, "3"),
        ("Red", "red"),
        ("pear, apple", "apple, pear"),
        (["b", "a"], "a, b"),
    ],
)
def test_answers_as_text(value: object, text: str) -> None:
    assert written(value) == text


def test_forms_know_their_split_whatever_their_order() -> None:
    form = Form("x", "f", "return 1", tuple("abcdefghij"))
    assert len(form.held_out) == 2
    assert form.held_out == Form("x", "g", "return 2", tuple("klmnopqrst")).held_out


def test_every_program_fits_the_grammar_it_is_decoded_under() -> None:
    """Or the planner could not write what it was taught."""
    texts, answers = fixed_texts(), answer_texts()
    sought = {text: sayings for text, sayings in texts.items() if text not in answers}
    for sample in training_samples(1500, seed=5):
        for quoted in re.findall(r'"([^"]*)"', sample.program):
            assert fits(sample.text, quoted, texts), (sample.text, quoted)
        for first in re.findall(r'\("([^"]*)"', sample.program):
            assert fits(sample.text, first, sought), (sample.text, first)
        numbers = re.findall(r"\d{2,}", re.sub(r'"[^"]*"', "", sample.program))
        assert set(numbers) <= set(numbers_of(sample.text)), (sample.text, numbers)


def test_the_adapter_ships_the_texts_of_the_grammar() -> None:
    assert read_texts(WEIGHTS) == fixed_texts()
    assert read_words(WEIGHTS) == frozenset(question_words())
    assert read_answers(WEIGHTS) == frozenset(answer_texts())


@pytest.mark.parametrize(
    ("form", "slots", "expected"),
    [
        ("count_one_called", {"u": "edible things"}, 1),
        ("any_some_which", {"u": "that can fly"}, False),
        ("any_one_which", {"u": "that keeps the rain off"}, False),
        ("list_some_called", {"u": "pets"}, "cat, dog"),
        ("count_wheeled_do", {"u": "have wheels"}, 1),
        ("list_wheeled_does", {"u": "has wheels"}, "bus"),
        ("color_one", {"u": "to travel in"}, "red"),
        ("biggest_some", {"u": "that is a pet"}, "cat"),
        ("more_described", {"u": "to eat", "v": "to travel in"}, False),
        ("share_among", {"a": "cat", "r": "two"}, 1),
        ("left_among", {"a": "animal", "r": "2"}, 1),
        ("pairs", {"a": "cat"}, 1),
        ("even", {"a": "cat"}, True),
        ("odd", {"a": "cat"}, False),
        ("dozen_lack", {"a": "cat"}, 10),
        ("needed_for", {"a": "cat", "r": "six"}, 4),
        ("enough_for", {"a": "cat", "r": "3"}, False),
        ("price_two", {"a": "cat", "b": "dog", "n": "3", "r": "two"}, 8),
        ("legs_4_4", {"a": "dog", "b": "cat"}, 12),
        ("anything_left", {"b": "dog"}, False),
        ("count_anything_right", {"b": "dog"}, 4),
        ("is_thing_right", {"a": "apple", "b": "dog"}, True),
        ("anything_front", {"b": "dog"}, False),
    ],
)
def test_truth_of_kinds_sums_and_what_is_there_by_hand(form: str, slots: dict[str, str], expected: object) -> None:
    assert answer(BY_NAME[form], slots, [PARTY]) == expected


def test_a_kind_that_can_be_disputed_is_not_asked_about() -> None:
    zoo = scene(thing("penguin", 60, 200), thing("eagle", 200, 100))
    assert answer(BY_NAME["count_one_do"], {"u": "have feathers"}, [zoo]) == 2
    with pytest.raises(Unclear):
        answer(BY_NAME["count_some_called"], {"u": "things that can fly"}, [zoo])


def test_phrases_of_a_kind_name_things_once() -> None:
    for kind in (*ONE, *UNION, *WITHOUT.values()):
        for noun in lexicon.NOUNS:
            assert sum(lexicon.is_a(noun.name, phrase) for phrase in kind.phrases) < 2, (kind.phrases, noun.name)
            assert sum(lexicon.is_a(noun.name, phrase) for phrase in kind.without) < 2, (kind.without, noun.name)
        for phrase in kind.phrases:
            members = [noun.name for noun in lexicon.nouns_of(phrase)]
            disputed = [name for name in members if any(lexicon.is_a(name, one) for one in kind.disputed)]
            assert len(disputed) < len(members), (kind.phrases, phrase)
        for name in (*kind.phrases, *kind.without):
            assert name == "thing" or lexicon.is_name(name), name
    for noun in lexicon.NOUNS:
        for kind in WITHOUT.values():
            if any(lexicon.is_a(noun.name, one) for one in kind.without):
                assert lexicon.is_a(noun.name, kind.phrases[0]), (kind.phrases, noun.name)


def test_nouns_that_a_form_brings_along_are_not_held_out() -> None:
    texts = [text for form in FORMS for own in form.fixed.values() for text in own]
    named = {noun for text in texts for noun in ([text] if isinstance(text, str) else re.findall(r'"(.*?)"', text[1]))}
    assert named.isdisjoint(UNSEEN_NOUNS)


def test_three_parts_of_patterns_hold_out_a_fifth_each() -> None:
    words = tuple(f"is there {{a~}} {number}" for number in range(40))
    two = Form("f", "existence", "return True", words[:30], first=20)
    three = Form("f", "existence", "return True", words, first=20, then=(30,))
    assert {index for index in three.held_out if index < 30} == two.held_out
    assert len(three.held_out) == 4 + 2 + 2
