"""Nouns that are never shown in some style in training, so that transfer to a new style can be measured.

A third of the younger nouns lacks one of the three styles in every scene, of whatever split, unless
`SceneSpec(unseen=True)` asks for it. The older nouns, of which the first weights saw all styles, lack none.
"""

import zlib
from functools import lru_cache

from models.embedded.world.art import STYLES
from models.embedded.world.lexicon import NOUNS, noun

_OLDER = 172
"""So many nouns, the first of the lexicon, were seen in every style by the first weights."""
_YOUNGER = frozenset(entry.name for entry in NOUNS[_OLDER:] if entry.art)


@lru_cache(maxsize=1024)
def held_out_pair(noun_name: str, style: str) -> bool:
    """Whether training never shows this noun in this style. Raises KeyError for a name that is no noun's."""
    code = zlib.crc32(noun(noun_name).name.encode())
    return noun_name in _YOUNGER and code % 3 == 0 and style == STYLES[code // 3 % len(STYLES)]


HELD_OUT_PAIRS = tuple((name, style) for name in sorted(_YOUNGER) for style in STYLES if held_out_pair(name, style))
"""All of them, as (noun, style)."""


def seen_style(noun_name: str, style: str) -> str:
    """The style, or the next one if the noun is not to be seen in it."""
    return STYLES[(STYLES.index(style) + 1) % len(STYLES)] if held_out_pair(noun_name, style) else style
