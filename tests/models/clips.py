"""Small video files made on the spot, every frame of which bears its own number in black and white squares."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

SQUARE, BITS = 16, 10
WIDTH, HEIGHT = 176, 96


def numbered(number: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """`(H, W, 3)` uint8: grey, with the number's bits as a row of squares along the top, most significant first."""
    image = np.full((height, width, 3), (60 + number % 7 * 20, 110, 150), np.uint8)
    for place in range(BITS):
        bit = number >> (BITS - 1 - place) & 1
        image[:SQUARE, place * SQUARE : (place + 1) * SQUARE] = 255 * bit
    return image


def number_of(image: np.ndarray) -> int:
    """The number that a decoded frame bears."""
    row = image[SQUARE // 2, SQUARE // 2 : BITS * SQUARE : SQUARE, 1]
    return sum(int(value > 127) << (BITS - 1 - place) for place, value in enumerate(row))


def write_clip(
    path: Path,
    stamps: Sequence[int],
    unit: Fraction = Fraction(1, 1000),
    codec: str = "mpeg4",
    images: Sequence[np.ndarray] | None = None,
    options: dict[str, str] | None = None,
    gop: int = 12,
    rotation: int = 0,
) -> Path:
    """A video file of one frame a stamp, shown at `stamp * unit` seconds."""
    import av

    with av.open(str(path), "w") as container:
        frames = images if images is not None else [numbered(number) for number in range(len(stamps))]
        height, width = frames[0].shape[:2] if frames else (HEIGHT, WIDTH)
        stream = container.add_stream(codec, rate=Fraction(25), options=options or {})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.gop_size, stream.time_base = gop, unit
        stream.codec_context.time_base = unit
        if rotation:
            stream.set_display_rotation(rotation)
        for stamp, image in zip(stamps, frames, strict=True):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = stamp, unit
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return path
