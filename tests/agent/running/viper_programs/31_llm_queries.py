def execute_command(image):
    patch = ImagePatch(image)
    what = patch.simple_query("What is this?")
    return [llm_query(f"What is a {what}?"), patch.llm_query("Is it big?", long_answer=False), llm_query("a", long_answer=False)]
