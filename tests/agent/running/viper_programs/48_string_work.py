def execute_command(image):
    patch = ImagePatch(image)
    colour = patch.find("kid")[0].simple_query("What color is it?")
    words = ("The kid wears " + colour + ".").lower().rstrip(".").split()
    table = "{:<6}|{:>4}|{n:03d}".format(words[-1], len(words), n=7)
    return " ".join(reversed(words)), table, "%s has %d" % (colour, 3), colour[::-1], colour.startswith("r"), words[1:-1:2]
