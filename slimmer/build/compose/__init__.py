"""Compose: what an application needs beside itself, brought up by the real compose tool as the
user's own file says, under a project name of its own, and taken away with the session."""

from slimmer.build.compose.document import (
    Document,
    image_of,
    needed_services,
    project_document,
    read_document,
)
from slimmer.build.compose.project import bring_up
from slimmer.build.compose.service import Dependency, Service, service_of
from slimmer.build.compose.tool import ComposeTool, find_tool

__all__ = [
    "ComposeTool",
    "Dependency",
    "Document",
    "Service",
    "bring_up",
    "find_tool",
    "image_of",
    "needed_services",
    "project_document",
    "read_document",
    "service_of",
]
