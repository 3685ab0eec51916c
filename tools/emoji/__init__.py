"""The emoji that programs may put on things: seventeen pictures of the Fluent set, and the words for them.

Their authors and licence are named in `models/embedded/ART_CREDITS.md`.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import Image

FOLDER = Path(__file__).parent

Place = Literal["cover", "top", "eyes"]
"""Over the whole thing, on top of it like a hat, or across its upper third like glasses."""

PLACES: Mapping[str, Place] = {
    "smiling face": "cover",
    "laughing face": "cover",
    "crying face": "cover",
    "angry face": "cover",
    "surprised face": "cover",
    "winking face": "cover",
    "cool face": "cover",
    "sleeping face": "cover",
    "kissing face": "cover",
    "heart": "cover",
    "star": "cover",
    "fire": "cover",
    "thumbs up": "cover",
    "party popper": "cover",
    "crown": "top",
    "top hat": "top",
    "sunglasses": "eyes",
}
"""Name -> where it goes."""

_WORDS: Mapping[str, str] = {
    "smiling face": "smiling smiley smile happy grinning grin joyful cheerful 🙂 😊 😀 😃 😄",
    "laughing face": "laughing laugh lol 😂 🤣",
    "crying face": "crying cry sad tears weeping unhappy 😢 😭",
    "angry face": "angry grumpy mad cross furious 😠 😡",
    "surprised face": "surprised surprise astonished shocked amazed wow 😮 😲",
    "winking face": "winking wink 😉",
    "cool face": "cool 😎",
    "sleeping face": "sleeping sleepy tired asleep sleep 😴",
    "kissing face": "kissing kiss 😘",
    "heart": "heart love hearts ❤️ ❤",
    "star": "star stars ⭐",
    "fire": "fire flame flames 🔥",
    "thumbs up": "thumbs thumb like 👍",
    "party popper": "party confetti celebration 🎉",
    "crown": "crown king queen 👑",
    "top hat": "hat 🎩",
    "sunglasses": "sunglasses glasses shades 🕶️ 🕶",
}
_BY_WORD = {word: name for name, words in _WORDS.items() for word in words.split()}


@dataclass(frozen=True)
class Emoji:
    """One emoji."""

    name: str
    image: Image.Image
    """RGBA, cut to what is visible."""
    place: Place


def emoji_named(words: str) -> Emoji | None:
    """The emoji that words such as "a smiley" or "sad face" mean, or a character such as 👑; None if there is none.

    The first word that names one decides; "face" and "emoji" alone name none.
    """
    text = " ".join(words.lower().replace("_", " ").split())
    for name in (text, *(_BY_WORD.get(word, "") for word in text.replace("-", " ").split())):
        if name in PLACES:
            return _load(name)
    return None


def nearest_name(words: str) -> str | None:
    """The name that is spelt most like the words, or None."""
    close = difflib.get_close_matches(words.lower(), [*PLACES, *_BY_WORD], n=1, cutoff=0.7)
    return _BY_WORD.get(close[0], close[0]) if close else None


@lru_cache(maxsize=32)
def _load(name: str) -> Emoji:
    image = Image.open(FOLDER / f"{name.replace(' ', '_')}.webp").convert("RGBA")
    box = image.getchannel("A").point(lambda alpha: 255 if alpha > 8 else 0).getbbox()
    return Emoji(name, image.crop(box) if box else image, PLACES[name])
