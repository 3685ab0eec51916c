def execute_command(image):
    # Is the sleeping dog white, and farther than every car?
    patch = ImagePatch(image)
    sleeping = [d for d in patch.find("dog") if d.verify_property("dog", "sleeping")]
    if not sleeping:
        return "no dog sleeps"
    dog = sleeping[0]
    white = dog.simple_query("What color is the dog?") == "white"
    farther = all(dog.compute_depth() > car.compute_depth() for car in patch.find("car"))
    return bool_to_yesno(white and farther), white, farther
