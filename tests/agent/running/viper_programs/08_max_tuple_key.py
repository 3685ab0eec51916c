def execute_command(image):
    dogs = ImagePatch(image).find("dog")
    return max(dogs, key=lambda d: (d.verify_property("dog", "sleeping"), d.width))
