"""`ImagePatch`: a box in a picture, and what can be asked about it. The names and meanings are ViperGPT's
(Suris et al., ICCV 2023, "ViperGPT: Visual Inference via Python Execution for Reasoning").

Programs count pixels of the original picture from its bottom left corner, y up. Everything below this file counts from
the top left, y down (`models.picture.Box`). The two meet here and nowhere else: `to_program`, `to_box`.

Where ViperGPT's runtime and its own documentation disagree, the documentation is followed:
  - a crop is exactly the asked box; ViperGPT widens every crop by 10 pixels without saying so;
  - `crop` takes coordinates of the original picture, as its docstring there says and as attributes are counted; its
    code adds them to the patch's own corner. For a patch of the whole picture, the usual receiver, both are the same;
  - a box that reaches beyond the picture is clipped to it;
  - `exists` is a non-empty `find`; ViperGPT asks its VLM once more about every detection.
"""

import itertools

import numpy as np

from models.picture import Box, Picture, Region
from models.requests import Ask, Depth, Detect, Match, Prompt, Read
from models.video import Frame
from tools.attributes import alternatives, is_attribute, nearest_size, size_named, size_of
from tools.declaration import HostClass, ToolError, host_class, tool

Corners = tuple[int, int, int, int]
"""`(left, lower, right, upper)`: whole pixels of the original picture, origin bottom left, y up."""

MAX_PHRASE = 200
"""Characters in the name of an object, or in an option."""

_ids = itertools.count(1)

IMAGE = HostClass("Image", Picture, ("width", "height"))
"""An input picture as a program holds it: opaque, but for its size in pixels."""


def to_program(box: Box, height: int) -> Corners:
    """From `xyxy` with the origin at the top left, in whole pixels, to a program's coordinates."""
    x1, y1, x2, y2 = (round(value) for value in box)
    return x1, height - y2, x2, height - y1


def to_box(corners: tuple[float, float, float, float], height: int) -> Box:
    """From a program's coordinates to `xyxy` with the origin at the top left, in whole pixels."""
    left, lower, right, upper = (round(value) for value in corners)
    return float(left), float(height - upper), float(right), float(height - lower)


@host_class(constructible=True)
class ImagePatch:
    """A crop of an image centered around a particular object, as well as relevant information.
    Coordinates are pixels of the original image, (0, 0) is its bottom left corner, and y grows upwards."""

    def __init__(
        self,
        image: "Picture | ImagePatch",
        left: float | None = None,
        lower: float | None = None,
        right: float | None = None,
        upper: float | None = None,
    ) -> None:
        """Initializes an ImagePatch by cropping the image at the given coordinates. Without coordinates it is the
        whole image.

        Raises:
            ToolError: the box has no area or lies outside the picture.
        """
        region = image.region if isinstance(image, ImagePatch) else image.whole
        height = region.picture.height
        edges = to_program(region.box, height)
        corners = tuple(
            edge if asked is None else asked for asked, edge in zip((left, lower, right, upper), edges, strict=True)
        )
        self._set(Region(region.picture, to_box(_checked(corners, region.picture), height)), "")

    @classmethod
    def of(cls, region: Region, phrase: str = "") -> "ImagePatch":
        """The patch of a region.

        Arguments:
            phrase: What it was found as; `verify_property` need not look for the object again.
        """
        patch = cls.__new__(cls)
        patch._set(region, phrase)
        return patch

    def _set(self, region: Region, phrase: str) -> None:
        # Whole pixels, so that a box survives the way into a program and back.
        self.region = Region(region.picture, tuple(map(float, region.pixels)))  # type: ignore[arg-type]
        self.phrase = phrase
        self._id = next(_ids)
        self._corners = to_program(self.region.box, region.picture.height)

    @property
    def id(self) -> int:
        return self._id

    @property
    def left(self) -> int:
        """the position of the left border of the crop's bounding box in the original image"""
        return self._corners[0]

    @property
    def lower(self) -> int:
        """the position of the bottom border of the crop's bounding box in the original image"""
        return self._corners[1]

    @property
    def right(self) -> int:
        """the position of the right border of the crop's bounding box in the original image"""
        return self._corners[2]

    @property
    def upper(self) -> int:
        """the position of the top border of the crop's bounding box in the original image"""
        return self._corners[3]

    @property
    def width(self) -> int:
        """the width of the crop"""
        return self.right - self.left

    @property
    def height(self) -> int:
        """the height of the crop"""
        return self.upper - self.lower

    @property
    def horizontal_center(self) -> float:
        """the horizontal center of the crop in the original image"""
        return (self.left + self.right) / 2

    @property
    def vertical_center(self) -> float:
        """the vertical center of the crop in the original image"""
        return (self.lower + self.upper) / 2

    @property
    def time(self) -> float:
        """in a frame of a video, the second of the video at which it is shown; 0.0 in a picture"""
        picture = self.region.picture
        return round(picture.time, 3) if isinstance(picture, Frame) else 0.0

    @property
    def original_image(self) -> Picture:
        """the image that the crop was taken from"""
        return self.region.picture

    @tool
    async def find(self, object_name: str) -> "list[ImagePatch]":
        """Returns a list of ImagePatch objects, one for each object in the crop that matches object_name, most certain
        first. Returns an empty list if there is none.

        Examples:
            # Return the children
            def execute_command(image):
                image_patch = ImagePatch(image)
                return image_patch.find("child")

            # How many red cars are there?
            def execute_command(image):
                image_patch = ImagePatch(image)
                return len(image_patch.find("red car"))
        """
        phrase = phrase_of("find", "object_name", object_name)
        found = await Detect(self.region, phrase)
        return [ImagePatch.of(Region(self.region.picture, one.box), phrase) for one in found]

    @tool
    async def exists(self, object_name: str) -> bool:
        """Returns True if the object specified by object_name is found in the crop, and False otherwise.

        Examples:
            # Are there both cakes and gummy bears in the photo?
            def execute_command(image):
                image_patch = ImagePatch(image)
                is_cake = image_patch.exists("cake")
                is_gummy_bear = image_patch.exists("gummy bear")
                return bool_to_yesno(is_cake and is_gummy_bear)
        """
        return bool(await Detect(self.region, phrase_of("exists", "object_name", object_name)))

    @tool
    async def verify_property(self, object_name: str, attribute: str) -> bool:
        """Returns True if the object possesses the visual property (a colour, a material, a state), and False
        otherwise. Differs from 'exists' in that it presupposes the existence of the object.

        Examples:
            # Do the letters have blue color?
            def execute_command(image):
                image_patch = ImagePatch(image)
                letters_patches = image_patch.find("letters")
                return bool_to_yesno(letters_patches[0].verify_property("letters", "blue"))
        """
        name = phrase_of("verify_property", "object_name", object_name)
        asked = phrase_of("verify_property", "attribute", attribute).lower()
        region = self.region
        if not _same_object(self.phrase, name):
            found = await Detect(region, name)
            if not found:
                return False
            region = Region(region.picture, found[0].box)
        if size := size_named(asked):
            return size == size_of(_share(region))
        texts = (f"{asked} {name}", *(f"{other} {name}".strip() for other in alternatives(asked)))
        scores = await Match(region, texts)
        # A tie means that nothing speaks for the attribute.
        return scores[0] > max(scores[1:])

    @tool
    async def best_text_match(self, option_list: list[str | float], prefix: str | None = None) -> str:
        """Returns the option that best matches the crop. A prefix, if given, is put before every option.

        Examples:
            # Is the cap gold or white?
            def execute_command(image):
                image_patch = ImagePatch(image)
                cap_patches = image_patch.find("cap")
                return cap_patches[0].best_text_match(["gold", "white"])
        """
        if not option_list:
            raise ToolError("best_text_match() needs at least one option, got an empty list")
        options = [phrase_of("best_text_match", "option_list", str(option)) for option in option_list]
        sizes = [size for option in options if (size := size_named(option))]
        if len(sizes) == len(options):
            return str(option_list[nearest_size(sizes, _share(self.region))])
        if prefix:
            texts = [f"{prefix} {option}" for option in options]
        elif all(map(is_attribute, options)) and not any(map(is_attribute, self.phrase.split())):
            # CLIP was trained on things, not on bare adjectives.
            texts = [f"{option} {self.phrase or 'thing'}" for option in options]
        else:
            texts = options
        scores = await Match(self.region, tuple(texts))
        return str(option_list[int(np.argmax(scores))])

    @tool
    async def simple_query(self, question: str | None = None) -> str:
        """Returns the answer to a basic question asked about the crop. If no question is provided, returns the answer
        to "What is this?". The questions are about basic perception, and are not meant to be used for complex
        reasoning or external knowledge.

        Examples:
            # What color is the foo?
            def execute_command(image):
                image_patch = ImagePatch(image)
                foo_patches = image_patch.find("foo")
                return foo_patches[0].simple_query("What is the color?")

            # Is the second bar from the left quuxy?
            def execute_command(image):
                image_patch = ImagePatch(image)
                bar_patches = image_patch.find("bar")
                bar_patches.sort(key=lambda x: x.horizontal_center)
                return bar_patches[1].simple_query("Is the bar quuxy?")
        """
        return await Ask(self.region, (question or "").strip() or "What is this?")

    @tool
    async def compute_depth(self) -> float:
        """Returns the median depth of the crop: the larger, the farther away.

        Examples:
            # the bar furthest away
            def execute_command(image):
                image_patch = ImagePatch(image)
                bar_patches = image_patch.find("bar")
                bar_patches.sort(key=lambda bar: bar.compute_depth())
                return bar_patches[-1]
        """
        depth = await Depth(self.region.picture)
        x1, y1, x2, y2 = self.region.pixels
        return float(np.median(depth[y1:y2, x1:x2]))

    @tool
    async def crop(self, left: float, lower: float, right: float, upper: float) -> "ImagePatch":
        """Returns a new ImagePatch, the crop of the original image at the given coordinates.

        Examples:
            # Is there a cat to the left of the sofa?
            def execute_command(image):
                image_patch = ImagePatch(image)
                sofa = image_patch.find("sofa")[0]
                left_of_sofa = image_patch.crop(0, image_patch.lower, sofa.left, image_patch.upper)
                return bool_to_yesno(left_of_sofa.exists("cat"))
        """
        return ImagePatch(self, left, lower, right, upper)

    @tool
    async def overlaps_with(self, left: float, lower: float, right: float, upper: float) -> bool:
        """Returns True if a crop with the given coordinates overlaps with this one, and False otherwise.

        Examples:
            # Does the boy touch the kite?
            def execute_command(image):
                image_patch = ImagePatch(image)
                boy = image_patch.find("boy")[0]
                kite = image_patch.find("kite")[0]
                return bool_to_yesno(boy.overlaps_with(kite.left, kite.lower, kite.right, kite.upper))
        """
        return self.left <= right and self.right >= left and self.lower <= upper and self.upper >= lower

    @tool
    async def read_text(self) -> str:
        """Returns the text written in the crop, line by line; an empty text if there is none.

        Examples:
            # What does the sign say?
            def execute_command(image):
                image_patch = ImagePatch(image)
                return image_patch.find("sign")[0].read_text()
        """
        return "\n".join(line.text for line in await Read(self.region))

    @tool
    async def llm_query(self, question: str, long_answer: bool = True) -> str:
        """Answers a text question with a language model, which does not see the image. The question is a formatted
        string with what was found out about the image in it.

        Examples:
            # What is the city this building is in?
            def execute_command(image):
                image_patch = ImagePatch(image)
                building_patch = image_patch.find("building")[0]
                building_name = building_patch.simple_query("What is the name of the building?")
                return building_patch.llm_query(f"What city is {building_name} in?", long_answer=False)
        """
        return (await Prompt(knowledge_prompt("llm_query", question, None, long_answer))).strip()

    @tool
    async def print_image(self, size: tuple[int, int] | None = None) -> None:
        """Shows the crop in the record of the run. Nothing else happens."""

    def __repr__(self) -> str:
        return "ImagePatch({}, {}, {}, {})".format(*self._corners)


def knowledge_prompt(name: str, question: str, context: str | None, long_answer: bool) -> str:
    """The text a language model is asked. Raises ToolError if the question is empty."""
    if not question.strip():
        raise ToolError(f"{name}() needs a question, got an empty text")
    length = "" if long_answer else "\nAnswer in one or two words, nothing else."
    return (f"{context.strip()}\n\n" if context and context.strip() else "") + question.strip() + length


def phrase_of(tool_name: str, parameter: str, text: str) -> str:
    """A phrase for the detector or CLIP: one line, trimmed. Raises ToolError if it is empty or very long."""
    phrase = " ".join(text.split())
    if not phrase:
        raise ToolError(f"{tool_name}() needs a word or a short phrase as {parameter}, got an empty text")
    if len(phrase) > MAX_PHRASE:
        raise ToolError(
            f"{tool_name}() takes a word or a short phrase as {parameter}, got {len(phrase)} characters"
            f" (at most {MAX_PHRASE})"
        )
    return phrase


def _checked(corners: tuple[float, ...], picture: Picture) -> tuple[float, float, float, float]:
    """The corners, if they enclose a part of the picture."""
    left, lower, right, upper = corners
    shown = f"({', '.join(f'{value:g}' for value in corners)})"
    if round(right) <= round(left) or round(upper) <= round(lower):
        raise ToolError(f"the box (left, lower, right, upper) = {shown} has no area; left < right and lower < upper")
    if left >= picture.width or right <= 0 or lower >= picture.height or upper <= 0:
        raise ToolError(
            f"the box (left, lower, right, upper) = {shown} lies outside the picture,"
            f" which is {picture.width} x {picture.height} pixels"
        )
    return left, lower, right, upper


def _share(region: Region) -> float:
    return region.width * region.height / (region.picture.width * region.picture.height)


def _same_object(found_as: str, name: str) -> bool:
    """Whether a patch found as `found_as` is certainly a `name`: `red cars` is a `car`, `car door` is none."""
    found, asked = found_as.lower(), name.lower()
    for article in ("a ", "an ", "the "):
        asked = asked.removeprefix(article)
    forms = {asked, asked + "s", asked + "es", asked.removesuffix("s"), asked.removesuffix("es")}
    return any(found == form or found.endswith(" " + form) for form in forms if form)
