"""The stubs against the type checker that reads them: good programs pass, slips are found before anything runs."""

import pydantic_monty
import pytest

from tools import default_vocabulary
from tools.prompt import examples

VOCABULARY = default_vocabulary()

GOOD = {
    "muffins and kids": """
def execute_command(image):
    image_patch = ImagePatch(image)
    muffin_patches = image_patch.find("muffin")
    kid_patches = image_patch.find("kid")
    return str(len(muffin_patches) // len(kid_patches))
""",
    "drink with zero alcohol": """
def execute_command(image):
    image_patch = ImagePatch(image)
    drink_patches = image_patch.find("drink")
    for drink_patch in drink_patches:
        drink_name = drink_patch.simple_query("What is this?")
        alcoholic = llm_query(f"Does the {drink_name} have alcohol?", long_answer=False)
        if alcoholic == "no":
            return drink_patch
    return None
""",
    "hints of typing that nobody imported": """
def execute_command(image) -> List[ImagePatch]:
    image_patch: ImagePatch = ImagePatch(image)
    found: Optional[ImagePatch] = None
    patches: List[ImagePatch] = image_patch.find("shoe")
    names: Dict[str, int] = {}
    pair: Tuple[int, Union[int, str]] = (1, "a")
    return patches
""",
    "typed as ViperGPT's prompt types it": """
from typing import List, Union

def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    is_cake = image_patch.exists("cake")
    is_gummy_bear = image_patch.exists("gummy bear")
    return bool_to_yesno(is_cake and is_gummy_bear)
""",
    "second from the left": """
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    bar_patches = image_patch.find("bar")
    bar_patches.sort(key=lambda x: x.horizontal_center)
    bar_patch = bar_patches[1]
    return bar_patch.simple_query("Is the bar quuxy?")
""",
    "furthest away": """
def execute_command(image) -> ImagePatch:
    image_patch = ImagePatch(image)
    bar_patches = image_patch.find("bar")
    bar_patches.sort(key=lambda bar: bar.compute_depth())
    return bar_patches[-1]
""",
    "max with a tool as its key": """
def execute_command(image):
    patches = ImagePatch(image).find("car")
    nearest = min(patches, key=lambda p: p.compute_depth())
    largest = max(patches, key=lambda p: p.width * p.height)
    return bool_to_yesno(nearest == largest)
""",
    "closest": """
def execute_command(image):
    image_patch = ImagePatch(image)
    qux_patches = image_patch.find('qux')
    foo_patches = image_patch.find('foo')
    foo_patch = foo_patches[0]
    qux_patches.sort(key=lambda x: distance(x, foo_patch))
    return qux_patches[0]
""",
    "distance of numbers": """
def execute_command(image):
    a, b = ImagePatch(image).find("a")[:2]
    return distance(a.horizontal_center, b.horizontal_center) < distance(3, 5.5)
""",
    "on top of": """
def execute_command(image) -> ImagePatch:
    image_patch = ImagePatch(image)
    qux_patch = image_patch.find("qux")[0]
    for foo in image_patch.find("black foo"):
        if foo.vertical_center > qux_patch.vertical_center:
            return foo
    return qux_patch
""",
    "properties": """
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    letters_patches = image_patch.find("letters")
    if len(letters_patches) == 0:
        return image_patch.simple_query("Do the letters have blue color?")
    return bool_to_yesno(letters_patches[0].verify_property("letters", "blue"))
""",
    "gold or white": """
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    cap_patches = image_patch.find("cap")
    options = ["gold", "white"]
    return cap_patches[0].best_text_match(options, prefix="a cap that is")
""",
    "options of numbers": """
def execute_command(image):
    return ImagePatch(image).best_text_match([1, 2, 3])
""",
    "best match": """
def execute_command(image):
    image_patch = ImagePatch(image)
    patches = image_patch.find("person")
    best = best_image_match(patches, ["person in a red coat"])
    index = best_image_match(list_patches=patches, content=["tall person"], return_index=True)
    if best is None:
        return "nobody"
    return best.simple_query("Who is this?") + str(index + 1)
""",
    "best match that is used at once": """
def execute_command(image):
    return best_image_match(ImagePatch(image).find("dog"), ["poodle"]).left
""",
    "crop to the left": """
def execute_command(image):
    image_patch = ImagePatch(image)
    sofa = image_patch.find("sofa")[0]
    left_of_sofa = image_patch.crop(0, image_patch.lower, sofa.left, image_patch.height)
    return bool_to_yesno(left_of_sofa.exists("cat"))
""",
    "crop by centers": """
def execute_command(image):
    p = ImagePatch(image)
    return p.crop(p.left, p.vertical_center, p.horizontal_center, p.upper).simple_query()
""",
    "construct with a box": """
def execute_command(image):
    whole = ImagePatch(image)
    top = ImagePatch(image, 0, whole.height / 2, whole.width, whole.height)
    part = ImagePatch(top, left=3)
    return part.overlaps_with(top.left, top.lower, top.right, top.upper)
""",
    "knowledge": """
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    building_patches = image_patch.find("building")
    building_name = building_patches[0].simple_query("What is the name of the building?")
    return building_patches[0].llm_query(f"What city is {building_name} in?", long_answer=False)
""",
    "numbers in texts": """
def execute_command(image):
    price = ImagePatch(image).simple_query("What does it cost?")
    total = coerce_to_numeric(price) * 3
    return [total, coerce_to_numeric(price, no_string=True), range(coerce_to_numeric("3"))]
""",
    "mathematics": """
def execute_command(image):
    import math as m
    return math.floor(ImagePatch(image).compute_depth()) + m.pi
""",
    "mathematics that are imported": """
import math

def execute_command(image):
    return math.sqrt(len(ImagePatch(image).find("tile")))
""",
    "several pictures": """
def execute_command(images):
    ps = [ImagePatch(i) for i in images]
    return sum(len(p.find("dog")) for p in ps)
""",
    "masks": """
def execute_command(image):
    image_patch = ImagePatch(image)
    rugs = sorted(image_patch.find("rug"), key=lambda rug: rug.segment().area)
    mask = image_patch.segment("cup")
    share = mask.area / (image_patch.width * image_patch.height)
    return mask.cut_out().simple_query("What color is this?") if share > 0.1 else rugs[-1].read_text()
""",
    "abstention ends a function": """
def execute_command(image) -> str:
    dogs = ImagePatch(image).find("dog")
    if dogs:
        return dogs[0].simple_query("What color is the collar?")
    abstain("there is no dog in the picture")
""",
    "a function and a class of its own": """
class Count:
    def __init__(self, name: str, patches: List[ImagePatch]):
        self.name = name
        self.patches = patches

def count(patch: ImagePatch, name: str) -> Count:
    return Count(name, patch.find(name))

def execute_command(image):
    counts = {name: len(count(ImagePatch(image), name).patches) for name in ("cat", "dog")}
    return max(counts, key=lambda name: counts[name])
""",
    "printing": """
def execute_command(image):
    patch = ImagePatch(image)
    patch.print_image()
    patch.print_image(size=(100, 100))
    print(patch, patch.left)
    return patch
""",
    "the picture's own size": """
def execute_command(image):
    return image.width * image.height
""",
}

BAD = {
    "misspelt method": ('ImagePatch(image).finds("dog")', "finds"),
    "a method of a list": ('ImagePatch(image).find("dog").exists("tail")', "exists"),
    "misspelt attribute": ("ImagePatch(image).horizontal_centre", "horizontal_centre"),
    "misspelt function": ("bool_to_yes_no(True)", "bool_to_yes_no"),
    "misspelt class": ("Imagepatch(image)", "Imagepatch"),
    "a tool of the host": ("ImagePatch(image).region", "region"),
    "a hidden attribute": ("ImagePatch(image).id", "id"),
    "too many arguments": ('ImagePatch(image).find("a", "b")', "Too many positional arguments"),
    "too few arguments": ("ImagePatch(image).crop(1, 2, 3)", "upper"),
    "unknown keyword": ('ImagePatch(image).find(name="a")', "name"),
    "number as name": ("ImagePatch(image).find(3)", "str"),
    "list as name": ('ImagePatch(image).exists(["a"])', "str"),
    "text as coordinate": ('ImagePatch(image).crop(1, 2, 3, "4")', "float"),
    "patches as patch": ('distance(ImagePatch(image).find("a"), 3)', "list[ImagePatch]"),
    "text plus number": ('ImagePatch(image).simple_query("How many?") + 1', "+"),
    "patch as picture text": ('ImagePatch("photo.png")', "Image"),
    "wrong result type": ("len(ImagePatch(image).find('a'))", "str"),
    "masks do not find": ('ImagePatch(image).segment("a").find("b")', "find"),
    "masks are not made": ("Mask(image)", "Too many positional arguments"),
    "Sequence was not imported": ("Sequence", "Sequence"),
}


@pytest.fixture(scope="module")
def checked():
    """Checks a program's types; gives the complaints, an empty text if there are none."""
    with pydantic_monty.Monty(max_processes=1) as pool:

        def check(source: str) -> str:
            with pool.checkout(
                type_check=True, type_check_stubs=VOCABULARY.stubs(), type_check_format="concise"
            ) as session:
                try:
                    session.feed_run(source)
                except pydantic_monty.MontyTypingError as error:
                    return str(error)
                return ""

        yield check


@pytest.mark.parametrize("source", GOOD.values(), ids=GOOD)
def test_good_programs_pass(checked, source):
    assert checked(source) == ""


@pytest.mark.parametrize("tool", VOCABULARY.tools.values(), ids=VOCABULARY.tools)
def test_the_examples_in_the_prompt_pass(checked, tool):
    for source in examples(tool):
        assert checked(source) == ""


@pytest.mark.parametrize(("expression", "complaint"), BAD.values(), ids=BAD)
def test_slips_are_found(checked, expression, complaint):
    result = "str" if "len" in expression else "object"
    found = checked(f"def execute_command(image) -> {result}:\n    return {expression}\n")
    assert "main.py:2:" in found
    assert complaint in found
