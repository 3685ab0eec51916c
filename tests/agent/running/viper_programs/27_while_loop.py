def execute_command(image):
    patch = ImagePatch(image)
    step, width = 0, patch.width
    while True:
        part = patch.crop(0, 0, width, patch.height)
        if len(part.find("muffin")) < 2 or step > 10:
            break
        width -= 60
        step += 1
    return step, width
