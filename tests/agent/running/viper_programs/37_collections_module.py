from collections import Counter, defaultdict, namedtuple


def execute_command(image):
    patch = ImagePatch(image)
    colours = Counter(p.simple_query("What color is it?") for p in patch.find("muffin") + patch.find("car"))
    by_colour = defaultdict(list)
    for p in patch.find("car"):
        by_colour[p.simple_query("What color is it?")].append(p.left)
    Size = namedtuple("Size", "w h")
    return colours.most_common(2), dict(by_colour), Size(patch.width, patch.height).w
