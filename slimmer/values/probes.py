"""What exercises a running application. Each kind of probe is a subclass, in probing/kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self


@dataclass(frozen=True, kw_only=True)
class Capture:
    """A value that is taken from an answer, for later steps of the plan."""

    name: str
    """`${name}` stands for it."""
    source: str
    """`json`: a path in the JSON of the answer; `header`: a header's name; `pattern`: a regular
    expression that is looked for in the answer, its first group or all of it."""
    expression: str


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What all kinds have, alone or as a step of a plan.

    A field that is a regular expression has a name that ends with `pattern`.
    """

    kind: ClassVar[str]
    """The word for the kind in plans, reports and traces."""
    needs_port: ClassVar[bool] = False
    """Whether it speaks to a port of the target."""
    runs_here: ClassVar[bool] = False
    """Whether it runs a program on this machine."""
    leads: ClassVar[bool] = False
    """Whether its first answer tells more than the image's HEALTHCHECK, so that it goes first."""
    keeps_place: ClassVar[bool] = False
    """Whether it means nothing but between what comes before and behind it."""
    found_out: ClassVar[bool] = False
    """Whether it was made of what an exploration saw on the original, whose first answers are only
    some of those that are right."""

    own_words: ClassVar[frozenset[str]] = frozenset({"name", "plan", "phase", "captures"})
    """Fields in which `${…}` stands for itself."""

    name: str
    """Unique within a run; names the phase of a step that stands alone."""
    plan: str = ""
    """The plan that it is a step of: steps of a plan share cookies, captured values and their
    place in the log. Empty: it stands alone."""
    phase: str = ""
    """The phase of the plan; empty: one of its own, called by its name."""
    beside: int = 0
    """Steps that follow each other in a plan with the same number run side by side; 0: alone."""
    repeat: int = 1
    """How many times it is sent; it passes where each of them passes."""
    within: float = 0.0
    """Seconds for which it is repeated until it passes; 0: it must pass at once."""
    timeout: float = 0.0
    """Seconds that one attempt may take; 0: the run's probe timeout."""
    optional: bool = False
    """Whether an original that fails it is no failure; then it is not asked of finished images."""
    compare: bool = True
    """Whether an answer is held against the original's."""
    captures: tuple[Capture, ...] = ()

    @property
    def request(self) -> str:
        """What is asked of the application, on one line for people."""
        raise NotImplementedError

    @property
    def port(self) -> int | None:
        """The port in the container that it names; None: the run's, or it needs none."""
        return None

    @property
    def url_scheme(self) -> str:
        """`http` or `https` where a browser could ask what it asks; empty for other protocols."""
        return ""

    @property
    def program(self) -> str:
        """The program in the container that it runs; empty where it runs none there."""
        return ""

    @property
    def may_be_repeated(self) -> bool:
        """Whether it can be sent once more, out of its order, without changing what others get."""
        return False

    def with_any_certificate(self) -> Self:
        """The same, with any TLS certificate accepted."""
        return self

    def joined(self, other: Probe) -> Probe:
        """One probe for two of this name, each of another run. Raises ValueError where they ask
        for different things, with what is different if that can be said."""
        if self != other:
            raise ValueError
        return self


@dataclass(frozen=True, kw_only=True)
class JsonExpectation:
    """What a place in the JSON of an answer must have."""

    path: str
    """`$.items[0].name`."""
    value: str
    """Canonical JSON, or a regular expression for the value's text."""
    is_pattern: bool = False
