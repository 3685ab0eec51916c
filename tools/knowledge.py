"""Lists out of a language model's knowledge. What a model writes when it is asked for a list comes in many forms; they
are all read here."""

import json
import re
from collections.abc import Iterable

from models.requests import Prompt
from tools.declaration import ToolError, tool

MAX_ENTRIES = 100
MAX_ENTRY = 80
"""Characters of an entry; a longer line is talk."""

_FENCE = re.compile(r"^\s*```\w*\s*$", re.MULTILINE)
_ARRAY = re.compile(r"\[[^\[\]]*\]", re.DOTALL)
_MARK = re.compile(r"^\s*(?:[-*•‣–+]|\(?\d{1,3}[.):]|\(?[a-z][.)])\s+")
_LEAD = re.compile(
    r"^[^:,\n]{0,60}\b(?:list|are|is|include|includes|answer|sure|query|examples?)\b[^:,\n]{0,60}:\s*", re.I
)
_LAST = re.compile(r"^(?:and|or)\s+", re.IGNORECASE)


@tool
async def list_of(query: str, max: int = 10) -> list[str]:
    """Returns up to max names that a language model knows for the query, such as "kinds of citrus fruit". It does not
    see the image.

    Examples:
        # Which citrus fruit is this?
        def execute_command(image):
            return ImagePatch(image).classify(list_of("kinds of citrus fruit", 8))
    """
    if not query.strip():
        raise ToolError("list_of() needs a query, got an empty text")
    if not 1 <= max <= MAX_ENTRIES:
        raise ToolError(f"list_of() takes max from 1 to {MAX_ENTRIES}, got {max}")
    text = await Prompt(
        f"List at most {max} {query.strip().rstrip('.:?')}.\n"
        "Write the names alone, parted by commas, with no numbers and no other words."
    )
    entries = read_list(text)[:max]
    if not entries:
        shown = " ".join(text.split())[:80]
        raise ToolError(f"list_of() found no list in what the language model wrote ({shown!r}); ask in other words")
    return entries


def read_list(text: str) -> list[str]:
    """The entries of a list that a language model wrote: a JSON array, lines with numbers or bullets, or words parted
    by commas or semicolons. Each once, in order, without quotes, marks and the talk around."""
    text = _FENCE.sub("", text).strip()
    found = _ARRAY.search(text)
    if found is not None:
        try:
            items = json.loads(found[0])
        except ValueError:
            items = found[0][1:-1].split(",")
        if all(isinstance(item, str | int | float) for item in items):
            return _unique(map(str, items))
    lines = [line for line in text.splitlines() if line.strip()]
    marked = [line for line in lines if _MARK.match(line)]
    if marked:
        entries = [re.split(r"\s+[-–—]\s+|:\s", _MARK.sub("", line), maxsplit=1)[0] for line in marked]
        if len(marked) > 1 or "," not in entries[0]:
            return _unique(entries)
        lines = entries
    # A line that ends with a colon announces the list; one that is a sentence is talk, if others hold the list.
    lines = [_LEAD.sub("", line) for line in lines if not line.rstrip().endswith(":")]
    parted = [line for line in lines if re.search(r"[,;]", line)]
    if parted:
        return _unique(entry for line in parted for entry in _parted(line))
    return _unique(_pair(lines[0]) if len(lines) == 1 else lines)


def _parted(line: str) -> list[str]:
    """`a, b and c` are three, and so are `a, b, and c`."""
    *first, last = (part.strip() for part in re.split(r"[,;]", line))
    return [*first, *([_LAST.sub("", last)] if _LAST.match(last) else _pair(last))]


def _pair(words: str) -> list[str]:
    """`cats and dogs` are two; more words are one entry."""
    return re.split(r"\s+(?:and|or)\s+", words.strip()) if len(words.split()) == 3 else [words]


def _unique(entries: Iterable[str]) -> list[str]:
    """Trimmed, without quotes and final marks, empty and overlong ones left out, each once whatever its capitals."""
    seen: dict[str, str] = {}
    for entry in entries:
        plain = re.sub(r"[*_`]{1,3}", "", entry).strip().strip("\"'“”‘’").strip().rstrip(".!").strip()
        plain = " ".join(plain.strip("\"'“”‘’").split())
        if plain and len(plain) <= MAX_ENTRY:
            seen.setdefault(plain.lower(), plain)
    return list(seen.values())
