def execute_command(image):
    def count(name, where=None):
        where = where or patch
        return len(where.find(name))

    patch = ImagePatch(image)
    left = patch.crop(0, 0, 320, 480)
    return count("muffin"), count("muffin", left), count(name="dog", where=left)
