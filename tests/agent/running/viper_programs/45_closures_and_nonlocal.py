TOTAL = 0


def execute_command(image):
    calls = 0
    patch = ImagePatch(image)

    def count(name):
        global TOTAL
        nonlocal calls
        calls += 1
        n = len(patch.find(name))
        TOTAL += n
        return n

    makers = [lambda k=k: count(k) for k in ("dog", "kid")]
    return [make() for make in makers], calls, TOTAL
