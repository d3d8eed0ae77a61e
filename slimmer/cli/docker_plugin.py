"""`docker slim …`: slim as a plugin of the docker command, which is a file called `docker-slim` (a
link to `slim`) in a folder of plugins.

https://github.com/docker/cli/blob/master/cli-plugins/manager/metadata.go
"""

from __future__ import annotations

import json
from collections.abc import MutableMapping, Sequence
from pathlib import PurePath
from typing import Final

from slimmer import __version__
from slimmer.errors import UsageError

PROGRAM: Final = "docker-slim"
METADATA: Final = "docker-cli-plugin-metadata"
"""What docker calls a plugin with to learn what it is."""
_VARIABLES: Final = {
    "-H": "DOCKER_HOST",
    "--host": "DOCKER_HOST",
    "-c": "DOCKER_CONTEXT",
    "--context": "DOCKER_CONTEXT",
    "--config": "DOCKER_CONFIG",
}
"""Options of docker itself → the variable that says the same."""
_WITHOUT_EFFECT: Final = frozenset({"-D", "--debug"})
_WITH_A_VALUE_AND_WITHOUT_EFFECT: Final = frozenset({"-l", "--log-level"})


def is_plugin(program: str) -> bool:
    """Whether the process was started as the plugin; `program` is the first word of all."""
    return PurePath(program).name == PROGRAM


def metadata() -> str:
    """What docker asks for before it lists or runs a plugin."""
    return json.dumps(
        {
            "SchemaVersion": "0.1.0",
            "Vendor": "slimmer",
            "Version": __version__,
            "ShortDescription": "Turn a bloated image into a minimal one that still works",
        }
    )


def plugin_arguments(words: Sequence[str], environment: MutableMapping[str, str]) -> list[str]:
    """What `slim` is to be called with: docker hands on its own options, `slim` and what is behind
    that. Its options become the variables that say the same. Raises UsageError for what has none.
    """
    waiting = list(words)
    while waiting and waiting[0] != "slim":
        word = waiting.pop(0)
        if not word.startswith("-"):
            return list(words)  # not from docker: somebody has typed docker-slim
        name, equals, value = word.partition("=")
        takes_value = name in _VARIABLES or name in _WITH_A_VALUE_AND_WITHOUT_EFFECT
        if takes_value and not equals:
            value = waiting.pop(0) if waiting else ""
        if name in _VARIABLES:
            _set(environment, _VARIABLES[name], value)
        elif name not in _WITHOUT_EFFECT and not takes_value:
            if "slim" not in waiting:
                return list(words)
            raise UsageError(
                f"docker's own option {name} cannot be handed on to slim",
                hint="DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH say how to reach it",
            )
    return waiting[1:] if waiting else list(words)


def _set(environment: MutableMapping[str, str], name: str, value: str) -> None:
    environment[name] = value
    # As for docker itself: what is said on the command line wins over the other's variable.
    for first, other in (
        ("DOCKER_HOST", "DOCKER_CONTEXT"),
        ("DOCKER_CONTEXT", "DOCKER_HOST"),
    ):
        if name == first:
            environment.pop(other, None)
