def execute_command(image):
    patch = ImagePatch(image)
    kids = patch.find("kid")
    return (
        f"kids: {len(kids)}, "
        "plain, "  # not an f-string: {kids}
        f"""first: {next(k.left for k in kids)}
        second: {sorted(kids, key=lambda k: k.compute_depth())[0].right}"""
    )
