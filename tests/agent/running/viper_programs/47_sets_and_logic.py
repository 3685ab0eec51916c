def execute_command(image):
    patch = ImagePatch(image)
    present = {n for n in ("dog", "cat", "kid", "car") if patch.exists(n)}
    wanted = {"dog", "cat"}
    both = sorted(present & wanted)
    only = not (present - wanted - {"kid", "car"})
    return both, sorted(wanted - present), only, "dog" in present and "cat" not in present, len(present | wanted)
