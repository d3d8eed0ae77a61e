"""Each check finds its mistake, and is silent where a good engineer would be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from slimmer.dockerfile import read_context
from slimmer.lint import CHECKS, Finding, LintOptions, lint_text

APT = "apt-get update && apt-get install -y --no-install-recommends"
CLEAN = "rm -rf /var/lib/apt/lists/*"
KEY = "-----BEGIN PRIVATE KEY-----\n" + "A" * 64 + "\n-----END PRIVATE KEY-----\n"
OPTIONS = LintOptions(with_hadolint=False)

Files = Mapping[str, str | bytes]


def found(folder: Path, text: str, files: Files | None = None) -> list[Finding]:
    """What our own checks say of a Dockerfile beside these files."""
    for name, content in (files or {}).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    dockerfile = folder / "Dockerfile"
    dockerfile.write_text(text)
    context = read_context(folder, dockerfile)
    return list(lint_text(text.encode(), "Dockerfile", context, OPTIONS).findings)


NODE: Files = {
    "package.json": "{}",
    "package-lock.json": "{}",
    "server.js": "1",
    ".dockerignore": "x",
}
PYTHON: Files = {"requirements.txt": "flask\n", "app/main.py": "1", ".dockerignore": "x"}
MB = b"x" * 1_000_000

WRONG: list[tuple[str, str, Files, int, str]] = [
    (
        "SL001",
        "FROM scratch\nCOPY a /\n",
        {"a": "", "data/big": MB * 30},
        1,
        "no COPY takes 30.0 MB",
    ),
    ("SL001", "FROM scratch\nCOPY . /\n", {"data/big": MB * 101}, 1, "context has 101 MB. Put"),
    ("SL002", "FROM node:20-slim\nCOPY . .\n", {"node_modules/a/i.js": MB}, 2, "**/node_modules"),
    (
        "SL003",
        "FROM a:1\nCOPY . .\n",
        {"tls/own.key": KEY},
        2,
        "own.key (private key) into the image",
    ),
    ("SL003", "FROM a:1\nCOPY . .\n", {".env": "DB_PASSWORD=tr0ub4dor"}, 2, "sets DB_PASSWORD"),
    ("SL003", "FROM a:1\nCOPY b /\n", {"b": "", "k.pem": KEY}, 1, "no COPY needs it"),
    ("SL003", "FROM a:1 AS x\nCOPY . .\nFROM b:1\n", {"k.pem": KEY}, 2, "into the build cache"),
    ("SL004", "FROM a:1\nCOPY . .\n", {".git/objects/p": MB}, 2, "copies .git (1.00 MB)"),
    ("SL008", "FROM a:1\nCOPY . .\n", {"slim-report/a/trace": MB}, 2, "slim-report (1.00 MB)"),
    ("SL008", "FROM a:1\nCOPY . .\n", {".slim-cache/t": "", "slim-fleet/f": ""}, 2, "`, `.slim"),
    ("SL005", "FROM a:1\nCOPY d /d\n", {"d/e": "", ".dockerignore": "#\nd"}, 2, "`!d`"),
    ("SL005", "FROM a:1\nCOPY d/*.x /d/\n", {"d/e.x": "", ".dockerignore": "*"}, 2, "`!d/e.x`"),
    ("SL006", "FROM a:1\nCOPY confg /\n", {"config": ""}, 2, "the build fails here"),
    ("SL006", "FROM a:1\nCOPY target/*.jar /\n", {}, 2, "something makes it"),
    ("SL007", "FROM a:1\nCOPY . .\n", {}, 2, "there is no .dockerignore"),
    (
        "SL010",
        "FROM a:1\nCOPY . .\nRUN npm ci\n",
        NODE,
        2,
        "First copy package.json and package-lock",
    ),
    (
        "SL010",
        "FROM a:1\nADD . /x\nRUN pip3 install -r /x/requirements.txt\n",
        PYTHON,
        2,
        "(line 3)",
    ),
    (
        "SL010",
        "FROM a:1\nCOPY . .\nRUN yarn\nRUN yarn build\n",
        {**NODE, "yarn.lock": ""},
        2,
        "`yarn`",
    ),
    ("SL011", "FROM a:1\nRUN go build ./...\n", {}, 2, "target=/go/pkg/mod`"),
    ("SL020", f"FROM a:1\nRUN {APT} b\n", {}, 2, "&& rm -rf /var/lib/apt/lists/*"),
    ("SL020", f"FROM a:1\nRUN apt update\nRUN apt install b && {CLEAN}\n", {}, 2, "no later one"),
    ("SL020", f"FROM a:1\nRUN <<E\n{APT} b\napt-get clean\nE\nRUN c\n", {}, 2, "no later one"),
    ("SL020", f'FROM a:1\nRUN ["bash", "-ec", "{APT} b"]\n', {}, 2, "no later one"),
    ("SL021", "FROM a:1\nRUN python3 -m pip install b\n", {}, 2, "--no-cache-dir"),
    ("SL021", "FROM a:1\nRUN npm ci\nRUN npm cache clean --force\n", {}, 2, "npm cache clean"),
    ("SL021", "FROM a:1\nRUN apk add curl\n", {}, 2, "apk add --no-cache"),
    ("SL021", "FROM a:1\nRUN microdnf install -y b\n", {}, 2, "clean all"),
    (
        "SL022",
        "FROM a:1\nCOPY a /a\nRUN rm -rf /a\n",
        {"a/b": MB},
        3,
        "1.00 MB of what line 2 brought",
    ),
    ("SL022", "FROM a:1\nWORKDIR /w\nCOPY . .\nRUN rm -r te*ts\n", {"tests/b": MB}, 4, "1.00 MB"),
    (
        "SL022",
        "FROM a:1\nRUN curl -fLo /t.tgz https://b\nRUN tar xf /t.tgz && rm /t.tgz\n",
        {},
        3,
        "rm",
    ),
    ("SL022", "FROM a:1\nRUN cd /x; wget https://b/t.tgz -O /t\nRUN rm /t\n", {}, 3, "what line 2"),
    (
        "SL022",
        f"FROM a:1\nRUN {APT} gcc b\nRUN apt-get purge -y gcc\n",
        {},
        3,
        "removing gcc saves",
    ),
    (
        "SL022",
        "FROM a:1\nRUN apk add -t .d gcc\nRUN apk del .d\n",
        {},
        3,
        "removing .d saves nothing",
    ),
    ("SL022", "FROM a:1\nRUN rm -rf /usr/share/doc\n", {}, 2, "take a base without them"),
    ("SL022", "FROM a:1 AS b\nCOPY a /a\nFROM b\nRUN rm -rf /a\n", {"a/b": MB}, 4, "1.00 MB"),
    ("SL023", "FROM a:1\nCOPY a /a\nRUN chown -R b /a\n", {"a/b": MB * 2}, 3, "COPY --chown=…"),
    (
        "SL030",
        f"FROM python:3-slim\nRUN {APT} gcc libpq-dev curl\n",
        {},
        2,
        "gcc, libpq-dev: needed",
    ),
    (
        "SL030",
        "FROM a:1\nRUN apk add --no-cache openjdk17-jdk\n",
        {},
        2,
        "the -jre package will do",
    ),
    ("SL031", "FROM golang:1\nCOPY . .\nRUN go build -o /x .\nCMD x\n", {}, 3, "`go build -o`"),
    (
        "SL031",
        "FROM a:1\nRUN cd /x && ./gradlew clean bootJar\nCMD x\n",
        {},
        2,
        "COPY --from=build",
    ),
    ("SL032", "FROM node:20\n", {}, 1, "`node:20-slim`"),
    ("SL032", "ARG V=3.12\nFROM python:${V}-bookworm\n", {}, 2, "`python:3.12-bookworm-slim`"),
    ("SL032", "FROM docker.io/library/golang:1.22\n", {}, 1, "or on `scratch`"),
    ("SL032", "FROM eclipse-temurin:21-jdk-jammy\n", {}, 1, "is a whole JDK"),
    ("SL032", "FROM mcr.microsoft.com/dotnet/sdk:8.0\n", {}, 1, "dotnet/aspnet"),
    ("SL040", 'FROM a:1\nCMD ["b"]\n', {}, 2, "no USER"),
    ("SL040", 'FROM a:1\nUSER b\nUSER root\nCMD ["b"]\n', {}, 3, "End with `USER`"),
    ("SL040", 'FROM scratch\nENTRYPOINT ["/b"]\n', {}, 2, "USER 65534:65534"),
    (
        "SL041",
        "FROM a:1\nUSER b\nCMD node 'my server.js'\n",
        {},
        3,
        '`CMD ["node", "my server.js"]`',
    ),
    (
        "SL041",
        "FROM a:1\nENTRYPOINT run --port $PORT\n",
        {},
        2,
        "CMD and arguments do not reach it",
    ),
    ("SL042", "FROM debian\n", {}, 1, "`debian:VERSION`"),
    ("SL042", "FROM localhost:5000/a AS b\nFROM c:1\n", {}, 1, "`localhost:5000/a:VERSION`"),
    ("SL042", "FROM node:latest\n", {}, 1, "`node:VERSION`"),
    ("SL043", "FROM debian:12\n", {}, 1, "`debian:12@sha256:…`"),
]

RIGHT: list[tuple[str, str, Files]] = [
    ("SL001", "FROM a:1\nCOPY . .\n", {"big": MB * 30, ".dockerignore": "big"}),
    ("SL002", "FROM a:1\nCOPY . .\n", {"node_modules/a": MB, ".dockerignore": "node_modules"}),
    ("SL002", "FROM a:1\nCOPY node_modules /n\n", {"node_modules/a": MB}),
    ("SL003", "FROM a:1\nCOPY . .\n", {".env": "PORT=80\nAPI_TOKEN=\nDB_PASSWORD=$X\n"}),
    ("SL003", "FROM a:1\nCOPY . .\n", {".env.example": "DB_PASSWORD=secret123", "x.pem": "cert"}),
    ("SL003", "FROM a:1\nCOPY . .\n", {"k.pem": KEY, ".dockerignore": "*.pem"}),
    ("SL003", "FROM a:1\nCOPY . .\n", {".env": "DB_PASSWORD=changeme\n"}),
    ("SL004", "FROM a:1\nCOPY src /s\n", {".git/HEAD": "x", "src/a": ""}),
    ("SL008", "FROM a:1\nCOPY src /s\n", {"slim-report/a/trace": "x", "src/a": ""}),
    ("SL008", "FROM a:1\nCOPY . .\n", {"slim-report/t": "x", ".dockerignore": "slim-*"}),
    ("SL005", "FROM a:1\nCOPY d /d\n", {"d/e": "", ".dockerignore": "*\n!d/e"}),
    ("SL006", "FROM a:1\nARG X\nCOPY $X /x\nCOPY --from=b c /\nADD https://d/e /\n", {}),
    ("SL006", "FROM a:1\nCOPY <<E /x\nb\nE\n", {}),
    ("SL006", "FROM a:1\nCOPY a? /x/\n", {"ab": ""}),
    ("SL007", "FROM a:1\nCOPY . .\n", {".dockerignore": ""}),
    ("SL010", "FROM a:1\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n", NODE),
    ("SL010", "FROM a:1\nCOPY package.json .npmrc ./\nRUN npm ci\n", {**NODE, ".npmrc": ""}),
    ("SL010", "FROM a:1\nCOPY . .\nRUN pip install .\n", PYTHON),
    (
        "SL010",
        "FROM a:1\nCOPY . .\nRUN pip install -r requirements.txt\n",
        {"requirements.txt": "-e .\n"},
    ),
    (
        "SL010",
        "FROM a:1\nCOPY patches p\nCOPY package.json .\nRUN npm ci\n",
        {**NODE, "patches/a": ""},
    ),
    ("SL010", "FROM a:1\nCOPY . .\nRUN npm install --global pnpm\n", NODE),
    ("SL010", "FROM a:1 AS b\nCOPY . .\nFROM c:1\nRUN npm ci\n", NODE),
    ("SL011", "FROM a:1\nRUN --mount=type=cache,target=/root/.npm npm ci\n", {}),
    ("SL020", f"FROM a:1\nRUN {APT} b && {CLEAN}\n", {}),
    ("SL020", f"FROM a:1\nRUN {APT} b \\\n # comment\n\n && rm -rf /var/lib/apt/lists\n", {}),
    ("SL020", f"FROM a:1\nRUN <<E\nset -e\n{APT} b\n{CLEAN}\nE\n", {}),
    ("SL020", f"FROM a:1\nRUN {APT} b && rm -rf /tmp/* /var/lib/{{apt,dpkg/info}}/*\n", {}),
    ("SL020", f"FROM a:1\nRUN --mount=type=cache,target=/var/lib/apt {APT} b\n", {}),
    ("SL020", f"FROM a:1 AS b\nRUN {APT} c\nFROM d:1\nCOPY --from=b /x /x\n", {}),
    ("SL020", "FROM a:1\nRUN echo apt-get update\n", {}),
    ("SL021", "FROM a:1\nRUN pip --no-cache-dir install b\n", {}),
    ("SL021", "FROM a:1\nENV PIP_NO_CACHE_DIR=1\nRUN pip install b\n", {}),
    ("SL021", "FROM a:1\nRUN pip install b && rm -rf /root/.cache\n", {}),
    ("SL021", "FROM a:1\nRUN npm ci && npm cache clean --force\n", {}),
    ("SL021", "FROM a:1\nRUN --mount=type=cache,target=/root/.npm npm ci\n", {}),
    ("SL021", "FROM a:1\nRUN yarn build\n", {}),
    ("SL021", "FROM a:1\nRUN apk --no-cache add curl\n", {}),
    ("SL021", "FROM a:1\nRUN dnf -y install b && dnf clean all\n", {}),
    ("SL022", "FROM a:1\nCOPY a /a\nRUN rm -rf /a\n", {"a": "small"}),
    ("SL022", "FROM a:1\nRUN curl -o /t https://b && tar xf /t && rm /t\n", {}),
    ("SL022", f"FROM a:1\nRUN {APT} gcc && make && apt-get purge -y gcc && {CLEAN}\n", {}),
    ("SL022", f"FROM a:1\nRUN {APT} b && rm -rf /usr/share/doc {CLEAN[6:]}\n", {}),
    ("SL022", "FROM a:1 AS b\nCOPY a /a\nRUN rm -rf /a\nFROM c:1\n", {"a/b": MB}),
    ("SL023", "FROM a:1\nCOPY --chown=b a /a\n", {"a/b": MB * 2}),
    ("SL023", "FROM a:1\nCOPY a /a\nRUN chmod +x /a/b && chown -R b /var/x\n", {"a/b": MB * 2}),
    ("SL030", f"FROM a:1 AS b\nRUN {APT} gcc\nFROM c:1\nCOPY --from=b /x /x\n", {}),
    ("SL030", "FROM a:1\nRUN apk add -t .d gcc && pip install b && apk del .d\n", {}),
    ("SL030", f"FROM debian:12\nRUN {APT} gcc\n", {}),
    ("SL031", "FROM a:1 AS b\nRUN make\nFROM scratch\nCOPY --from=b /x /\n", {}),
    ("SL031", "FROM a:1\nRUN gcc --version && npm run lint\n", {}),
    ("SL032", "FROM golang:1.22 AS b\nFROM gcr.io/distroless/static\n", {}),
    ("SL032", "FROM node:20-alpine\n", {}),
    ("SL032", "FROM registry.example/node:20\n", {}),
    ("SL032", "ARG BASE\nFROM $BASE\n", {}),
    ("SL040", 'FROM a:1\nUSER app\nCMD ["b"]\n', {}),
    ("SL040", 'FROM gcr.io/distroless/static:nonroot\nENTRYPOINT ["/b"]\n', {}),
    ("SL040", 'FROM a:1\nCMD ["nginx", "-g", "daemon off;"]\n', {}),
    ("SL040", 'FROM a:1\nCOPY e /\nENTRYPOINT ["/e"]\n', {"e": '#!/bin/sh\nexec gosu app "$@"\n'}),
    (
        "SL040",
        'FROM a:1\nCOPY e /\nENTRYPOINT ["/e"]\n',
        {"e": "#!/bin/sh\nexec /usr/sbin/sshd -D\n"},
    ),
    ("SL040", "FROM debian:12\nRUN a\n", {}),
    ("SL041", 'FROM a:1\nCMD ["sh", "-c", "exec b"]\n', {}),
    ("SL041", "FROM a:1\nCMD exec b --port $PORT\n", {}),
    ("SL041", 'FROM a:1\nHEALTHCHECK CMD curl localhost\nCMD b\nCMD ["c"]\n', {}),
    ("SL042", "FROM a:1 AS b\nFROM b\nFROM scratch\nFROM c@sha256:" + "0" * 64 + "\n", {}),
    ("SL043", "FROM a:1@sha256:" + "0" * 64 + "\nFROM scratch\n", {}),
]


@pytest.mark.parametrize(("code", "text", "files", "line", "words"), WRONG)
def test_a_mistake_is_found(
    tmp_path: Path, code: str, text: str, files: Files, line: int, words: str
) -> None:
    own = [finding for finding in found(tmp_path, text, files) if finding.code == code]
    assert [(finding.line, words in finding.message) for finding in own] == [(line, True)], own


@pytest.mark.parametrize(("code", "text", "files"), RIGHT)
def test_what_is_right_is_not_found(tmp_path: Path, code: str, text: str, files: Files) -> None:
    assert [each for each in found(tmp_path, text, files) if each.code == code] == []


def test_every_check_is_tried_both_ways() -> None:
    codes = [check.code for check in CHECKS]
    assert codes == sorted(set(codes))
    assert {each[0] for each in WRONG} == {each[0] for each in RIGHT} == set(codes)


def test_the_largest_of_a_context_are_named_with_their_sizes(tmp_path: Path) -> None:
    files = {f"data/deep/{number}": MB * number for number in (1, 40)} | {"src/a": "1"}
    (finding,) = (each for each in found(tmp_path, "FROM a:1\nCOPY src /\n", files) if each.details)
    assert finding.details[0] == "40.0 MB  data/deep/40"


def test_names_of_files_do_not_steer_a_terminal(tmp_path: Path) -> None:
    name = "a\n\x1b[2J\u202e"
    files = {f"{name}/node_modules/x": MB, f"{name}.key": KEY, f"{name}/big": MB * 30}
    findings = found(tmp_path, "FROM a:1\nCOPY . .\n", files)
    texts = [text for each in findings for text in (each.message, *each.details)]
    assert any("\\x1b[2J\\u202e" in text for text in texts)
    assert all(text.isprintable() for text in texts)
