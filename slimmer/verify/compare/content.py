"""Bodies and outputs: compared as JSON, as text, or by their digests."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from slimmer.values import Recorded
from slimmer.verify.compare import order, structure, text
from slimmer.verify.compare.listings import without_storage

MOSTLY_NOISE = 0.2
"""Where less of an answer is the same each time, nothing can be said about another one."""
_UNREADABLE = 0.1
"""Text has fewer bytes than this share that are not UTF-8."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """A body or an output, ready to be compared."""

    recorded: Recorded
    own_names: tuple[tuple[str, str], ...] = ()
    encoding: str = ""
    """The Content-Encoding."""

    @property
    def cut(self) -> bool:
        """Whether only the beginning of the bytes was kept."""
        return len(self.recorded.data) < self.recorded.size or not self.recorded.complete

    @property
    def dropped(self) -> bool:
        """Whether nothing but the digest was kept."""
        return bool(self.recorded.size) and not self.recorded.data

    def text(self) -> str | None:
        """As text, what is the container's own or the storage's replaced by what it is; None where
        it is none."""
        data = self.recorded.data
        if self.encoding in ("gzip", "deflate", "x-gzip"):
            data = _unpacked(data)
        if b"\0" in data:
            return None
        decoded = data.decode("utf-8", "surrogateescape")
        foreign = sum("\udc80" <= character <= "\udcff" for character in decoded)
        if foreign > _UNREADABLE * len(decoded):
            return None
        return without_storage(anonymous(decoded, self.own_names))


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What came of comparing one part of an answer."""

    lines: tuple[str, ...] = ()
    """The difference, `-` in front of what only the original has and `+` of what it has not;
    empty where there is none."""
    masked: bool = False
    """Whether something of it differs from run to run of the original."""
    comparable: bool = True
    """False where nearly all of it does."""
    reordered: bool = False
    """Whether it is the same in another order."""


SAME = Finding()


def compare_contents(references: Sequence[Content], found: Content) -> Finding:
    """Hold a content against what the original gave, the most typical first."""
    if any(each.recorded.digest == found.recorded.digest for each in references):
        return SAME
    if any(each.dropped for each in (*references, found)):
        return _compare_digests(references, found, (), None)
    wanted = [each.text() for each in references]
    read = found.text()
    texts = [each for each in wanted if each is not None]
    stable = len({each.recorded.digest for each in references}) == 1
    if len(texts) < len(wanted) or read is None or (stable and references[0].cut):
        return _compare_digests(references, found, texts, read)
    if all(texts) and not read:
        return Finding(lines=(*_few(texts[0]), "+(nothing)"))
    if not any(each.cut for each in (*references, found)):
        with_structure = _compare_json(texts, read)
        if with_structure is not None:
            return with_structure
    return compare_texts(texts, read, cut=any(each.cut for each in references))


def compare_texts(wanted: Sequence[str], found: str, *, cut: bool = False) -> Finding:
    """Hold a text against what it looked like on the original."""
    if found in wanted:
        return SAME
    template = text.text_template(wanted, cut=cut)
    masked = len(set(wanted)) > 1
    if text.stable_share(template) < MOSTLY_NOISE:
        return Finding(masked=True, comparable=False)
    if template.matches(text.pieces_of(found, cut=cut)):
        return Finding(masked=masked)
    lines = text.difference(template, found, cut=cut)
    if order.same_lines(lines):
        return Finding(masked=True, reordered=True)
    if order.same_items(lines):
        return Finding(masked=True)
    return Finding(lines=tuple(lines), masked=masked)


def anonymous(value: str, own_names: Sequence[tuple[str, str]]) -> str:
    """The text with `{hostname}`, `{address}`, … for what only this container is called."""
    if not own_names:
        return value
    words = dict(own_names)
    pattern = "|".join(re.escape(word) for word in words)
    return re.sub(
        rf"(?<![\w.]){f'(?:{pattern})'}(?!\w|\.\d)",
        lambda match: "{" + words[match[0]] + "}",
        value,
    )


def _compare_json(wanted: Sequence[str], found: str) -> Finding | None:
    """None where one of them is no JSON."""
    try:
        documents = [structure.parse(each) for each in wanted]
        document = structure.parse(found)
        shape = structure.shape(documents)
        mismatches = list(shape.mismatches(document, "$"))
        certain, masked = shape.weight()
    except (ValueError, RecursionError):
        return None
    if certain < MOSTLY_NOISE * (certain + masked):
        return Finding(masked=True, comparable=False)
    told = [mismatch for mismatch in mismatches if not mismatch.is_order]
    if mismatches and not told:
        return Finding(masked=True, reordered=True)
    lines = []
    for mismatch in told:
        if mismatch.original:
            lines.append(f"-{mismatch.path}: {mismatch.original}")
        if mismatch.found:
            lines.append(f"+{mismatch.path}: {mismatch.found}")
    return Finding(lines=tuple(lines), masked=bool(masked))


def _compare_digests(
    references: Sequence[Content], found: Content, texts: Sequence[str], read: str | None
) -> Finding:
    """Content that is no text, or of which more came than was read: it is the same or not."""
    first = references[0].recorded
    if any(each.recorded.digest != first.digest for each in references):
        if all(each.recorded.size for each in references) and not found.recorded.size:
            return Finding(lines=(f"-{first.size:,} bytes", "+(nothing)"), masked=True)
        return Finding(masked=True, comparable=False)
    measured = (f"-{_measured(first)}", f"+{_measured(found.recorded)}")
    shown = compare_texts(texts, read, cut=True).lines if texts and read is not None else ()
    return Finding(lines=(*shown, *measured))


def _measured(recorded: Recorded) -> str:
    more = "" if recorded.complete else " and more"
    return f"{recorded.size:,} bytes{more}, {recorded.digest}"


def _few(value: str) -> list[str]:
    return ["-" + piece.strip("\n") for piece in text.pieces_of(value) if piece.strip()]


def _unpacked(data: bytes) -> bytes:
    """What was compressed, as far as it can be unpacked."""
    unpacking = zlib.decompressobj(wbits=47)  # zlib or gzip, whichever it is
    try:
        return unpacking.decompress(data, 8 * 1024 * 1024)
    except zlib.error:
        return data
