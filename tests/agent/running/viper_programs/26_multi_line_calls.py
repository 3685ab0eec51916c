def execute_command(image):
    patch = (
        ImagePatch(
            image,
            left=0,
            lower=0,
            right=640, upper=480,
        )
    )
    cars = patch.find(
        "car"
    )
    (cars
        .sort(
            key=lambda c: c
            .compute_depth(),  # nearest first
            reverse=False,
        ))
    return [
        c.simple_query(
            "What color is the car?",
        )
        for c in cars
        if any(
            c.verify_property("car", a)
            for a in ["parked",
                      "moving"]
        )
    ]
