"""Phrases for training and measuring: which phrases, and of which things each is true."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from models.embedded.world import lexicon
from models.embedded.world.lexicon import ANYTHING, CATEGORIES, COLOURS, NOUNS, SIZES, Describable

_COLOURS = tuple(COLOURS)
_NAMES = (*(noun.name for noun in NOUNS), *(category.name for category in CATEGORIES), ANYTHING)
_INDEX = {name: i for i, name in enumerate(_NAMES)}
_IS_A = np.array([[lexicon.is_a(noun.name, name) for noun in NOUNS] for name in _NAMES])
_FORMS = tuple(lexicon.forms(name) for name in _NAMES)
_ARTICLES = ("a", "the", "some")
_STARTS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "z", "ch", "sh", "tr")
_SYLLABLES = tuple(c + v + e for c in _STARTS for v in "aeiou" for e in "nrtlks")
_STRANGER_WORDS = """
unicorn dragon zebu squirrel wolf goat camel rhino seal shark jellyfish ant beetle mosquito scorpion eagle swan
turkey peacock raccoon badger sloth otter skunk llama bat gorilla lizard worm whisker grapes cherry peach mango
kiwi tomato potato onion garlic pepper cucumber avocado coconut chestnut pancake waffle bacon sandwich taco
burrito sushi noodles soup rice popcorn chocolate honey milk coffee tea wine beer juice bottle glass plate fork
knife bowl pan pot kettle oven fridge microwave lamp mirror curtain carpet pillow blanket table desk shelf
drawer cupboard door window wall roof fence gate bridge road tunnel traffic light stop sign fire hydrant bench
parking meter bus stop subway tram scooter skateboard skis snowboard surfboard canoe ferry submarine anchor sail
wheel tire engine fuel pump construction crane bulldozer excavator factory hospital school bank hotel store
museum stadium tower fountain statue doctor nurse teacher farmer cook police officer soldier king queen prince
princess wizard fairy mermaid vampire zombie alien clown skull finger hand foot leg arm eye ear nose mouth tooth
tongue brain bone pants jeans shorts sock boot sandal slipper belt ring necklace earring sunglasses wallet
briefcase suitcase helmet mask medal ribbon needle thread yarn button zipper scissors paperclip stapler ruler
eraser crayon paintbrush envelope newspaper calendar map compass telescope microscope syringe pill bandage
stethoscope thermometer battery plug cable printer keyboard mouse pad joystick radio microphone headphones
speaker violin saxophone flute harp accordion puppet doll puzzle chess pawn playing card dartboard bowling pin
golf club baseball bat hockey stick volleyball rugby ball frisbee boomerang fishing rod trumpet case hourglass
stopwatch mountain volcano island river lake ocean wave waterfall cave rock stone desert storm lightning tornado
wind rain puddle comet planet galaxy mailbox trash can shopping cart money coin bill credit card vase urn flag
banner kite string feather nest web shell coral seaweed clover bamboo grass bush vine seed acorn pinecone number
letter word oval hexagon pentagon cube sphere cylinder cone pyramid spiral line dot
"""
STRANGERS = tuple(_STRANGER_WORDS.split())
"""Words that the world has no thing for (some are halves of longer names)."""
_STRANGERS = tuple(word for word in STRANGERS if lexicon.canonical(word) is None)


@dataclass(frozen=True)
class PhraseSet:
    """Phrases, and of which things they are true."""

    texts: list[str]
    truth: np.ndarray
    """`(T, K)` int8: 1 true, 0 false, -1 unknown."""


@dataclass(frozen=True)
class _Said:
    text: str
    name: int
    """Index of the canonical name; -1 for a word that the world does not know."""
    colour: int = -1
    size: int = -1


class PhraseSampler:
    """Draws the phrases of a training batch: a word for every name, phrases with colours and sizes, and strangers.

    The first `len(NOUNS)` phrases name the nouns, in the order of the lexicon, so that a softmax over them is a
    classification.
    """

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def sample(self, things: Sequence[Describable], described: int = 160, strangers: int = 32) -> PhraseSet:
        """Phrases for these things.

        Args:
            things: of the whole batch.
            described: how many phrases with a colour or a size.
            strangers: how many phrases with a word that names nothing in the world.
        """
        random = self._random
        said = [_Said(self._form(name), name) for name in range(len(_NAMES))]
        for thing in random.permutation(np.arange(len(things)))[: max(1, described // 2)]:
            said += self._describe(things[thing])
        said += [_Said(self._strange(), -1) for _ in range(strangers)]
        return PhraseSet([s.text for s in said], truth(said, things))

    def _form(self, name: int) -> str:
        forms = _FORMS[name]
        text = forms[0] if self._random.random() < 0.4 else forms[self._random.integers(len(forms))]
        return f"{_ARTICLES[self._random.integers(3)]} {text}" if self._random.random() < 0.1 else text

    def _describe(self, thing: Describable) -> list[_Said]:
        """A phrase about the thing that is true where it can be, and one that differs from it in a word."""
        random = self._random
        names = np.flatnonzero(_IS_A[:, _INDEX[thing.noun]])
        name = int(_INDEX[thing.noun] if random.random() < 0.6 else random.choice(names))
        colour = _COLOURS.index(thing.colour) if thing.colour else int(random.integers(len(_COLOURS)))
        size = SIZES.index(thing.size) if thing.size else int(random.integers(len(SIZES)))
        kind = random.random()
        said_colour, said_size = (colour, -1) if kind < 0.65 else (-1, size) if kind < 0.9 else (colour, size)
        others = [_Said("", name, said_colour, said_size)]
        if said_colour >= 0 and random.random() < 0.6:
            others.append(_Said("", name, int(random.integers(len(_COLOURS))), said_size))
        elif said_size >= 0 and random.random() < 0.5:
            others.append(_Said("", name, said_colour, int(random.integers(len(SIZES)))))
        else:
            others.append(_Said("", int(random.integers(len(_NAMES))), said_colour, said_size))
        return [_Said(self._text(s), s.name, s.colour, s.size) for s in others]

    def _text(self, said: _Said) -> str:
        sizes = (("small", "little", "tiny"), ("medium", "medium", "medium-sized"), ("big", "large", "big"))
        words = [sizes[said.size][self._random.integers(3)]] if said.size >= 0 else []
        words += [_COLOURS[said.colour]] if said.colour >= 0 else []
        forms = _FORMS[said.name]
        return " ".join([*words, forms[self._random.integers(len(forms))]])

    def _strange(self) -> str:
        random = self._random
        if random.random() < 0.6:
            word = _STRANGERS[random.integers(len(_STRANGERS))]
        else:
            word = "".join(_SYLLABLES[random.integers(len(_SYLLABLES))] for _ in range(random.integers(1, 4)))
        word += "s" if random.random() < 0.25 else ""
        return f"{_COLOURS[random.integers(len(_COLOURS))]} {word}" if random.random() < 0.2 else word


def truth(said: Sequence[_Said], things: Sequence[Describable]) -> np.ndarray:
    """`(T, K)` int8, as `lexicon.describes`: 1 true, 0 false, -1 unknown."""
    nouns = np.array([_INDEX[thing.noun] for thing in things], dtype=int)
    names = np.array([s.name for s in said])
    right = np.where(names[None] >= 0, _IS_A[names][:, nouns].T, False)
    result = right.astype(np.int8)
    seen_colours = np.array([_COLOURS.index(t.colour) if t.colour else -1 for t in things])
    seen_sizes = np.array([SIZES.index(t.size) if t.size else -1 for t in things])
    wrong = np.zeros_like(right)
    for spoken, seen in (
        (np.array([s.colour for s in said]), seen_colours),
        (np.array([s.size for s in said]), seen_sizes),
    ):
        asked = spoken[None] >= 0
        wrong |= asked & (seen[:, None] >= 0) & (seen[:, None] != spoken[None])
        result[right & asked & (seen[:, None] < 0)] = -1
    result[wrong] = 0
    return result


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"\w+|[^\w\s]", text.lower())}


def world_words() -> list[str]:
    """Every word of the names, colours, sizes and backgrounds of the world, in alphabetical order."""
    texts = [form for forms in _FORMS for form in forms]
    texts += [*COLOURS, *SIZES, "little", "tiny", "large", "huge", "medium-sized", *_ARTICLES, "violet", "grey"]
    texts += [text for name, others in lexicon.BACKGROUNDS.items() for text in (name, *others)]
    return sorted(_words(texts))


def build_tokenizer(extra: Sequence[str] = (), **options: Any) -> PreTrainedTokenizerFast:
    """A WordPiece tokenizer in which every word of the world is one token and any other falls into letters.

    Args:
        extra: further texts to know the words of.
        options: for `PreTrainedTokenizerFast`, special tokens for instance; they come first in the vocabulary.
    """
    words = sorted({*world_words(), *_words(extra), *STRANGERS})
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    special = [*(value for value in options.values() if isinstance(value, str)), "[UNK]"]
    special += [token for value in options.values() if isinstance(value, list) for token in value]
    tokens = dict.fromkeys([*special, *letters, *(f"##{letter}" for letter in letters), *words])
    vocabulary = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=60))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = joining([HYPHEN])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", padding_side="right", **options)


HYPHEN = (r"(?<=\w) - (?=\w)", "-")
"""A hyphen is a word of its own, and "yo-yo" would come back as "yo - yo"."""


def joining(gaps: Iterable[tuple[str, str]]) -> decoders.Decoder:
    """What makes text of tokens: spaces between words, and of gaps (regular expressions) what stands beside them."""
    replaced = [decoders.Replace(Regex(gap), mark) for gap, mark in gaps]
    return decoders.Sequence([decoders.WordPiece(), decoders.Fuse(), *replaced])


def phrase_tokenizer() -> PreTrainedTokenizerFast:
    """A new tokenizer for phrases."""
    return build_tokenizer(pad_token="[PAD]", model_max_length=24)
