"""Values ↔ JSON: the one codec of all documents that slimmer writes and reads again.

A document is a frozen dataclass. Its fields are the document's keys and their types say what may
stand there, so that a new field with a default needs a change in its class only, and documents of
before are still read. The schemas in docs/schemas come from the same classes.

    str             text; bytes that are no UTF-8 as lone surrogates (`os.fsencode` gives them back)
    bytes           the same, of the text that `surrogateescape` makes of them
    int, float      not negative, since all of them count or measure; `Keywords` may say otherwise
    an enum         its value
    tuple, frozenset   a list, a set's sorted; `tuple[str, int, *tuple[str, ...]]` has a rest
    Mapping[str | int, …]   an object
    a dataclass     an object
    a kind of step  `{"http": {…}}`: the word for its class, see `Codec.kinds`

Why not msgspec: it refuses lone surrogates in both directions, and paths are bytes; it knows no
unions of dataclasses and leaves no default of theirs out. What is left of it then, a conversion of
what `json` has read, is no faster than the functions that are made here once for each class.
"""

from slimmer.codec.codec import Codec, parse
from slimmer.codec.form import AbsolutePath, Digest, Keywords, Mismatch

__all__ = ["AbsolutePath", "Codec", "Digest", "Keywords", "Mismatch", "parse"]
