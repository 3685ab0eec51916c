def execute_command(image):
    patch = ImagePatch(image)
    text = patch.simple_query("how many kids are there?")
    number = coerce_to_numeric(text + " kids")
    return number + 1, coerce_to_numeric("3.5 m"), type(number) is int, type(number).__name__
