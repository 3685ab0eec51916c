def execute_command(image):
    patch = ImagePatch(image)
    widths = (p.width for p in patch.find("car"))
    first = next(widths)
    rest = list(widths)
    total = sum(p.height for p in patch.find("car"))
    longest = max((len(n), n) for n in ("dog", "muffin"))
    return first, rest, total, longest, ", ".join(str(x) for x in (1, 2)), tuple(x * 2 for x in (1, 2)), sorted(x for x in (2, 1))
