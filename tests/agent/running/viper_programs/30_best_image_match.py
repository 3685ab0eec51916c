def execute_command(image):
    kids = ImagePatch(image).find("kid")
    best = best_image_match(kids, ["sitting"])
    index = best_image_match(list_patches=kids, content=["happy", "kid"], return_index=True)
    return best, index, kids[index].left
