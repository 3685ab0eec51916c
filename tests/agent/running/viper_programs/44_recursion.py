def search(patch, name, depth=0):
    found = patch.find(name)
    if len(found) == 1 or depth == 5:
        return depth, found[0].left if found else None
    middle = (patch.left + patch.right) // 2
    if len(found) == 0:
        return depth, None
    return search(patch.crop(patch.left, patch.lower, middle, patch.upper), name, depth + 1)


def execute_command(image):
    return search(ImagePatch(image), "muffin")
