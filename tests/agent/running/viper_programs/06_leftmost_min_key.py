def execute_command(image):
    image_patch = ImagePatch(image)
    muffins = image_patch.find("muffin")
    leftmost = min(muffins, key=lambda m: m.left)
    rightmost = max(muffins, key=lambda m: m.right)
    return [leftmost, rightmost]
