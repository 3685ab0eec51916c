"""The videos of stored traces: a run keeps the trace alone, and frames are read from the video's file again."""

from collections.abc import Mapping

from agent.trace import Trace
from models.picture import Picture, PictureError
from models.video import Video


def moving(trace: Trace) -> dict[str, Picture | Video]:
    """The videos that a trace names and their frames, by key, as far as the files are where they were and unchanged."""
    found: dict[str, Picture | Video] = {}
    for record in trace.pictures:
        if record.video is not None:
            try:
                video = Video.open(record.name)
            except PictureError:
                continue
            if video.key == record.key:
                found[record.key] = video
    for record in trace.pictures:
        whole = found.get(record.frame.video) if record.frame is not None else None
        if record.frame is not None and isinstance(whole, Video):
            found[record.key] = whole.frame(record.frame.index)
    return found


def still(found: Mapping[str, Picture | Video]) -> dict[str, Picture]:
    """The same as pictures that can be drawn: for a video its first frame."""
    return {key: one.poster if isinstance(one, Video) else one for key, one in found.items()}
