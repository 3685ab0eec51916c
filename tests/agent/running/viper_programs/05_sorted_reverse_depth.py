def execute_command(image):
    image_patch = ImagePatch(image)
    things = image_patch.find("dog") + image_patch.find("car")
    ordered = sorted(things, key=lambda x: x.compute_depth(), reverse=True)
    return [(t.left, t.upper) for t in ordered]
