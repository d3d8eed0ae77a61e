"""Listings of files: what they say of the storage does not count, what they say of files does."""

from __future__ import annotations

import pytest

from slimmer.verify.compare.listings import without_storage

STAT = """  File: /app
  Size: {size}      \tBlocks: 8          IO Block: 4096   {type}
Device: {device}\tInode: {inode}     Links: {links}
Access: (0755/drwxr-xr-x)  Uid: (    0/    root)   Gid: (    0/    root)
Access: 2026-12-01 03:56:{second}.151617103 +0000
Modify: 2026-12-01 03:56:22.{fraction} +0000
Change: 2026-12-01 03:56:{second}.149628747 +0000
 Birth: {birth}
"""
ORIGINAL = STAT.format(
    size=20480, type="directory", device="0,63", inode=5144579, links=1, second=22,
    fraction="000000000", birth="2026-12-01 03:56:22.147617103 +0000",
)  # fmt: skip
SLIM = STAT.format(
    size=4096, type="directory", device="0,70", inode=17, links=12, second=33,
    fraction="123456789", birth="-",
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "total 28\ndrwxr-xr-x 1 root root 20480 Dec  1 03:56 .\n"
            "-rw-r--r-- 3 root root     2 Dec  1 03:56 a\n",
            "total 12\ndrwxr-xr-x 12 root root 4096 Dec  1 03:56 .\n"
            "-rw-r--r--  1 root root    2 Dec  1 03:56 a\n",
        ),
        ("514 drwxr-x--T. 1 0 0 0 Sep  9  2001 .", "7 drwxr-x--T. 2 0 0 0 Sep  9  2001 ."),
        ("51 4 -rw-r--r-- 1 a b 2 May  9  2001 x", " 7 4 -rw-r--r-- 1 a b 2 May  9  2001 x"),
        (
            "-rw-r--r-- 1 a b 2 2026-12-01 03:56:22.151617103 +0000 x",
            "-rw-r--r-- 1 a b 2 2026-12-01 03:56:22.000000000 +0000 x",
        ),
        (ORIGINAL, SLIM),
    ],
)
def test_what_is_of_the_storage_does_not_count(one: str, other: str) -> None:
    assert one != other
    assert without_storage(one) == without_storage(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("-rw-r--r-- 1 a b 2 May  9  2001 x", "-rw-r--r-- 1 a b 3 May  9  2001 x"),
        ("-rw-r--r-- 1 a b 2 May  9  2001 x", "-rw------- 1 a b 2 May  9  2001 x"),
        ("-rw-r--r-- 1 a b 2 May  9  2001 x", "-rw-r--r-- 1 a c 2 May  9  2001 x"),
        ("drwxr-xr-x 1 a b 2 May  9  2001 x", "drwxr-xr-x 1 a b 2 May  8  2001 x"),
        ("crw-rw-rw- 1 a b 1, 3 May  9  2001 x", "crw-rw-rw- 1 a b 1, 5 May  9  2001 x"),
        ("total 3", "total 4"),
        (ORIGINAL, ORIGINAL.replace("03:56:22.000", "03:56:23.000")),
        (ORIGINAL.replace("directory", "regular file"), SLIM.replace("directory", "regular file")),
        (ORIGINAL, ORIGINAL.replace("0755", "0700")),
    ],
)
def test_what_is_of_the_files_counts(one: str, other: str) -> None:
    assert without_storage(one) != without_storage(other)


@pytest.mark.parametrize("text", ["", "a 1 b\n", "Links: 3", "d 4", "Change: 2026-01-01 it"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert without_storage(text) == text
