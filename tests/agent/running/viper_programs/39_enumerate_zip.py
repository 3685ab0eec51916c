def execute_command(image):
    kids = ImagePatch(image).find("kid")
    lines = []
    for i, (kid, label) in enumerate(zip(kids, ["first", "second", "third"]), start=1):
        lines.append(f"{i}. {label}: {kid.simple_query('What color is it?')}")
    for kid in reversed(kids):
        lines.append(str(kid.left))
    it = iter(lines)
    return next(it), list(it), next(zip(kids, lines))[1], list(enumerate("ab"))
