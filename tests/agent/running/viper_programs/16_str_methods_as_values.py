def execute_command(image):
    patch = ImagePatch(image)
    names = ["Dog", "car", "Kid"]
    lower = str.lower
    found = [lower(n) for n in sorted(names, key=str.lower) if patch.exists(n)]
    shout = "".join(map(str.upper, found))
    strip = "  x ".strip
    return found, shout, strip(), list(map(str.title, names))
