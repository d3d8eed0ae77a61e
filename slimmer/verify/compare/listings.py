"""What listings of files say of the engine's storage, and not of the image.

Two images with the same files differ in it: inode numbers, counts of links (a directory that
several layers have counts one, one of a single layer each of its own), sizes of directories,
fractions of seconds, which no layer has, and the times at which files were unpacked and read.
"""

from __future__ import annotations

import re

_MODE = r"[bcdlps-](?:[r-][w-][xsS-]){2}[r-][w-][xtT-][.+@]?"
_ENTRY = re.compile(
    rf"^(?P<before>(?:[ \t]*\d+[ \t]+){{0,2}})(?P<mode>{_MODE})[ \t]+\d+(?P<rest>[ \t].*)$", re.M
)
"""A line of `ls -l`, with or without inode and blocks in front."""
_SIZE = re.compile(r"[ \t]+\d+(?:\.\d+)?[kKMG]?(?=[ \t]+(?:[A-Z][a-z]{2}[ \t]|\d{4}-|\d{1,2}\. ))")
"""In front of the time of an entry; its column is as wide as the largest in it."""
_TOTAL = re.compile(rf"^total \S+(?=\n(?:[ \t]*\d+[ \t]+){{0,2}}{_MODE}[ \t])", re.M)
_FRACTION = re.compile(r"(?<=\d\d:\d\d:\d\d)\.\d{3,9}(?= [+-]\d{4}\b)")
_STAT_NUMBERS = re.compile(r"^(Device: )\S+([ \t]+Inode: )\d+([ \t]+Links: )\d+", re.M)
_STAT_SIZE = re.compile(
    r"^([ \t]*Size: )\d+([ \t]+Blocks: )\d+([ \t]+IO Block: \d+[ \t]+directory)", re.M
)
_STAT_TIME = re.compile(r"^([ \t]*(?:Access|Change|Birth): )(?:\d{4}-\d\d-\d\d .*|-)$", re.M)
_STAT_MODIFY = re.compile(r"^([ \t]*Modify: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.\d+", re.M)


def without_storage(text: str) -> str:
    """The text with `{links}`, `{inode}`, … for what `ls -l` and `stat` say of the storage."""
    text = _TOTAL.sub("total {blocks}", text)
    text = _ENTRY.sub(_entry, text)
    if "Inode: " in text:
        text = _STAT_NUMBERS.sub(r"\1{device}\2{inode}\3{links}", text)
        text = _STAT_SIZE.sub(r"\1{size}\2{blocks}\3", text)
        text = _STAT_TIME.sub(r"\1{time}", text)
        text = _STAT_MODIFY.sub(r"\1", text)
    return text


def _entry(match: re.Match[str]) -> str:
    before = "{inode} " if match["before"] else ""
    rest = _FRACTION.sub("", match["rest"])
    found = _SIZE.search(rest)
    if found is not None:
        size = " {size}" if match["mode"].startswith("d") else " " + found[0].strip()
        rest = rest[: found.start()] + size + rest[found.end() :]
    return f"{before}{match['mode']} {{links}}{rest}"
