def execute_command(images):
    patches = [ImagePatch(i) for i in images]
    counts = [len(p.find("muffin")) for p in patches]
    more = counts.index(max(counts))
    same = len(set(counts)) == 1
    return counts, more, bool_to_yesno(same), all(p.exists("dog") for p in patches), [i.width for i in images]
