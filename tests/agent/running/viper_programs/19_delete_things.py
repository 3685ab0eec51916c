def execute_command(image):
    patch = ImagePatch(image)
    counts = {name: len(patch.find(name)) for name in ["dog", "kid", "car", "tree"]}
    del counts["kid"]
    order = list(counts.items())
    del order[0], order[-1:]
    numbers = list(range(10))
    del numbers[::3]
    del numbers[2:4]
    temporary = 3
    del temporary
    return counts, order, numbers
