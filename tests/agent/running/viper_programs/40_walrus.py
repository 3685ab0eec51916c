def execute_command(image):
    patch = ImagePatch(image)
    if (n := len(patch.find("muffin"))) > 2 and (kids := patch.find("kid")):
        return n, [w for k in kids if (w := k.width) > 0], (m := n * 2) + m
    return "few"
