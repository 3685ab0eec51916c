"""The pictures that specialists look at: `Picture`, and `Region`, a box in one.

Coordinates here, and everywhere but inside programs, are `xyxy` pixels with the origin at the top left.
"""

import hashlib
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

Box: TypeAlias = tuple[float, float, float, float]
"""`(x1, y1, x2, y2)` in pixels, origin top left, `x1 < x2`, `y1 < y2`."""

MAX_PIXELS = 50_000_000
"""Pictures with more pixels than this are refused before they are decoded."""

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")


class PictureError(ValueError):
    """A file that cannot be used as a picture. The message is one line and says what to do."""


@dataclass(frozen=True, eq=False)
class Picture:
    """An RGB picture, known by the hash of its content.

    Two pictures are equal when their pixels are, so that caches of features work across files and programs.
    """

    image: Image.Image = field(repr=False)
    """Pillow image, mode RGB, upright (EXIF orientation already applied)."""

    name: str = "picture"

    @classmethod
    def open(cls, path: str | Path) -> "Picture":
        """Read a picture from a file.

        Raises:
            PictureError: the file is missing, empty, no picture, truncated, of an unsupported format or too large.
        """
        path = Path(path)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise PictureError(f"{path}: there is no such file") from None
        except IsADirectoryError:
            raise PictureError(f"{path}: this is a folder; name a picture file") from None
        except OSError as error:
            raise PictureError(f"{path}: cannot be read ({error.strerror})") from None
        return cls.from_bytes(data, name=str(path))

    @classmethod
    def from_bytes(cls, data: bytes, name: str = "picture") -> "Picture":
        """Decode a picture from the bytes of a file. Raises PictureError as `open` does."""
        if not data:
            raise PictureError(f"{name}: the file is empty (0 bytes)")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                image = Image.open(BytesIO(data), formats=FORMATS)
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise PictureError(
                    f"{name}: {width} x {height} pixels is too large (at most {MAX_PIXELS // 1_000_000} million "
                    "pixels); make it smaller first"
                )
            image.load()
        except UnidentifiedImageError:
            raise PictureError(f"{name}: not a picture in a supported format ({', '.join(FORMATS)})") from None
        except Image.DecompressionBombError:
            raise PictureError(f"{name}: the picture is too large; make it smaller first") from None
        except PictureError:
            raise
        except (OSError, SyntaxError, ValueError) as error:
            raise PictureError(f"{name}: the picture is damaged or cut off ({error})") from None
        return cls.from_image(image, name=name)

    @classmethod
    def from_image(cls, image: Image.Image | np.ndarray, name: str = "picture") -> "Picture":
        """Wrap a Pillow image of any mode (16 bits become 8), or an `(H, W, 3)` uint8 RGB array.

        Raises:
            PictureError: an array of another kind, or a picture of 32 bits a pixel.
        """
        if isinstance(image, np.ndarray):
            if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
                raise PictureError(f"{name}: an array must be (H, W, 3) uint8, got {image.shape} {image.dtype}")
            image = Image.fromarray(image)
        image = ImageOps.exif_transpose(image)
        if image.mode.startswith("I;16"):
            image = Image.fromarray((np.asarray(image, np.uint16) >> 8).astype(np.uint8))
        elif image.mode in ("I", "F"):
            raise PictureError(f"{name}: a picture of 32 bits a pixel, whose range is not known; save it with 8 or 16")
        if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
            image = image.convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image)
        return cls(image.convert("RGB"), name)

    @property
    def width(self) -> int:
        return self.image.width

    @property
    def height(self) -> int:
        return self.image.height

    @cached_property
    def key(self) -> str:
        """SHA-256 of size and pixels, as 64 hex digits."""
        digest = hashlib.sha256(f"{self.width}x{self.height}".encode())
        digest.update(self.image.tobytes())
        return digest.hexdigest()

    @property
    def whole(self) -> "Region":
        """The region that is the whole picture."""
        return Region(self, (0.0, 0.0, float(self.width), float(self.height)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Picture) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True)
class Region:
    """A box in a picture. `box` is clipped to the picture and is at least one pixel wide and high."""

    picture: Picture
    box: Box

    def __post_init__(self) -> None:
        x1, y1, x2, y2 = (float(v) for v in self.box)
        width, height = self.picture.width, self.picture.height
        x1, x2 = min(max(x1, 0.0), width - 1.0), min(max(x2, 1.0), float(width))
        y1, y2 = min(max(y1, 0.0), height - 1.0), min(max(y2, 1.0), float(height))
        object.__setattr__(self, "box", (x1, y1, max(x2, x1 + 1.0), max(y2, y1 + 1.0)))

    @property
    def is_whole(self) -> bool:
        return self.box == (0.0, 0.0, float(self.picture.width), float(self.picture.height))

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    @property
    def pixels(self) -> tuple[int, int, int, int]:
        """The box in whole pixels, `(x1, y1, x2, y2)`, as used for cropping."""
        x1, y1, x2, y2 = self.box
        left, top = int(x1), int(y1)
        return left, top, max(left + 1, round(x2)), max(top + 1, round(y2))

    @property
    def key(self) -> tuple[str, Box]:
        """What a cache knows this region by."""
        return self.picture.key, self.box

    def crop(self) -> Image.Image:
        """The pixels of the region, as an RGB Pillow image."""
        return self.picture.image if self.is_whole else self.picture.image.crop(self.pixels)


def overlap(a: Box, b: Box) -> float:
    """Area of the intersection of two boxes, in square pixels."""
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def area(box: Box) -> float:
    """Area of a box, in square pixels."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def iou(a: Box, b: Box) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    common = overlap(a, b)
    return common / (area(a) + area(b) - common) if common else 0.0
