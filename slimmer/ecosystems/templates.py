"""Folders of what a program copies or fills in for its user: data, whatever it looks like."""

from __future__ import annotations

import re

_NAME = re.compile(
    r"_?(?:templates?|stubs?|skeletons?|scaffold(?:s|ing)?|boilerplates?|blueprints?)"
    # cookiecutter's and copier's, which have names to be filled in themselves.
    r"|.*\{\{.*"
)


def is_for_templates(folder: str) -> bool:
    """Whether a folder of this name holds templates: a test in it is one of the user's, who does
    not have it yet, and a declaration of types is not that of a module beside it."""
    return bool(_NAME.fullmatch(folder))
