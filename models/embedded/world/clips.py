"""Picture-book clips: scenes in which things come, move and leave, with the truth of every frame.

    clip = make_clip(7, "test")                         from a seed, without art
    clip.scene(12)                                      what frame 12 shows
    write_clip(clip, "clip.mp4", lambda scene: render(scene, art).image)

A clip is a scene whose things are there for some of the time. They never hide one another.
"""

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from models.embedded.world.lexicon import NOUNS
from models.embedded.world.scene import Scene, SceneError, SceneSpec, Split, Thing, make_scene

WIDTH, HEIGHT = 320, 240

UNIT = Fraction(1, 1000)
"""Of the time stamps, in seconds."""

FRAMES = (30, 48)
"""A clip has so many frames at least and at most."""

_STEP = 100
"""Milliseconds from frame to frame, where they are even."""
_STEPS = (60, 100, 100, 140, 240)
"""Where they are not."""
_UNEVEN = 1 / 3
"""Share of clips with a variable frame rate."""

_SHORTEST = 7
"""Frames that a thing is there at least, and away between two times."""
_APART = 4
"""Frames between any two comings and goings."""
_GAP = 3
"""Pixels between things, wherever they go."""
_FARTHEST, _NEAREST = 0.6, 0.22
"""How far a thing moves at most and at least, as a share of the picture's width or height."""


@dataclass(frozen=True)
class Actor:
    """A thing, when it is there and where it goes."""

    thing: Thing
    """Where it is first."""
    shown: tuple[tuple[int, int], ...]
    """Frames in which it is there: first, and behind the last; in order."""
    move: tuple[int, int] = (0, 0)
    """Pixels to the right and downwards, from its first frame to its last."""

    def at(self, frame: int) -> Thing | None:
        """The thing as a frame shows it; None where it is not there."""
        if not any(start <= frame < end for start, end in self.shown):
            return None
        first, last = self.shown[0][0], self.shown[-1][1] - 1
        share = (frame - first) / max(1, last - first)
        right, down = round(self.move[0] * share), round(self.move[1] * share)
        x1, y1, x2, y2 = self.thing.place
        x1, y1, x2, y2 = x1 + right, y1 + down, x2 + right, y2 + down
        return replace(self.thing, place=(x1, y1, x2, y2), box=(float(x1), float(y1), float(x2), float(y2)))

    @property
    def swept(self) -> tuple[int, int, int, int]:
        """The box that it never leaves."""
        x1, y1, x2, y2 = self.thing.place
        right, down = self.move
        return min(x1, x1 + right), min(y1, y1 + down), max(x2, x2 + right), max(y2, y2 + down)


@dataclass(frozen=True)
class Clip:
    """What a video shows, frame by frame."""

    seed: int
    split: str
    background: Scene
    """Without any thing."""
    actors: tuple[Actor, ...]
    """Farthest first."""
    stamps: tuple[int, ...]
    """When each frame is shown, in milliseconds; the first at 0."""

    @property
    def frames(self) -> int:
        return len(self.stamps)

    def time(self, frame: int) -> float:
        """When a frame is shown, in seconds; for the number behind the last, when the clip ends."""
        if frame < self.frames:
            return self.stamps[frame] / 1000
        return (self.stamps[-1] + _STEP) / 1000

    def scene(self, frame: int) -> Scene:
        """What a frame shows, boxes of whole things."""
        things = tuple(thing for actor in self.actors if (thing := actor.at(frame)) is not None)
        return replace(self.background, things=things)


def make_clip(seed: int, split: Split = "train") -> Clip:
    """Lay out a clip of 3 to 7 things. The same arguments give the same clip, and no two splits share one."""
    rng = random.Random(f"clip/{split}/{seed}")
    frames = rng.randint(*FRAMES)
    uneven = rng.random() < _UNEVEN
    steps = [rng.choice(_STEPS) if uneven else _STEP for _ in range(frames - 1)]
    stamps = [0]
    for step in steps:
        stamps.append(stamps[-1] + step)
    scene = _scene(rng, split)
    events: list[int] = []
    """Frames of comings and goings that are taken."""
    actors: list[Actor] = []
    for place, thing in enumerate(scene.things):
        others = [one.swept for one in actors] + [one.place for one in scene.things[place + 1 :]]
        shown = _times(rng, frames, events)
        move = _move(rng, thing, others) if rng.random() < 0.45 else (0, 0)
        actors.append(Actor(thing, shown, move))
    return Clip(seed, split, replace(scene, things=()), tuple(actors), tuple(stamps))


def _scene(rng: random.Random, split: Split) -> Scene:
    """Things that stand apart; in most clips several of one kind."""
    names = [noun.name for noun in NOUNS if noun.name not in ("sign", "banner")]
    while True:
        several = [(rng.choice(names), None, rng.randint(2, 3))] if rng.random() < 0.6 else []
        spec = SceneSpec(things=several, others=(2, 4), width=WIDTH, height=HEIGHT)
        try:
            scene = make_scene(rng.randrange(1 << 30), split, spec)
        except SceneError:
            continue
        if all(
            _apart(one.place, other.place)
            for place, one in enumerate(scene.things)
            for other in scene.things[place + 1 :]
        ):
            return scene


def _times(rng: random.Random, frames: int, events: list[int]) -> tuple[tuple[int, int], ...]:
    """When a thing is there: always, from some frame on, up to one, in the middle, or twice."""
    kind = rng.choices(("always", "comes", "leaves", "between", "twice"), (3, 4, 4, 2, 1))[0]
    count = {"always": 0, "comes": 1, "leaves": 1, "between": 2, "twice": 2}[kind]
    for _ in range(40):
        chosen = sorted(rng.randint(_SHORTEST, frames - _SHORTEST) for _ in range(count))
        every = sorted([*events, *chosen])
        if all(b - a >= _APART for a, b in itertools.pairwise(every)) and (
            count < 2 or chosen[1] - chosen[0] >= _SHORTEST
        ):
            break
    else:
        return ((0, frames),)
    events += chosen
    if kind == "always":
        return ((0, frames),)
    if kind == "comes":
        return ((chosen[0], frames),)
    if kind == "leaves":
        return ((0, chosen[0]),)
    if kind == "between":
        return ((chosen[0], chosen[1]),)
    return ((0, chosen[0]), (chosen[1], frames))


def _move(rng: random.Random, thing: Thing, others: Sequence[tuple[int, int, int, int]]) -> tuple[int, int]:
    """A way along which nothing stands, if one is found: across, or along the picture's height."""
    x1, y1, x2, y2 = thing.place
    for _ in range(30):
        share = rng.uniform(_NEAREST, _FARTHEST) * rng.choice((-1, 1))
        move = (round(share * WIDTH), 0) if rng.random() < 0.65 else (0, round(share * HEIGHT))
        moved = (x1 + move[0], y1 + move[1], x2 + move[0], y2 + move[1])
        inside = moved[0] >= 1 and moved[1] >= 1 and moved[2] < WIDTH and moved[3] < HEIGHT
        swept = (min(x1, moved[0]), min(y1, moved[1]), max(x2, moved[2]), max(y2, moved[3]))
        if inside and all(_apart(swept, other) for other in others):
            return move
    return 0, 0


def _apart(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return (
        one[2] + _GAP <= other[0] or other[2] + _GAP <= one[0] or one[3] + _GAP <= other[1] or other[3] + _GAP <= one[1]
    )


def write_clip(clip: Clip, path: str | Path, draw: Callable[[Scene], np.ndarray]) -> Path:
    """Write a clip as a small video file (H.264 in MP4). Needs PyAV.

    Args:
        draw: gives the `(H, W, 3)` uint8 RGB picture of a scene, such as `lambda s: render(s, art).image`.
    """
    import av

    with av.open(str(path), "w") as container:
        options = {"preset": "veryfast", "crf": "20", "threads": "1"}
        stream = container.add_stream("libx264", rate=Fraction(1000, _STEP), options=options)
        stream.width, stream.height, stream.pix_fmt = clip.background.width, clip.background.height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = UNIT
        for index, stamp in enumerate(clip.stamps):
            frame = av.VideoFrame.from_ndarray(draw(clip.scene(index)), format="rgb24")
            frame.pts, frame.time_base = stamp, UNIT
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return Path(path)
