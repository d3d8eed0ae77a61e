"""Histories as builders write them, and the Dockerfile that they come to."""

from __future__ import annotations

import pytest

from slimmer.xray.instructions import dockerfile_of, steps_of, steps_of_layers

CLASSIC = "/bin/sh -c #(nop) "


@pytest.mark.parametrize(
    ("words", "instruction"),
    [
        (CLASSIC + ' CMD ["node" "server.js"]', 'CMD ["node", "server.js"]'),
        (CLASSIC + " EXPOSE 3000", "EXPOSE 3000"),
        (CLASSIC + " ENV NODE_ENV=production PORT=3000", "ENV NODE_ENV=production PORT=3000"),
        (CLASSIC + " ENV GREETING=good morning", 'ENV GREETING="good morning"'),
        (
            CLASSIC + "COPY --chown=web:webdir:4a5cdbf17f5856e0b6008df9543d4d1f7a78 in /app ",
            "COPY --chown=web:web dir:4a5cdbf17f58 /app",
        ),
        (
            CLASSIC + 'HEALTHCHECK &{["CMD" "node" "health.js"] "2s" "5s" "0s" \'\\x05\'}',
            'HEALTHCHECK --interval=2s --timeout=5s CMD ["node", "health.js"]',
        ),
        (CLASSIC + " VOLUME [/var/lib/board /data]", 'VOLUME ["/var/lib/board", "/data"]'),
        (
            CLASSIC + "ADD file:8315f956d7121813c4a4c28fa2c45aa1de0ebaee in / ",
            "ADD file:8315f956d712 /",
        ),
        ("/bin/sh -c apt-get update", "RUN apt-get update"),
        ("/bin/bash -o pipefail -c curl a | sh", "RUN curl a | sh"),
        ("|1 VERSION=3 /bin/sh -c make", "RUN make"),
        ("RUN /bin/sh -c make # buildkit", "RUN make"),
        ("RUN |2 A=1 B=two words /bin/sh -c make $A # buildkit", "RUN make $A"),
        ("RUN make install", "RUN make install"),
        ("COPY app/ ./ # buildkit", "COPY app/ ./"),
        ("EXPOSE map[80/tcp:{} 443/tcp:{}]", "EXPOSE 80/tcp 443/tcp"),
        ("WORKDIR /srv", "WORKDIR /srv"),
        ("SHELL [/bin/bash -o pipefail -c]", 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]'),
        ("", ""),
        ("bazel build //app", ""),
        ("jib-maven-plugin:3.4.0", ""),
    ],
)
def test_a_step_is_an_instruction(words: str, instruction: str) -> None:
    (step,) = steps_of({"history": [{"created_by": words}]})
    assert step.instruction == instruction


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (
            {"created_by": "jib-maven-plugin:3.4", "comment": "classes"},
            "jib-maven-plugin:3.4: classes",
        ),
        ({"created_by": "slimmer", "comment": "system layer"}, "slimmer: system layer"),
        ({"comment": "go build output"}, "go build output"),
        ({"created_by": "COPY . /app", "comment": "buildkit.dockerfile.v0"}, "COPY . /app"),
    ],
)
def test_what_made_a_layer_without_an_instruction(entry: dict[str, str], told: str) -> None:
    (step,) = steps_of({"history": [entry]})
    assert step.created_by == told


def test_build_arguments_are_known() -> None:
    words = "|2 TOKEN=s3cret NAME=two words /bin/sh -c make"
    (step,) = steps_of({"history": [{"created_by": words}]})
    assert step.arguments == (("TOKEN", "s3cret"), ("NAME", "two words"))


HISTORY = [
    {"created_by": CLASSIC + "ADD file:8315f956d7121813c4a4c28fa2c45aa1de0ebaee in / "},
    {"created_by": CLASSIC + ' CMD ["bash"]', "empty_layer": True},
    {
        "created_by": "RUN /bin/sh -c apt-get update && apt-get install -y nginx curl "
        "ca-certificates libpq5 && rm -rf /var/lib/apt/lists/* # buildkit"
    },
    {"created_by": ""},
    {"created_by": "USER app", "empty_layer": True},
]


def test_steps_are_matched_with_layers() -> None:
    steps = steps_of({"history": HISTORY})
    made = [step.keyword if step else None for step in steps_of_layers(steps, 3)]
    assert made == ["ADD", "RUN", ""]
    assert steps_of_layers(steps, 2) == [None, None], "a history that tells of other layers"
    assert steps_of({}) == []
    assert steps_of({"history": [None, 3]}) == []


def test_the_dockerfile() -> None:
    lines = dockerfile_of(steps_of({"history": HISTORY}))
    assert lines[1:] == (
        "FROM scratch",
        "ADD file:8315f956d712 /",
        'CMD ["bash"]',
        "RUN apt-get update \\",
        "    && apt-get install -y nginx curl ca-certificates libpq5 \\",
        "    && rm -rf /var/lib/apt/lists/*",
        "# a layer of unknown making",
        "USER app",
    )
