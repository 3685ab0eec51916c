"""The plain form of a question, as the embedded planner reads it in training and ever after.

    >>> plain_question("Hey, could you tell me howmany Dogs r in this pic plz??")
    'how many dogs are in this picture'

A small language model has no strength to spare for capital letters, politeness, spelling and the many words for
"picture". All that changes nothing about the meaning is taken off by rule. Nouns are left alone.
"""

# ruff: noqa: E501, SIM905  -- lists of words read best as text

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby

from models.embedded.world.inflection import plural
from models.embedded.world.lexicon import CATEGORIES, NOUNS

_WORDS = {
    "r": "are", "u": "you", "ur": "your", "wat": "what", "wut": "what", "waht": "what", "whats": "what is",
    "what's": "what is", "whatre": "what are", "what're": "what are", "whos": "who is", "who's": "who is",
    "wheres": "where is", "where's": "where is", "hows": "how is", "how's": "how is", "whichs": "which is",
    "theres": "there is", "there's": "there is", "thats": "that is", "that's": "that is", "it's": "it is",
    "isnt": "is not", "isn't": "is not", "arent": "are not", "aren't": "are not", "dont": "do not", "don't": "do not",
    "doesnt": "does not", "doesn't": "does not", "cant": "can not", "can't": "can not", "cannot": "can not",
    "wasnt": "was not", "wasn't": "was not", "im": "i am", "i'm": "i am", "i'd": "i would", "id": "i would",
    "howmany": "how many", "hwo": "how", "hw": "how", "mny": "many", "ther": "there", "thier": "their", "teh": "the",
    "th": "the", "da": "the", "n": "and", "nd": "and", "&": "and", "w/": "with", "w/o": "without", "abt": "about",
    "wich": "which", "whch": "which", "whih": "which", "tere": "there", "tese": "these", "rght": "right",
    "riht": "right", "rigt": "right", "clor": "color", "coor": "color", "frmo": "from", "froom": "from",
    "mre": "more", "frm": "from", "fom": "from", "tll": "tell", "mke": "make", "wht": "what", "whr": "where", "hav": "have",
    "imge": "picture", "imag": "picture", "imae": "picture",
    "betw": "between", "b/w": "between", "btw": "between", "nr": "number", "thing's": "things", "em": "them",
    "pic": "picture", "pics": "pictures", "img": "picture", "image": "picture", "images": "pictures",
    "photo": "picture", "photos": "pictures", "photograph": "picture", "photographs": "pictures", "foto": "picture",
    "snapshot": "picture", "drawing": "picture", "illustration": "picture",
    "colour": "color", "colours": "colors", "coloured": "colored", "col": "color", "clr": "color", "colr": "color",
    "neighbour": "neighbor", "centre": "center", "somebody": "someone", "anybody": "anyone", "nobody": "no one",
    "no-one": "no one", "alot": "a lot", "atleast": "at least", "infront": "in front", "ontop": "on top",
    "underneath": "under", "beneath": "under", "beside": "next to", "object": "thing", "objects": "things",
    "largest": "biggest", "larger": "bigger", "farthest": "furthest",
    "farther": "further", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
}  # fmt: skip
"""Words by what stands for them. `one` is left: it is no number in "the red one"."""

_PHRASES = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"\b(first|1st) of all\b", ""),
        (r"\bin front of\b", "in front of"),
        (r"\bclose by\b", "near"),
        (r"\b(is|are|was|were) not there\b", r"\1 there"),
        (r",? or (?:is|are) (?:it|he|she|they) ", " or "),
        (r"\b(as well as|along with|together with)\b", "and"),
        (r"\b(a|the) picture of (a|an|some|the)\b(?=.*\?)", r"\1 picture of \2"),
        (r"\b(left|right)(-| )hand side\b", r"\1 side"),
        (r"\b(left|right)(-| )hand\b", r"\1"),
        (r"\b(any|some)where\b", "somewhere"),
        (r"\bwhich color\b", "what color"),
        (r"\bwhat number of\b", "how many"),
        (r"\b(total )?(amount|quantity) of\b", "number of"),
        (
            r"\b(in|on|within|inside) (the|this|that|my|your|our) (given |whole |entire |)(picture|scene)\b",
            "in the picture",
        ),
        (r"^in the picture,? (?=\w+ \w+ \w+)", ""),
    )
)

_MOST = re.compile(
    r"^what is the (biggest|smallest|tiniest|tallest|widest|leftmost|rightmost|topmost|lowest|highest) (\w+(?: \w+)?)$"
)
_OPENERS = re.compile(
    r"^(?:(?:(?:hey|hi|hello)(?: there)?|yo|ok|okay|k|so|well|um+|uh+|hmm*|oh|ah|alright|now|then|and|but|also|lol|please|pls|plz|"
    r"question|quick question|quick one|one question|another question|next question|excuse me|sorry|pardon|actually|"
    r"good (?:morning|evening|afternoon)|dear (?:all|assistant|computer)|just curious|just wondering|"
    r"just checking|out of curiosity|curious|quickly|tell me this|guess what|listen)\b(?![-'])[\s,:;.!?-]*)+"
)
_CLOSERS = re.compile(
    r"(?:[\s,;:.!?-]*\b(?:please|pls|plz|thanks|thank you|thanks a lot|thx|ty|cheers|lol|any ideas?|do you know|i wonder|"
    r"i am curious|just curious|for me|exactly|right now|then|if you can|if you please|can you tell|could you tell me|"
    r"can you tell me|haha|hm+|pretty please|in your opinion|roughly|approximately))+$"
)
_TELL = re.compile(
    r"^(?:(?:can|could|would|will) you (?:please |kindly |maybe )?|i (?:would|want|need) (?:like )?(?:you )?to |please |kindly |"
    r"(?:do|does) anyone )*"
    r"(?:tell (?:me|us)|say|let me know|know|find out|figure out|work out|explain|do you know|do you happen to know|"
    r"i wonder|i am wondering|i was wondering|i am curious|any idea|give me an idea|i have no idea|help me find out|"
    r"i am not sure|i can not tell|see|check|verify|determine|make sure|decide|confirm|judge)[,:]? "
    r"(?=(?:what|which|who|whose|where|how|if|whether|when|why|in which|in what|on which|on what|is|are|does|do) )"
)
_HERE = re.compile(r"(?<!\b(?:is|in|be|it|me|us|so|by|to|of|on)) (?:in the picture|here)$")
_TOO_SHORT = frozenset(("are", "see", "you", "and", "the", "has", "where", "what", "i", "one", "shown", "seen"))
_IF = re.compile(r"^if (?=.*)(?!.*(?:,|;| then | how many | count ))")

_QUESTION_WORDS = frozenset(
    """
    what which where there their these those picture pictures color colors colored many more most fewer fewest number
    count total together altogether left right above below under over between behind front next near nearest closest
    closer nearer furthest further leftmost rightmost topmost lowest highest bigger biggest smaller smallest taller
    tallest wider widest whether either neither both same different than other another without background thing things
    show shows shown contain contains visible standing sitting located exactly least does have much single every each
    any some none only just all are how the and spot find there look looks appear appears stand stands seen list name
    describe shared share equally divide divided among each them this that with would could tell true false
    written read says word sign between middle corner half part bottom side upper lower camera viewer distance kind
    kinds type sort taken beside underneath largest larger smallest farthest farther object objects item items image
    colour coloured somebody anybody nobody neither someone anyone everyone
    edible wearable drivable dinner breakfast travel
    away into make when tower towers block blocks correct precisely directly immediately higher touching having looking
    everything scene something anything nothing somewhere around second third fourth figures video stack stacks column
    columns edge panel found during comes compared should besides missing apart contact difference until remain nearly
    almost enough except otherwise evenly combined across instead replace remove erase disappears vanishes enters leaves
    numerous majority multiple including containing outnumber subtract minus sharp uppermost lowermost topmost bottommost
    tiniest hugest foremost rearmost often sorts words writing surroundings direction appears before after
    """.split()
)
_KNOWN = frozenset(
    word
    for one, synonyms in (*((n.name, n.synonyms) for n in NOUNS), *((c.name, c.synonyms) for c in CATEGORIES))
    for name in (one, plural(one), *(form for pair in synonyms for form in pair))
    for word in name.split()
) | {"last", "large", "feather", "heather", "sings", "towards", "whit", "wand", "witch", "kinder"}

_OTHER_WORDS = frozenset(
    """
    ample boars carbs caste castes causes cedar chars chills cloves computes copper cover covers crows desert deserts
    fathers gasses hears heats lighting loves maine marie meals odors offices paris place places rabbis roots sails
    sauces sells sings trans tries wales planet planets beach coach money honey board heater heaters
    shaping shipping balding batterers butteries aborigines
    """.split()
)
"""Words of English that are no slip of a noun, although they look like one."""


def _consonants(word: str) -> str:
    """The consonants in their order, doubled ones once: `mshrms` of mushrooms and of mushrums."""
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiouy]", "", word))


def _is_long(word: str) -> bool:
    """Whether the consonants of a word tell which it is. Of 80,000 words of English a handful has those of a noun (`_OTHER_WORDS`)."""
    stem = word.removesuffix("s")
    return len(stem) >= 8 or (len(stem) >= 6 and len(_consonants(stem)) >= 5)


def _are_close(one: str, other: str) -> bool:
    return abs(len(one) - len(other)) <= 1 and SequenceMatcher(None, one, other).ratio() >= 0.8


_LONG: dict[str, frozenset[str]] = {
    key: frozenset(words) for key, words in groupby(sorted(filter(_is_long, _KNOWN), key=_consonants), key=_consonants)
}

_TOKEN = re.compile(r"[^\W_]+(?:[-'/][^\W_]+)*/?|&|[^\w\s]|\s+")


def plain_question(question: str) -> str:
    """The plain form: lower case, without marks at the end, politeness, slips in question words and in the world's
    nouns, with one word for things that have many; "is not there" asks what "is there" asks. A question that is nothing
    but politeness is left as it is."""
    text = unicodedata.normalize("NFKC", question).lower()
    text = text.translate({0x2018: "'", 0x2019: "'", 0x60: "'", 0xB4: "'", 0x201C: '"', 0x201D: '"'})
    text = " ".join(text.split())
    text = "".join(_word(token) for token in _TOKEN.findall(text))
    text = _ends(" ".join(text.split()))
    for pattern, instead in _PHRASES:
        text = pattern.sub(instead, text)
    rest = _HERE.sub("", text)
    if len(rest.split()) > 2 and rest.split()[-1] not in _TOO_SHORT:
        text = rest
    before = ""
    while before != text:
        before = text
        for pattern in (_OPENERS, _CLOSERS, _TELL):
            rest = _ends(pattern.sub("", text, count=1))
            text = rest if len(rest.split()) > 1 or len(text.split()) == len(rest.split()) else text
    text = _MOST.sub(r"which \2 is the \1", text)
    return " ".join(_IF.sub("whether ", text).split()) or " ".join(question.split())


def _ends(text: str) -> str:
    return text.strip(" ,;:").rstrip(" ?!.,;:-")


def _word(token: str) -> str:
    if token in _WORDS:
        return _WORDS[token]
    if len(token) < 4 or not token.isalpha() or token in _QUESTION_WORDS or token in _KNOWN or token in _OTHER_WORDS:
        return token
    return _spelt(token)


@lru_cache(maxsize=20_000)
def _spelt(word: str) -> str:
    """The one question word, or else the one noun of the picture-book world, that a word is a slip of: letters swapped,
    doubled or dropped, or wrong vowels in a long one, the first and the last letter right."""
    slips = _slips(word)
    found = {meant for meant in slips if meant in _QUESTION_WORDS and len(meant) >= 4}
    if not found and len(word) >= 5:
        found = {meant for meant in slips if meant in _KNOWN and len(meant) >= 5 and meant[-1] == word[-1]}
    if not found and _is_long(word):
        alike = _LONG.get(_consonants(word), frozenset())
        found = {meant for meant in alike if (meant[0], meant[-1]) == (word[0], word[-1]) and _are_close(meant, word)}
    return _WORDS.get(meant := found.pop(), meant) if len(found) == 1 else word


def _slips(word: str) -> set[str]:
    swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    doubled = {word[:i] + word[i + 1 :] for i in range(1, len(word)) if word[i] == word[i - 1]}
    dropped = set()
    if len(word) > 4:
        letters = "abcdefghijklmnopqrstuvwxyz"
        dropped = {word[:i] + letter + word[i:] for i in range(1, len(word)) for letter in letters}
    return swapped | doubled | dropped
