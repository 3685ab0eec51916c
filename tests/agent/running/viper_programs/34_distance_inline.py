def execute_command(image):
    patch = ImagePatch(image)
    kids, dogs = patch.find("kid"), patch.find("dog")
    pairs = [(round(distance(k, d), 1), k.left, d.left) for k in kids for d in dogs]
    closest = min(pairs)
    nearest = min(dogs, key=lambda d: distance(d, kids[0]))
    return closest, nearest.left, sorted(pairs)[-1]
