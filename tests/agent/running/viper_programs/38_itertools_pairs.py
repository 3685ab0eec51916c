import itertools


def execute_command(image):
    muffins = ImagePatch(image).find("muffin")
    gaps = [b.left - a.right for a, b in itertools.combinations(muffins, 2)]
    return gaps, list(itertools.chain([1], gaps))[:2], [a.left < b.left for a, b in zip(muffins, muffins[1:])]
