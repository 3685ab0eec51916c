def execute_command(image):
    patch = ImagePatch(image)
    out = []
    for value in [len(patch.find("dog")), patch.simple_query("where?"), ("pair", 2), {"kind": "car", "n": 3}, None]:
        match value:
            case 0 | 1:
                out.append("few")
            case int(n) if n > 1:
                out.append(f"{n} dogs")
            case "garden":
                out.append("outside")
            case (first, second):
                out.append([second, first])
            case {"kind": kind, **rest}:
                out.append((kind, rest))
            case _:
                out.append("other")
    return out
