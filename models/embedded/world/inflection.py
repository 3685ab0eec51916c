"""Singular and plural of English nouns, as far as the picture-book world needs them."""

import re

_IRREGULAR = {
    "man": "men", "woman": "women", "person": "people", "child": "children", "mouse": "mice", "leaf": "leaves",
    "fish": "fish", "sheep": "sheep", "deer": "deer", "scarf": "scarves", "dice": "dice", "aircraft": "aircraft",
    "clothing": "clothes", "fruit": "fruits", "broccoli": "broccoli", "corn": "corn", "bread": "bread",
    "furniture": "furniture", "goose": "geese", "foot": "feet", "tooth": "teeth", "knife": "knives", "wolf": "wolves",
    "food": "food", "cactus": "cacti", "loaf": "loaves", "ox": "oxen",
    "glasses": "glasses", "eyeglasses": "eyeglasses", "spectacles": "spectacles", "pants": "pants", "jeans": "jeans",
    "trousers": "trousers", "shorts": "shorts", "scissors": "scissors", "headphones": "headphones", "fries": "fries",
    "spaceman": "spacemen",
    "sushi": "sushi", "popcorn": "popcorn", "milk": "milk", "honey": "honey",
    "jellyfish": "jellyfish", "money": "money", "lightning": "lightning",
    "snowman": "snowmen", "die": "dice", "cattle": "cattle",
}  # fmt: skip
_O_AS_IN_PIANO = ("piano", "rhino", "photo", "hippo", "dino", "flamingo", "ufo", "yo-yo", "yoyo", "taco", "avocado")
_SINGULARS = {plural: single for single, plural in _IRREGULAR.items()}


def plural(word: str) -> str:
    """The plural of an English noun phrase; its last word, or the one before "of", is inflected."""
    if " of " in word:
        first, _, rest = word.partition(" of ")
        return f"{plural(first)} of {rest}"
    head, _, last = word.rpartition(" ")
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif re.search(r"(s|x|z|ch|sh|[^aeiou]o)$", last) and last not in _O_AS_IN_PIANO:
        last += "es"
    elif re.search(r"[^aeiou]y$", last):
        last = last[:-1] + "ies"
    else:
        last += "s"
    return f"{head} {last}".strip()


def singular(word: str) -> str:
    """The singular of an English noun phrase, inverse of `plural` for most words. A singular stays as it is."""
    word = word.strip().lower()
    if " of " in word:
        first, _, rest = word.partition(" of ")
        return f"{singular(first)} of {rest}"
    head, _, last = word.rpartition(" ")
    if last in _SINGULARS:
        last = _SINGULARS[last]
    elif re.search(r"(ss|us|is)$", last) or len(last) < 4:
        pass
    elif last.endswith("ies"):
        last = last[:-3] + "y"
    elif re.search(r"(ss|(?<!o)us|x|z|ch|sh|[^aeiou]o)es$", last):
        last = last[:-2]
    elif last.endswith("s"):
        last = last[:-1]
    return f"{head} {last}".strip()
