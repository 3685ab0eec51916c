def execute_command(image):
    dogs = ImagePatch(image).find("dog")
    for i, dog in enumerate(dogs):
        dog.label = f"dog {i}"
    return [d.label for d in dogs], dogs[0] == dogs[0], dogs[0] == dogs[1], dogs[0] in dogs, dogs.index(dogs[1])
