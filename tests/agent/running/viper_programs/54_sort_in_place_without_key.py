def execute_command(image):
    numbers = [p.left for p in ImagePatch(image).find("muffin")]
    numbers.sort(reverse=True)
    names = ["b", "C", "a"]
    names.sort(key=str.lower)
    pairs = sorted([("x", 2), ("y", 1)], key=lambda pair: pair[1])
    by_length = sorted(["ccc", "a", "bb"], key=len)
    return numbers, names, pairs, by_length, max("apple", "fig", key=len), min(3, 1, 2), max([[1, 2], [3]], key=len)
