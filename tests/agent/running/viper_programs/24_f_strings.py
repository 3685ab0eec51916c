def execute_command(image):
    patch = ImagePatch(image)
    dogs = patch.find("dog")
    d = {"name": "Rex", "n": 2}
    text = f"{len(dogs)} dog{'s' if len(dogs) != 1 else ''}, {d['name']!r:>8} {dogs[0].compute_depth():.1f}"
    text += f"|{any(x.verify_property('dog', 'white') for x in dogs)}|{{}}|{min(dogs, key=lambda x: x.left).left:05d}"
    width = 9
    return text + f"{'right':>{width}}" f"{max([3, 4], key=lambda v: -v)}"
