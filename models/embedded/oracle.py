"""Specialists that answer from ground truth, for measuring planners, tools and models apart.

    kit = oracle_kit({picture: rendered})       # or {picture: scene}, where no pixels are wanted
    kit["detector"].run([Detect(picture.whole, "red cars")])

They have the contract of every specialist and look their answers up by `picture.key`; pixels are never looked at. A
`Scene` is enough for everything but masks; a `Rendered` gives masks and exact depth too. What the world has no word for
is not there: the detector finds nothing, as a perfect detector would.
"""

import hashlib
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from models.embedded.world.drawing import BOARD
from models.embedded.world.lexicon import (
    ANYTHING,
    Phrase,
    canonical,
    canonical_background,
    describes,
    is_a,
    is_noun,
    noun,
)
from models.embedded.world.render import Rendered, depth_map
from models.embedded.world.scene import Scene, Thing
from models.embedded.world.texts import lines_of
from models.picture import Box, Picture, Region, area, iou, overlap
from models.requests import (
    Ask,
    Caption,
    Confirm,
    Depth,
    Detect,
    Detection,
    Embed,
    Fit,
    Generate,
    Inpaint,
    Locate,
    Mask,
    Match,
    Prompt,
    Read,
    Request,
    Segment,
    SpecialistError,
    TextLine,
)

Truth = Scene | Rendered

RIGHT, NEARBY, PERHAPS, WRONG_ADJECTIVE, SAME_CATEGORY, SAME_COLOUR, WRONG, UNKNOWN = 30, 22, 18, 14, 9, 8, 4, 2
"""What Match gives, on the scale of CLIP's logits: true of the thing; true of something else in the region; not known;
right noun with a wrong adjective; a thing of the same category; of the same colour; false; words without meaning."""


def blank_picture(scene: Scene) -> Picture:
    """A picture of the scene's size that stands for it without being drawn: empty but for a code for the scene, so
    that every scene has a key of its own."""
    image = np.full((scene.height, scene.width, 3), 128, np.uint8)
    code = np.frombuffer(f"{scene.split}:{scene.seed}:{zlib.crc32(repr(scene).encode())}".encode(), np.uint8)
    image.reshape(-1)[: len(code)] = code
    return Picture.from_image(image, f"{scene.split} scene {scene.seed}")


def things_in(scene: Scene, region: Region) -> list[Thing]:
    """The things that lie at least half inside a region, largest first."""
    inside = [thing for thing in scene.things if overlap(thing.box, region.box) >= 0.5 * area(thing.box)]
    return sorted(inside, key=lambda thing: -thing.area)


def main_thing(scene: Scene, region: Region) -> Thing | None:
    """The thing that a region is about: of those at least half inside, else of all, the one that fills it best."""
    candidates = things_in(scene, region) or [t for t in scene.things if iou(t.box, region.box) > 0.05]
    return max(candidates, key=lambda thing: iou(thing.box, region.box), default=None)


class Oracle:
    """What is known of each picture. `kit()` gives one specialist a role; pictures may be added later."""

    def __init__(self, truths: Mapping[Picture, Truth] | None = None) -> None:
        self._truths: dict[str, Truth] = {}
        for picture, truth in (truths or {}).items():
            self.add(picture, truth)

    def add(self, picture: Picture, truth: Truth) -> None:
        """Tell what a picture shows. Raises ValueError if its size is not the scene's."""
        scene = truth.scene if isinstance(truth, Rendered) else truth
        if (picture.width, picture.height) != (scene.width, scene.height):
            raise ValueError(
                f"{picture.name} is {picture.width} x {picture.height} pixels, its scene "
                f"{scene.width} x {scene.height}; they must be alike"
            )
        self._truths[picture.key] = truth

    def truth(self, picture: Picture) -> Truth:
        """Raises SpecialistError for a picture that was never added."""
        try:
            return self._truths[picture.key]
        except KeyError:
            raise SpecialistError(f"the oracle does not know {picture.name}; add its scene first") from None

    def scene(self, picture: Picture) -> Scene:
        truth = self.truth(picture)
        return truth.scene if isinstance(truth, Rendered) else truth

    def kit(self) -> dict[str, "OracleSpecialist"]:
        """One specialist for every role."""
        answers: dict[str, Callable[[Any], Any]] = {
            "detector": self.detect,
            "clip": self.match_or_fit,
            "segmenter": self.segment,
            "vlm": self.say,
            "depth": self.depth,
            "ocr": self.read,
            "llm": self.prompt,
            "inpaint": self.inpaint,
            "text_to_image": self.generate,
        }
        return {role: OracleSpecialist(role, answer) for role, answer in answers.items()}

    def detect(self, request: Detect) -> list[Detection]:
        """All in the region of which the phrase is surely true, largest first, score 1, clipped to the region."""
        phrase = canonical(request.phrase)
        x1, y1, x2, y2 = request.region.box
        found = []
        for thing in things_in(self.scene(request.region.picture), request.region):
            if phrase is not None and describes(phrase, thing):
                a1, b1, a2, b2 = thing.box
                found.append(Detection((max(x1, a1), max(y1, b1), min(x2, a2), min(y2, b2)), 1.0))
        return found

    def match(self, request: Match) -> list[float]:
        """How true each text is, see RIGHT and its neighbours. Backgrounds count where the region is most of the
        picture or shows no thing."""
        scene = self.scene(request.region.picture)
        main = main_thing(scene, request.region)
        inside = things_in(scene, request.region)
        picture = request.region.picture
        wide = area(request.region.box) >= 0.6 * picture.width * picture.height or main is None
        return [float(self._fit(scene, text, main, inside, wide)) for text in request.texts]

    def match_or_fit(self, request: Match | Fit | Embed) -> list[float] | float:
        """Scores of a `Match`; of a `Fit` 1 or 0, or a half where the world does not know.

        Raises:
            SpecialistError: an `Embed`; truth has no vectors.
        """
        if isinstance(request, Match):
            return self.match(request)
        if isinstance(request, Embed):
            raise SpecialistError("the oracle knows what is true, and has no vectors")
        (score,) = self.match(Match(request.region, (request.text,)))
        return 1.0 if score >= NEARBY else 0.5 if score == PERHAPS else 0.0

    def say(self, request: Ask | Confirm | Caption | Locate) -> str | float | list[Detection]:
        """A short answer; 1 for a question that is to be confirmed with yes, else 0; the things and the background as a
        caption; what the detector finds."""
        if isinstance(request, Ask):
            return self.ask(request)
        if isinstance(request, Caption):
            scene = self.scene(request.region.picture)
            nouns = [thing.noun for thing in things_in(scene, request.region)]
            return ", ".join([*dict.fromkeys(nouns), scene.background])
        if isinstance(request, Locate):
            return self.detect(Detect(request.region, request.text))[: 1 if request.single else None]
        return float(self.ask(Ask(request.region, request.question)) == "yes")

    def _fit(self, scene: Scene, text: str, main: Thing | None, inside: list[Thing], wide: bool) -> float:
        background = canonical_background(text)
        if background is not None and wide:
            return RIGHT if background == scene.background else WRONG
        phrase = canonical(text)
        if phrase is None:
            return UNKNOWN
        if main is None:
            return WRONG
        fit = _fit_of(phrase, main)
        if fit < NEARBY and any(describes(phrase, thing) for thing in inside):
            return NEARBY
        return fit

    def segment(self, request: Segment) -> Mask:
        """The true mask of the thing whose box is most like the region's.

        Raises:
            SpecialistError: the picture was added as a Scene, or nothing is there.
        """
        truth = self.truth(request.region.picture)
        if not isinstance(truth, Rendered):
            raise SpecialistError("the oracle knows no masks of this picture; add it as a Rendered")
        boxes = [iou(thing.box, request.region.box) for thing in truth.scene.things]
        if not boxes or max(boxes) == 0:
            raise SpecialistError("there is nothing to segment in this region")
        return Mask(truth.masks[int(np.argmax(boxes))], 1.0)

    def depth(self, request: Depth) -> np.ndarray:
        """`(H, W)` float32: exact for a Rendered; for a Scene, things are taken to fill their boxes."""
        truth = self.truth(request.picture)
        if isinstance(truth, Rendered):
            return truth.depth
        owner = np.full((truth.height, truth.width), -1, np.int16)
        for index, thing in enumerate(truth.things):
            x1, y1, x2, y2 = (round(v) for v in thing.box)
            owner[y1:y2, x1:x2] = index
        return depth_map(truth, owner)

    def read(self, request: Read) -> list[TextLine]:
        """The lines on signs and banners that lie at least half inside the region, from top to bottom, score 1. Each
        box is that of the board, shared out among its lines."""
        found = []
        for thing in things_in(self.scene(request.region.picture), request.region):
            if thing.text is None:
                continue
            lines = lines_of(thing.noun, thing.text)
            x1, y1, x2, y2 = thing.box
            high = (y2 - y1) * (BOARD if thing.noun == "sign" else 1.0) / len(lines)
            for row, line in enumerate(lines):
                found.append(TextLine(line, (x1, y1 + row * high, x2, y1 + (row + 1) * high), 1.0))
        return sorted(found, key=lambda line: (line.box[1] + line.box[3], line.box[0]))

    def inpaint(self, request: Inpaint) -> Picture:
        """The picture with the masked pixels in one plain colour. What it shows from then on: the old things without
        those that the mask covers by half or more, and in their place what the prompt names, if the world has it."""
        truth = self.truth(request.picture)
        scene = truth.scene if isinstance(truth, Rendered) else truth
        rows, columns = np.flatnonzero(request.mask.any(1)), np.flatnonzero(request.mask.any(0))
        box = (float(columns[0]), float(rows[0]), columns[-1] + 1.0, rows[-1] + 1.0)
        kept = [index for index, one in enumerate(scene.things) if overlap(one.box, box) < 0.5 * area(one.box)]
        old = max(scene.things, key=lambda thing: iou(thing.box, box), default=None)
        things = [scene.things[index] for index in kept]
        phrase = canonical(request.prompt)
        if phrase is not None and is_noun(phrase.name) and old is not None:
            things.append(replace(old, noun=phrase.name, colour=phrase.colour, box=box, place=_whole_pixels(box)))
        painted = np.array(request.picture.image)
        painted[request.mask] = list(hashlib.sha256(repr(request.key).encode()).digest()[:3])
        picture = Picture.from_image(painted, f"{request.picture.name} with {request.prompt}")
        changed = replace(scene, things=tuple(things))
        if isinstance(truth, Rendered):
            places = {index: place for place, index in enumerate(kept)}
            owner = np.array([*(places.get(index, -1) for index in range(len(scene.things))), -1], np.int16)[
                truth.owner
            ]
            owner[request.mask] = len(kept) if len(things) > len(kept) else -1
            self.add(picture, Rendered(changed, painted, owner))
        else:
            self.add(picture, changed)
        return picture

    def generate(self, request: Generate) -> Picture:
        raise SpecialistError("the oracle knows pictures only; it draws none")

    def prompt(self, request: Prompt) -> str:
        raise SpecialistError("the oracle knows pictures only; it has no language model")

    def ask(self, request: Ask) -> str:
        """Short answers to simple questions: what it is, its colour, its size, what it says, where it is, is it, is
        there, how many.

        Raises:
            SpecialistError: a question of another kind.
        """
        scene = self.scene(request.region.picture)
        question = re.sub(r"\s+", " ", request.question.lower().strip()).rstrip(" ?.!")
        for pattern, answer in _QUESTIONS:
            if (found := re.fullmatch(pattern, question)) is not None:
                return answer(scene, request.region, found)
        raise SpecialistError(f"the oracle does not understand the question {request.question!r}")


def _whole_pixels(box: Box) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = (round(value) for value in box)
    return x1, y1, x2, y2


class OracleSpecialist:
    """One role of an oracle."""

    def __init__(self, role: str, answer: Callable[[Any], Any]) -> None:
        self.role = role
        self.last_forward = 0
        self._answer = answer

    def run(self, requests: Sequence[Request[Any]]) -> list[Any]:
        """Answer every request, in order; a SpecialistError stands where there is no answer."""
        results: list[Any] = []
        for request in requests:
            try:
                results.append(self._answer(request))
            except SpecialistError as error:
                results.append(error)
        return results


def oracle_kit(truths: Mapping[Picture, Truth]) -> dict[str, OracleSpecialist]:
    """Oracle specialists for all roles, keyed by role.

    Args:
        truths: what each picture shows.
    """
    return Oracle(truths).kit()


def _fit_of(phrase: Phrase, thing: Thing) -> float:
    true = describes(phrase, thing)
    if true:
        # Of several true texts the one that says most wins: "red car" before "car" before "vehicle" before "thing".
        said = (phrase.colour is not None) + (phrase.size is not None)
        vague = 0 if phrase.name == thing.noun else 3 if phrase.name == ANYTHING else 1.5
        return RIGHT + 1.5 * said - vague
    if true is None:
        return PERHAPS
    if is_a(thing.noun, phrase.name):
        return WRONG_ADJECTIVE if phrase.name != ANYTHING else WRONG
    shared = set(noun(thing.noun).categories) & set(_categories(phrase.name))
    if shared:
        return SAME_CATEGORY
    return SAME_COLOUR if phrase.colour is not None and phrase.colour == thing.colour else WRONG


def _categories(name: str) -> tuple[str, ...]:
    try:
        return noun(name).categories
    except KeyError:
        return (name,)


# --- questions ---------------------------------------------------------------------------------------------------


def _yes(truth: bool | None) -> str:
    return "yes" if truth else "no"


def _of(scene: Scene, region: Region, words: str | None) -> Thing | None:
    """The thing meant by "it", "this" or a noun phrase: the region's own if the phrase fits it, else one inside."""
    main = main_thing(scene, region)
    phrase = canonical(words or "")
    if phrase is None:
        return main if (words or "it") in ("it", "this", "that", "they", "these") else None
    if main is not None and describes(phrase, main):
        return main
    return next((thing for thing in things_in(scene, region) if describes(phrase, thing)), None)


def _colour(scene: Scene, region: Region, found: re.Match[str]) -> str:
    thing = _of(scene, region, found.groupdict().get("what"))
    return "nothing" if thing is None else thing.colour or "several colors"


def _size(scene: Scene, region: Region, found: re.Match[str]) -> str:
    thing = _of(scene, region, found.groupdict().get("what"))
    return "nothing" if thing is None else thing.size or "between sizes"


def _name(scene: Scene, region: Region, found: re.Match[str]) -> str:
    thing = _of(scene, region, found.groupdict().get("what"))
    return thing.noun if thing is not None else "nothing" if scene.things else scene.background


def _text(scene: Scene, region: Region, found: re.Match[str]) -> str:
    thing = _of(scene, region, found["what"])
    return "nothing" if thing is None or thing.text is None else thing.text


def _background(scene: Scene, region: Region, found: re.Match[str]) -> str:
    return scene.background


def _count(scene: Scene, region: Region, found: re.Match[str]) -> str:
    phrase = canonical(found["what"])
    return str(sum(bool(phrase and describes(phrase, thing)) for thing in things_in(scene, region)))


def _exists(scene: Scene, region: Region, found: re.Match[str]) -> str:
    phrase = canonical(found["what"])
    return _yes(phrase is not None and any(describes(phrase, thing) for thing in things_in(scene, region)))


def _is(scene: Scene, region: Region, found: re.Match[str]) -> str:
    if (background := canonical_background(found["said"])) is not None and canonical(found["said"]) is None:
        return _yes(background == scene.background)
    thing, said = _of(scene, region, found["what"]), canonical(found["said"])
    return _yes(thing is not None and said is not None and describes(said, thing))


_HERE = r"(?: (?:in|on) (?:the|this) (?:picture|image|photo|scene)| here)?"
_PLACE = "(?:background|setting|scene|place|scenery|landscape)"
_IT = r"(?P<what>it|this|that|they|these)"

_QUESTIONS: tuple[tuple[str, Callable[[Scene, Region, re.Match[str]], str]], ...] = (
    (rf"(?:what|which) colou?r (?:is|are|does|do) (?P<what>.+?)(?: have)?{_HERE}", _colour),
    (r"what is (?:the|its|their) colou?r(?: of (?P<what>.+?))?", _colour),
    (r"what (?:does|do) (?P<what>.+?) say", _text),
    (r"what (?:is written|stands|text is|word is) on (?P<what>.+?)", _text),
    (r"what (?:size|is the size of|is) (?:is |are )?(?P<what>.+?)'s size", _size),
    (rf"(?:what size|how (?:big|large|small)) (?:is|are) (?P<what>.+?){_HERE}", _size),
    (r"(?:what|where) (?:is|are) (?:the|this|in the) " + _PLACE + "(?: .*)?", _background),
    (r"where (?:is|was|are|were) (?:this|it|that|the picture|the photo|the image|they|we)(?: .*)?", _background),
    (r"what (?:(?:kind|type|sort) of )?" + _PLACE + " .*", _background),
    (r"how many (?P<what>.+?)(?: are| is| can| do)?(?: there| here| you see| be seen| shown)*" + _HERE, _count),
    (rf"(?:is|are) there (?:an? |any |some )?(?P<what>.+?){_HERE}", _exists),
    (rf"(?:what|who) (?:is|are) {_IT}{_HERE}", _name),
    (r"(?:what|which) (?:is|are) (?:the |this |that )?(?:thing|object|name)(?: .*)?", _name),
    (rf"(?:what|which) (?:(?:kind|type|sort) of )?(?P<what>[a-z ]+?) (?:is|are) (?:it|this|that|there){_HERE}", _name),
    (r"(?:is|are) (?P<what>it|this|that|they|these|the [a-z -]+?) (?:(?:an?|in|at|on|the) )*(?P<said>[a-z -]+)", _is),
)  # fmt: skip
