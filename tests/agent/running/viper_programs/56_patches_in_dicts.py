def execute_command(image):
    patch = ImagePatch(image)
    things = {n: patch.find(n) for n in ("kid", "dog")}
    things["all"] = things["kid"] + things["dog"]
    nearest = {n: min(ps, key=lambda p: p.compute_depth()) for n, ps in things.items()}
    return {"nearest": nearest, "pair": (things["kid"][0], [things["dog"]]), "none": None}
