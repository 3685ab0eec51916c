def execute_command(image):
    patch = ImagePatch(image)
    kids = patch.find("kid")
    if len(kids) == 0:
        return patch.simple_query("What is in the picture?")
    elif len(kids) == 1 or kids[0].overlaps_with(*[getattr(kids[1], side) for side in ("left", "lower", "right", "upper")]):
        return "together"
    else:
        verdict = "apart" if kids[0].right < kids[1].left else "unclear"
        return verdict, 100 <= kids[0].left <= 400 < kids[1].left, not kids, bool(kids) and kids[-1].height
