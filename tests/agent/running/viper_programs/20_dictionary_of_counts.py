def execute_command(image):
    patch = ImagePatch(image)
    counts = {}
    for colour in [p.simple_query("What color is it?") for n in ("kid", "dog", "car") for p in patch.find(n)]:
        counts[colour] = counts.get(colour, 0) + 1
    best = sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))
    return best[0][0], counts
