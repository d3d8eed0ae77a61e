from typing import Any


class DebugTools:
    pass


def find_debug_tools(*a: Any) -> Any:
    return None
