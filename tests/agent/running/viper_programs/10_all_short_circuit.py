def execute_command(image):
    muffins = ImagePatch(image).find("muffin")
    if all(m.verify_property("muffin", "small") for m in muffins):
        return "all small"
    return "not all small"
