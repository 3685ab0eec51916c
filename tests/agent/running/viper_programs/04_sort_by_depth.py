def execute_command(image):
    # What colour is the closest kid's shirt?
    image_patch = ImagePatch(image)
    kids = image_patch.find("kid")
    kids.sort(key=lambda kid: kid.compute_depth())
    return kids[0].simple_query("What color is the shirt?")
