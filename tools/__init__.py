"""Floor 2: the vocabulary that programs may use.

    from tools import default_vocabulary
    print(default_vocabulary().prompt())

A tool of one's own takes one file and one decorator: docs/adding_a_tool.md.
"""

from tools.declaration import Abstention, DeclarationError, HostClass, Tool, ToolError, host_class, tool
from tools.driver import drive
from tools.image_patch import ImagePatch
from tools.mask import Mask
from tools.vocabulary import Vocabulary, default_vocabulary, vocabulary

__all__ = [
    "Abstention",
    "DeclarationError",
    "HostClass",
    "ImagePatch",
    "Mask",
    "Tool",
    "ToolError",
    "Vocabulary",
    "default_vocabulary",
    "drive",
    "host_class",
    "tool",
    "vocabulary",
]
