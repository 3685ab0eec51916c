"""Scenes made by hand, thing by thing."""

from models.embedded.world.scene import Scene, Thing


def thing(noun: str, x: float, y: float, colour: str | None = None, side: float = 40, depth: float = 5.0) -> Thing:
    """A square thing around `(x, y)`."""
    box = (x - side / 2, y - side / 2, x + side / 2, y + side / 2)
    place = tuple(round(value) for value in box)
    return Thing(noun, "fluent", "", colour, False, 0.0, False, place, box, depth, None)  # type: ignore[arg-type]


def scene(*things: Thing, background: str = "beach") -> Scene:
    """Of 400 x 300 pixels."""
    return Scene(0, "val", 400, 300, background, things)
