def execute_command(image):
    cars = ImagePatch(image).find("car")
    blue = next((c for c in cars if c.verify_property("car", "blue")), None)
    pink = next((c for c in cars if c.verify_property("car", "pink")), None)
    first = next(c.left for c in cars if c.left > 10)
    return [blue, pink, first]
