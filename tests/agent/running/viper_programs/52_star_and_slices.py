def execute_command(image):
    first, *rest = ImagePatch(image).find("muffin")
    options = {"object_name": "muffin", "attribute": "blue"}
    row = [0] * 3
    row[1:2] = [1, 1]
    return first, rest[-1].verify_property(**options), [*row, *range(2)], {**options, "n": len(rest)}, rest[::-1]
