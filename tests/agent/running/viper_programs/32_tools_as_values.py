def execute_command(image):
    patch = ImagePatch(image)
    ask = llm_query
    answers = list(map(llm_query, ["one", "two"]))
    parts = list(map(ImagePatch, [image, image]))
    depths = sorted(patch.find("muffin"), key=ImagePatch.compute_depth, reverse=True)
    return answers, ask("three"), parts, [d.left for d in depths], list(map(patch.exists, ("dog", "cow")))
