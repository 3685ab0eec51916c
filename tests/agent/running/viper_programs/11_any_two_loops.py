def execute_command(image):
    patch = ImagePatch(image)
    kids, dogs = patch.find("kid"), patch.find("dog")
    close = any(
        distance(kid, dog) < 40
        for kid in kids
        if kid.verify_property("kid", "sitting")
        for dog in dogs
        if dog.verify_property("dog", "black")
    )
    return close, all(k.left < d.compute_depth() * 200 for k in kids for d in dogs)
