def ratio(patch, a, b):
    try:
        return len(patch.find(a)) / len(patch.find(b))
    except ZeroDivisionError as e:
        return f"none: {e}"
    else:
        return 0
    finally:
        seen.append((a, b))


seen = []


def execute_command(image):
    patch = ImagePatch(image)
    out = [ratio(patch, "muffin", "kid"), ratio(patch, "dog", "cat")]
    try:
        raise ValueError("too few " + "dogs")
    except (KeyError, ValueError) as error:
        out.append(str(error))
        out.append(type(error).__name__)
    try:
        raise KeyError(len(seen))
    except KeyError as error:
        out.append(error.__class__.__name__)
    return out, seen
