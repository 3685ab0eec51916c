def execute_command(image):
    car = ImagePatch(image).find("car")[0]
    return car.best_text_match(["blue", "red", "green"]), car.best_text_match(option_list=["parked", "moving"], prefix="it is")
