def execute_command(image) -> str:
    # Is there a dog to the left of a car?
    image_patch = ImagePatch(image)
    dogs = image_patch.find("dog")
    cars = image_patch.find("car")
    for dog in dogs:
        for car in cars:
            if dog.horizontal_center < car.horizontal_center:
                return "yes"
    return "no"
