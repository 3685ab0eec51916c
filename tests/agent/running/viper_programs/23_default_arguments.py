def describe(patch, name="dog", *, limit=1, prefix=""):
    return [prefix + p.simple_query("What is this?") for p in patch.find(name)][:limit]


def execute_command(image):
    patch = ImagePatch(image)
    return describe(patch), describe(patch, "car", limit=5, prefix="a "), describe(patch, limit=0)
