def execute_command(image):
    patch = ImagePatch(image)
    table = patch.find("table")[0]
    on_table = [m for m in patch.find("muffin") if m.overlaps_with(table.left, table.lower, table.right, table.upper)]
    above = patch.crop(table.left, table.upper, table.right, patch.upper)
    return len(on_table), above.exists("tree"), table.vertical_center, above
