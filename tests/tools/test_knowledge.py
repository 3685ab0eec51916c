import pytest

from models.presets import Kit, Preset, PresetError
from tools import ToolError, default_vocabulary, drive
from tools.knowledge import read_list

from .conftest import Fake

VOCABULARY = default_vocabulary()


def list_of(text, *args):
    kit = {"llm": Fake(lambda request: text)}
    return drive(VOCABULARY.call("list_of", args, {}), kit), kit["llm"].asked


FRUIT = ["lemon", "lime", "orange"]

WRITTEN = {
    "commas": "lemon, lime, orange",
    "a sentence": "lemon, lime, and orange.",
    "or": "lemon, lime or orange",
    "semicolons": "lemon; lime; orange",
    "lines": "lemon\nlime\norange\n",
    "numbers": "1. lemon\n2. lime\n3. orange",
    "brackets": "(1) lemon\n(2) lime\n(3) orange",
    "letters": "a) lemon\nb) lime\nc) orange",
    "bullets": "- lemon\n* lime\n• orange",
    "bold": "1. **lemon**\n2. **lime**\n3. **orange**",
    "explained": "1. Lemon: a sour yellow one\n2. lime - green, and sour too\n3. orange",
    "quotes": "\"lemon\", 'lime', “orange”",
    "json": '["lemon", "lime", "orange"]',
    "json with a fence": '```json\n["lemon",\n "lime",\n "orange"]\n```',
    "python": "['lemon', 'lime', 'orange']",
    "announced": "Here are three citrus fruits:\n\n1. lemon\n2. lime\n3. orange\n\nLet me know if you need more!",
    "announced on the line": "Sure! The list is: lemon, lime, orange",
    "announced before commas": "Here is the list you asked for:\nlemon, lime, orange",
    "numbered once": "1. lemon, lime, orange",
    "twice": "lemon, Lime, lime, orange, LEMON",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_lists_as_language_models_write_them(text):
    assert [entry.lower() for entry in read_list(text)] == FRUIT


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("", []),
        (" \n", []),
        ("[]", []),
        ("salt and pepper", ["salt", "pepper"]),
        ("red", ["red"]),
        ("Rio de Janeiro\nTrinidad and Tobago", ["Rio de Janeiro", "Trinidad and Tobago"]),
        ("1. Trinidad and Tobago\n2. Cuba", ["Trinidad and Tobago", "Cuba"]),
        ("3-year-old, 4x4", ["3-year-old", "4x4"]),
        ("[1, 2, 3]", ["1", "2", "3"]),
        ("I am " + "very " * 40 + "sorry", []),
    ],
)
def test_other_texts(text, entries):
    assert read_list(text) == entries


def test_the_query_and_the_most():
    entries, asked = list_of("a, b, c, d, e", "kinds of letters?", 3)
    assert entries == ["a", "b", "c"]
    assert asked[0].text.startswith("List at most 3 kinds of letters.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("  ",), "list_of() needs a query, got an empty text"),
        (("x", 0), "list_of() takes max from 1 to 100, got 0"),
        (("x", 101), "list_of() takes max from 1 to 100, got 101"),
        (("x", "many"), "list_of() takes max as a whole number, got text"),
        (("x",), "list_of() found no list in what the language model wrote ('')"),
    ],
)
def test_calls_of_no_use(arguments, message):
    with pytest.raises(ToolError) as raised:
        list_of("", *arguments)
    assert str(raised.value).startswith(message)


def test_without_a_language_model_one_line_says_so():
    kit = Kit(Preset(name="mine"))
    with pytest.raises(PresetError) as raised:
        drive(VOCABULARY.call("list_of", ("kinds of fruit",), {}), kit)
    assert str(raised.value) == "preset mine has no llm; add a `llm:` line to a preset of your own"
