def execute_command(image):
    patch = ImagePatch(image)
    look = patch.find
    ask = patch.simple_query
    counts = {}
    for name in ("dog", "kid", "muffin"):
        counts[name] = len(look(name))
    most = max(counts, key=counts.get)
    return most, ask("What color is it?"), sorted(counts, key=counts.get)
