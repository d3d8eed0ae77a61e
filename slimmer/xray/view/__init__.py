"""`slim xray -i`: the layers of an image and their files, on a whole screen."""

from slimmer.xray.view.browser import Browser, Look, Row
from slimmer.xray.view.view import Why, show

__all__ = ["Browser", "Look", "Row", "Why", "show"]
