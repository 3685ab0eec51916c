import math
from typing import List, Optional


def centre_distance(a: "ImagePatch", b: "ImagePatch") -> Optional[float]:
    return math.hypot(a.horizontal_center - b.horizontal_center, a.vertical_center - b.vertical_center)


def execute_command(image) -> List[float]:
    dogs: List[ImagePatch] = ImagePatch(image).find("dog")
    return [round(centre_distance(a, b), 2) for a in dogs for b in dogs] + [math.floor(math.pi), math.ceil(2.1)]
