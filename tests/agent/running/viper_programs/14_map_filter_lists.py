def execute_command(image):
    patch = ImagePatch(image)
    colours = list(map(lambda p: p.simple_query("What color is it?"), patch.find("car")))
    happy = list(filter(lambda k: k.verify_property("kid", "happy"), patch.find("kid")))
    return f"{', '.join(colours)} / {len(happy)}"
