class Tally(object):
    """Counts names."""

    kinds = 0

    def __init__(self, patch):
        self.patch = patch
        self.seen = {}

    def add(self, name):
        self.seen[name] = len(self.patch.find(name))
        Tally.kinds += 1
        return self

    def best(self):
        return max(self.seen, key=self.seen.get)

    def __str__(self):
        return f"{self.kinds} kinds"


def execute_command(image):
    tally = Tally(ImagePatch(image)).add("dog").add("muffin").add("kid")
    add = tally.add
    add("tree")
    return tally.best(), str(tally), f"{tally}", tally.__class__.__name__, hasattr(tally, "add"), hasattr(tally, "drop")
