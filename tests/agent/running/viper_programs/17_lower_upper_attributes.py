def execute_command(image):
    trees = ImagePatch(image).find("tree")
    signs = ImagePatch(image).find("sign")
    tree, sign = trees[0], signs[0]
    word = "UP"
    edges = [tree.lower, tree.upper, sign.lower, sign.upper]
    taller = tree.upper - tree.lower > sign.upper - sign.lower
    higher = max([tree, sign], key=lambda p: p.upper)
    return edges, taller, higher, word.lower(), [p.lower for p in (tree, sign)]
