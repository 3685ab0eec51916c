def execute_command(image):
    # only as many calls as are needed
    patch = ImagePatch(image)
    return any(kid.verify_property("kid", "happy") for kid in patch.find("kid"))
