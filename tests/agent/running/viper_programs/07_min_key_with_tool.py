def execute_command(image):
    patches = ImagePatch(image).find("car")
    near = min(patches, key=lambda p: p.compute_depth(), default=None)
    none = min(ImagePatch(image).find("boat"), key=lambda p: p.compute_depth(), default="no boat")
    return near, none
