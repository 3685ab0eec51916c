"""Instruction rows: only what steps said, each thing under one name."""

from distill.example import PictureFile
from distill.instruction import KINDS, Seen, rows_of_picture

FILE = PictureFile("c" * 64, b"", "png")
DOG, CAT, SOFA = (0.0, 0.0, 50.0, 50.0), (60.0, 0.0, 90.0, 50.0), (0.0, 60.0, 90.0, 100.0)


def seen() -> Seen:
    things = {
        "thing": (DOG, CAT, SOFA),
        "sofa": (SOFA,),
        "couch": (SOFA,),
        "animal": (DOG, CAT),
        "owl": (),
        "dog": (DOG,),
    }
    return Seen((100, 100), dict(things), {("dog", DOG): ("brown",)}, [("Is there a dog?", "There is a dog. So yes.")])


def rows(one: Seen) -> dict[str, list[dict[str, str]]]:
    return {row["family"]: row["messages"] for row in rows_of_picture(FILE, one, "tests", "train")}  # type: ignore[misc]


def test_every_kind_has_a_row() -> None:
    found = rows(seen())
    assert tuple(found) == KINDS
    assert rows(seen()) == found
    assert found["reasoning"][1]["content"] == "There is a dog. So yes."


def test_a_thing_is_described_under_one_name() -> None:
    found = rows(seen())
    assert found["caption"][1]["content"] == "A sofa and a dog."
    description = found["description"][1]["content"]
    assert description.startswith("There is a sofa: [0, 60, 90, 100]. There is a dog: [0, 0, 50, 50].")
    assert "The dog at [0, 0, 50, 50] is brown." in description
    assert description.endswith("There is not an owl.")


def test_what_is_not_there_is_said_not_to_be() -> None:
    only = Seen((100, 100), {"owl": ()})
    assert rows(only)["detection"][1]["content"] == "none"
    assert "caption" not in rows(only)
    assert rows(Seen((100, 100))) == {}
