def execute_command(image):
    patch = ImagePatch(image)
    dogs = patch.find("dog")
    a = any(map(lambda d: d.verify_property("dog", "running"), dogs))
    b = next(filter(lambda d: d.verify_property("dog", "sleeping"), dogs), None)
    c = all(map(patch.exists, ["kid", "boat", "dog"]))
    return a, b, c
