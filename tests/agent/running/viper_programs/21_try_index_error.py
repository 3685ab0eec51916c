def execute_command(image):
    patch = ImagePatch(image)
    try:
        return patch.find("boat")[0].simple_query("What color is the boat?")
    except IndexError as error:
        return f"no boat: {error}"
