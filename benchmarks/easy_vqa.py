"""The test set of easy-VQA (Victor Zhou, 2019, MIT licence, PyPI `easy-vqa`): 9,673 questions about one shape on a
sheet of 64 x 64 pixels, answered by programs that the embedded planner writes.

    python -m benchmarks.easy_vqa                    all questions; 107 different ones, each planned once
    python -m benchmarks.easy_vqa --questions 500    the first ones

The bar is 0.90. Nothing is trained on easy-VQA. Where the questions about a picture tell its shape and its colour, the
same programs also run with the truth.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from rich.console import Console

from benchmarks.outside import Case, arguments, planned_and_judged, save, thing
from models.embedded.world.scene import Scene
from models.picture import Picture

SIDE = 64
SHAPES = ("circle", "rectangle", "triangle")
_YES_NO = re.compile(r"^(is|does) ")


def family(question: str) -> str:
    """What is asked: `shape`, `colour`, or whether something is there, `yes/no`, or not, `negated`."""
    if _YES_NO.match(question):
        return "negated" if re.search(r"\b(not|no)\b", question) else "yes/no"
    return "colour" if re.search(r"\bcolor\b", question) else "shape"


def scene_of(asked: Sequence[tuple[str, str]]) -> Scene | None:
    """What a picture shows, as far as its questions and answers tell; None if they do not tell both."""
    shape = next((answer for question, answer in asked if answer in SHAPES), None)
    colour = next((answer for question, answer in asked if family(question) == "colour"), None)
    for question, _ in asked:
        said = re.match(r"what (?:color )?is (?:the color of )?the (\w+)", question)
        if said and said[1] in SHAPES:
            shape = shape or said[1]
        elif said and said[1] != "shape" and family(question) == "shape":
            colour = colour or said[1]
    if shape is None or colour is None:
        return None
    # where it is nobody says, and no question asks
    return Scene(0, "test", SIDE, SIDE, "plain", (thing(shape, colour, (20.0, 20.0, 44.0, 44.0)),))


def cases(count: int | None = None) -> list[Case]:
    """The test set, or the first so many of its questions. Raises ImportError if the package is missing."""
    from easy_vqa import get_test_image_paths, get_test_questions

    questions, answers, ids = get_test_questions()
    paths: Mapping[int, str] = get_test_image_paths()
    asked: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for question, answer, number in zip(questions, answers, ids, strict=True):
        asked[number].append((question, answer))
    pictures: dict[int, Picture] = {}
    scenes = {number: scene_of(some) for number, some in asked.items()}
    made = []
    for place, (question, answer, number) in enumerate(zip(questions, answers, ids, strict=True)):
        if count is not None and place >= count:
            break
        if number not in pictures:
            pictures[number] = Picture.open(paths[number])
        scene = scenes[number]
        known = () if scene is None else (scene,)
        made.append(Case(str(place), family(question), question, (pictures[number],), known, answer))
    return made


def main() -> None:
    options = arguments(__doc__).parse_args()
    try:
        asked = cases(options.questions)
    except ImportError:
        print("skipped: easy-VQA is not installed; `pip install easy-vqa` brings it (it is among the dev extra)")
        return
    console = Console()
    figures, verdicts = planned_and_judged("easy-VQA, test", asked, options.preset, console, options.failures)
    save(options.json, figures, verdicts)


if __name__ == "__main__":
    main()
