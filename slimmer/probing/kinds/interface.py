"""What a kind of probe has to say of itself: how it is written, sent, judged and explained.

A kind is one file here and a line in the package's KINDS: its value (a frozen subclass of Probe,
whose class variables and properties are its traits), its answer (a subclass of Answer, which says
what of it is compared), and a Kind.
"""

from __future__ import annotations

import dataclasses
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from slimmer.errors import UsageError
from slimmer.probing.keys import INSECURE, PORT, Given, Key, KeyProblemError, Keys, Shape
from slimmer.probing.origin import HTTP, Schemes, named_origin, read_origin, with_port
from slimmer.probing.plan_state import PlanState
from slimmer.probing.target import Target
from slimmer.values import HttpOrigin, Probe, ProbeResult

P = TypeVar("P", bound=Probe)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What one attempt has to go by."""

    target: Target
    seconds: float
    """That it may take at most."""
    state: PlanState | None
    """What the steps of its plan share; None where it stands alone."""
    explained: bool = True
    """Whether it is worth a look why there is no answer: what else the port speaks. That may take
    3 s, in which an application that was only not there yet gets ready."""


class Kind(ABC, Generic[P]):
    """One kind of probe."""

    probe: type[P]
    keys: Keys | None = None
    """Its own keys in a plan; None for a kind that nobody writes. `name`, `within`, `timeout`,
    `optional`, `compare`, `repeat` and `capture` come by themselves."""
    shorthand: str = ""
    """Its form as one text, for people; empty where there is none."""
    sources: Sequence[str] = ()
    """What later steps can take values from: `json`, `header`, `pattern`."""
    repeats: bool = True
    """Whether it may have `repeat`."""
    is_act: bool = False
    """Whether nothing is waited for and nothing answers, so that it has a `name` only."""

    @property
    def name(self) -> str:
        """The word for it in plans, reports and traces."""
        return self.probe.kind

    def step(self, given: Given, folder: Path) -> P:
        """The probe for these values of its keys; files are relative to `folder`. Raises
        KeyProblemError, and MissingExtraError where what sends it is not installed."""
        raise NotImplementedError

    def short(self, text: str, folder: Path) -> P:
        """The probe for its form as one text. Raises UsageError, re.error, and as `step`."""
        raise NotImplementedError

    @abstractmethod
    def send(self, probe: P, attempt: Attempt) -> ProbeResult:
        """One attempt. The result's `answered` is the kind's word that another one would bring
        the same: the first probe of a run is repeated until it passes or its answer is
        definite."""

    def hint(self, probe: P, result: ProbeResult) -> str:
        """What the user can do about an answer of the original that fails; empty where there is
        nothing that is special for the kind."""
        return ""


@dataclass(frozen=True, kw_only=True)
class NetworkProbe(Probe):
    """A probe that slimmer itself speaks to a port of the target for."""

    needs_port = True
    port: int | None = None
    """Port inside the container; None: the run's port."""
    tls: bool = False
    """Whether all of it is said within TLS."""
    insecure: bool = False
    """Whether any certificate is taken."""

    def with_any_certificate(self) -> Self:
        return dataclasses.replace(self, insecure=True) if self.tls else self


@dataclass(frozen=True, kw_only=True)
class UrlProbe(NetworkProbe):
    """A probe whose place is a URL."""

    host: str = HttpOrigin().host
    """What the application is called: as HttpOrigin.host."""

    path: str = "/"

    def origin_at(self, port: int | None) -> HttpOrigin:
        """Where it goes, `port` being the run's."""
        origin = named_origin(self.host, self.port, tls=self.tls, insecure=self.insecure)
        return with_port(origin, port)


def place_keys(schemes: Schemes = HTTP) -> Keys:
    """The keys that say where a UrlProbe goes."""
    return Keys(
        keys=(
            Key("path", Shape.TEXT, limits={"pattern": r"^(/|\$\{)\S*$"}),
            PORT,
            Key("url", Shape.TEXT, limits={"pattern": rf"^(/|{schemes[0]}s?://|\$\{{)\S*$"}),
            INSECURE,
        ),
        exclusive=(
            ("url", "path", "the URL says it already"),
            ("url", "port", "the URL says it already"),
        ),
    )


def place_fields(text: str, schemes: Schemes = HTTP) -> dict[str, Any]:
    """The fields of a UrlProbe for a /PATH or a URL. Raises UsageError."""
    origin, path = read_origin(text, schemes=schemes)
    return {"path": path, "port": origin.port, "host": origin.host, "tls": origin.tls}


def with_place(given: Given, schemes: Schemes = HTTP) -> tuple[str, dict[str, Any]]:
    """The place for people, and the values with the fields of a UrlProbe instead of the keys that
    say where it goes. Raises KeyProblemError."""
    fields = dict(given)
    if url := fields.pop("url", ""):
        try:
            return url, fields | place_fields(url, schemes)
        except UsageError as error:
            raise KeyProblemError("url", error.message, error.hint) from error
    path = fields.setdefault("path", "/")
    if not path.startswith("/") or re.search(r"\s", path):
        raise KeyProblemError("path", f"`{path}` is not a path (it starts with / and has no space)")
    return path, fields
