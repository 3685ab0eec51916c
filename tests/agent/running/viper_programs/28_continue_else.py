def execute_command(image):
    patch = ImagePatch(image)
    for dog in patch.find("dog"):
        if not dog.verify_property("dog", "sleeping"):
            continue
        found = dog
        break
    else:
        return "none sleeps"
    for cat in patch.find("cat"):
        break
    else:
        return found.left, "no cat"
