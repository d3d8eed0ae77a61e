"""What a Dockerfile consists of, as it is written: instructions, here-documents, comments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Heredoc:
    """A here-document of RUN, COPY or ADD."""

    name: str
    """Without quotes; the line that ends it."""
    content: str
    """Its lines, without leading tabs where `<<-` stands."""
    is_expanded: bool
    """Whether variables in it are replaced: the name has no quotes."""


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction, its continuation lines joined."""

    name: str
    """In capitals: `RUN`."""
    flags: tuple[str, ...] = ()
    """`--mount=type=cache,target=/root/.cache`, `--from=build`."""
    text: str
    """What follows the flags, comments and line continuations left out."""
    json: tuple[str, ...] | None = None
    """The words of the JSON form (exec form); None where it is the shell form."""
    heredocs: tuple[Heredoc, ...] = ()
    line: int
    """The first one, from 1."""
    end_line: int
    trigger: Instruction | None = None
    """Of ONBUILD: what it adds to images built on this one."""

    def flag(self, name: str) -> str | None:
        """The value of `--name=VALUE`, empty for `--name` alone, None where it is not there."""
        return next(iter(self.flags_of(name)), None)

    def flags_of(self, name: str) -> tuple[str, ...]:
        """The values of a flag that may be repeated: `mount`, `exclude`."""
        start = f"--{name}"
        return tuple(
            flag.partition("=")[2] for flag in self.flags if flag.partition("=")[0] == start
        )


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A line of comment; parser directives are none."""

    line: int
    text: str
    """Without the `#` and blanks around it."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A Dockerfile as it is written."""

    name: str
    """As errors call it."""
    text: str
    directives: tuple[tuple[str, str], ...] = ()
    """`escape`, `syntax` and `check`, in lower case, with their values."""
    instructions: tuple[Instruction, ...]
    comments: tuple[Comment, ...] = ()

    @property
    def escape(self) -> str:
        """The character that continues a line."""
        return dict(self.directives).get("escape", "\\")
