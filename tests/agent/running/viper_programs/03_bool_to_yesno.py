def execute_command(image):
    image_patch = ImagePatch(image)
    return bool_to_yesno(image_patch.exists("giraffe") or image_patch.exists("tree"))
