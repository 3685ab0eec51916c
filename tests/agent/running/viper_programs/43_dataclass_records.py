from dataclasses import dataclass, field


@dataclass
class Record:
    name: str
    depth: float
    tags: list = field(default_factory=list)

    def far(self):
        return self.depth > 5


def execute_command(image):
    patch = ImagePatch(image)
    records = [Record(n, p.compute_depth()) for n in ("dog", "car") for p in patch.find(n)]
    for r in records:
        if r.far():
            r.tags.append("far")
    return [(r.name, r.depth, r.tags) for r in sorted(records, key=lambda r: r.depth)]
