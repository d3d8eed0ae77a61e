"""COPY and ADD as the builders write them into an image's history."""

from __future__ import annotations

import pytest

from slimmer.image.history import base_finished, copied_files
from slimmer.values import CopiedFiles

DIGEST = "939d6e69f77817dc99d5c748446bc54091a0c10507ca92b50c5d38e189fe4328"


def read(*steps: str) -> list[CopiedFiles]:
    """Of steps in the order of the Dockerfile; the engine has the newest first."""
    return list(copied_files([{"CreatedBy": step} for step in reversed(steps)]))


@pytest.mark.parametrize(
    ("step", "destination", "sources"),
    [
        (f"/bin/sh -c #(nop) COPY dir:{DIGEST} in /srv/app ", "/srv/app", ()),
        (f"/bin/sh -c #(nop) COPY multi:{DIGEST} in ./ ", "/", ()),
        (f"/bin/sh -c #(nop) COPY --chown=a:adir:{DIGEST} in /var/lib/web ", "/var/lib/web", ()),
        (f"/bin/sh -c #(nop) ADD file:{DIGEST} in /a b ", "/a b", ()),
        ("COPY app /srv/app # buildkit", "/srv/app", ("app",)),
        ("COPY a.conf b.conf /etc/x/ # buildkit", "/etc/x", ("a.conf", "b.conf")),
        ("COPY --chown=1:1 --from=build /out/bin/tool /usr/bin # buildkit", "/usr/bin",
         ("/out/bin/tool",)),
        ("ADD https://example.org/x.tar.gz /opt/ # buildkit", "/opt", ()),
        ('COPY ["a b", "/srv/"]', "/srv", ("a b",)),
        ("COPY . .", "/", (".",)),
    ],
)  # fmt: skip
def test_builders_have_words_of_their_own(
    step: str, destination: str, sources: tuple[str, ...]
) -> None:
    assert read(step) == [CopiedFiles(destination=destination, sources=sources)]


def test_a_destination_is_relative_to_the_workdir_of_its_moment() -> None:
    found = read(
        "WORKDIR /srv",
        "COPY a . # buildkit",
        "/bin/sh -c #(nop) WORKDIR shop",
        f"/bin/sh -c #(nop) COPY file:{DIGEST} in sub/../x ",
        "WORKDIR /",
        "COPY b c # buildkit",
    )
    assert [each.destination for each in found] == ["/srv", "/srv/shop/x", "/c"]


@pytest.mark.parametrize(
    "step",
    [
        "",
        "RUN /bin/sh -c cp COPY /srv # buildkit",
        "/bin/sh -c apt-get install -y COPY",
        "COPY one # buildkit",
        "COPY 'unclosed /srv",
        'COPY ["unclosed", /srv',
        "COPY a $HOME/app # buildkit",
        "COPY --from=build",
    ],
)
def test_what_nobody_understands_is_no_copy(step: str) -> None:
    assert read(step) == []


def test_steps_without_words_are_stepped_over() -> None:
    assert copied_files([{}, {"CreatedBy": None}]) == ()


BASE = (
    f"/bin/sh -c #(nop) ADD file:{DIGEST} in / ",
    'CMD ["bash"]',
    "RUN /bin/sh -c apt-get # buildkit",
)


@pytest.mark.parametrize(
    ("steps", "finished"),
    [
        ((*BASE, 'CMD ["node"]', "ENV A=1", "RUN /bin/sh -c x # buildkit", 'CMD ["a"]'), 4),
        ((*BASE, 'CMD ["node"]', "ENV A=1", "COPY a /a # buildkit", 'CMD ["a"]'), 6),
        ((*BASE, 'CMD ["node"]', "COPY a /a # buildkit", 'ENTRYPOINT ["a"]', 'CMD ["b"]'), 5),
        ((*BASE, 'ENTRYPOINT ["a"]', "COPY a /a # buildkit", 'CMD ["b"]'), 2),
        ((*BASE, 'CMD ["a"]', 'ENTRYPOINT ["b"]'), 2),
        ((*BASE, '/bin/sh -c #(nop)  CMD ["x"]', "/bin/sh -c make", '/bin/sh -c #(nop)  CMD ["y"]'),
         4),
        (("COPY a /a # buildkit", 'CMD ["a"]'), 0),
        ((), 0),
    ],
)  # fmt: skip
def test_when_the_image_below_was_finished(steps: tuple[str, ...], finished: int) -> None:
    """Each step takes a second."""
    history = [{"CreatedBy": step, "Created": at} for at, step in enumerate(steps, 1)]
    assert base_finished(reversed(history)) == finished


def test_an_engine_that_tells_no_times() -> None:
    steps = ('CMD ["a"]', "COPY a /a # buildkit", 'CMD ["b"]')
    assert base_finished([{"CreatedBy": step} for step in steps]) == 0
