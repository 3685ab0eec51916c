def attribute_or_method(thing):
    value = thing.lower
    return value() if callable(value) else value


def execute_command(image):
    dog = ImagePatch(image).find("dog")[0]
    return [attribute_or_method(x) for x in ("ABC", dog, "Xy")]
