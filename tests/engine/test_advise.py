"""A Dockerfile that `slim advise` has written, built by a real engine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.apps.container import docker
from tests.engine.conftest import OWN, Ran
from tests.engine.plans.conftest import base_image

pytestmark = pytest.mark.engine

DOCKERFILE = """\
FROM {base}
RUN useradd --system --create-home --home-dir /srv/shop shop \\
    && mkdir /srv/shop/data && echo secret >/srv/shop/data/key && chmod 600 /srv/shop/data/key \\
    && chown -R shop /srv/shop && ln -s data/key /srv/shop/link
COPY greet /usr/local/bin/greet
WORKDIR /srv/shop
ENV GREETING="it's \\"me\\" \\$x"
USER shop
CMD ["greet"]
"""
GREET = """\
#!/usr/bin/perl
use POSIX;
print POSIX::strftime("%Y\\n", gmtime 0), `id -un`, "$ENV{GREETING}\\n";
open my $key, "<", "link" or die; print <$key>;
printf "%o %s\\n", (stat "data/key")[2] & 07777, getpwuid((stat "/srv/shop")[4]);
"""
SAID = ("1970", "shop", 'it\'s "me" $x', "secret", "600 shop")
RPM_DOCKERFILE = """\
FROM {base}
RUN apt-get update && apt-get install -y --no-install-recommends rpm && rm -rf /var/lib/apt/lists
COPY *.spec /tmp/
RUN mkdir -p /etc/rpm && echo '%_dbpath /usr/lib/sysimage/rpm' >/etc/rpm/macros \\
    && rpmbuild --quiet -bb /tmp/*.spec && rpm -i --nodeps /root/rpmbuild/RPMS/*/*.rpm \\
    && rm -rf /root/rpmbuild /tmp/*.spec /var/lib/dpkg
CMD ["greet"]
"""
SPEC = """\
Name: {name}
Version: 1
Release: 1
Summary: A program
License: MIT
BuildArch: noarch
AutoReqProv: no
%description
A program.
%install
mkdir -p %{{buildroot}}/usr/bin %{{buildroot}}/usr/share/{name} %{{buildroot}}/usr/share/man/man1
echo hello >%{{buildroot}}/usr/share/{name}/text
head -c 300000 /dev/urandom >%{{buildroot}}/usr/share/man/man1/{name}.1
printf '#!/bin/sh\\nexec cat /usr/share/{name}/text\\n' >%{{buildroot}}/usr/bin/{name}
chmod 755 %{{buildroot}}/usr/bin/{name}
%files
/usr/bin/{name}
/usr/share/{name}
/usr/share/man/man1/{name}.1*
"""
AT_APT = ("-e", 'print -e "/usr/bin/apt-get" ? "there" : "gone"')
"""Looked at by another command: what the traced one asks for stays."""


@pytest.fixture
def tags() -> Iterator[list[str]]:
    made: list[str] = [f"{OWN}-advised:original", f"{OWN}-advised:slim", f"{OWN}-advised:written"]
    yield made
    subprocess.run(["docker", "image", "rm", "--force", *made], capture_output=True, check=False)


def test_what_is_written_builds_an_image_that_does_the_same(
    slim: Callable[..., Ran], tmp_path: Path, tags: list[str]
) -> None:
    original, slimmed, written = tags
    context = tmp_path / "context"
    context.mkdir()
    (context / "Dockerfile").write_text(DOCKERFILE.format(base=base_image()))
    (context / "greet").write_text(GREET)
    (context / "greet").chmod(0o755)
    docker("build", "--no-cache", "--quiet", "--tag", original, str(context))
    ran = slim("build", original, "--tag", slimmed, "--no-debug", "--report-dir", "report")
    assert ran.code == 0, ran.stderr
    advised = slim(
        "advise", original, "--report", "report", "--dockerfile", str(context),
        "--write", "Dockerfile.slim", "--prove", "--tag", written, "--exec-probe", "greet",
        environment={"DOCKER_BUILDKIT": "0"},
    )  # fmt: skip
    assert advised.code == 0, advised.stderr
    told = re.search(
        rf"^{written} has ([\d.]+) MB instead of ([\d.]+) MB,.*$", advised.stderr, re.M
    )
    assert told is not None
    assert float(told[1]) < float(told[2])
    assert told[0].endswith("1 probe passed")
    failed = slim(
        "advise", original, "--report", "report", "--dockerfile", str(context),
        "--write", "Dockerfile.slim", "--prove", "--tag", written, "--exec-probe", "apt-get -h",
        environment={"DOCKER_BUILDKIT": "0"},
    )  # fmt: skip
    assert failed.code == 13, failed.stderr
    assert "the image of Dockerfile.slim does not pass" in failed.stderr
    for image, apt in ((original, "there"), (written, "gone")):
        assert tuple(docker("run", "--rm", image).splitlines()) == SAID
        assert docker("run", "--rm", "--entrypoint", "/usr/bin/perl", image, *AT_APT) == apt


def test_an_image_of_rpms_packages_is_written_with_its_database(
    slim: Callable[..., Ran], tmp_path: Path, tags: list[str]
) -> None:
    original, slimmed, written = tags
    context = tmp_path / "context"
    context.mkdir()
    (context / "Dockerfile").write_text(RPM_DOCKERFILE.format(base=base_image()))
    for name in ("greet", "unused"):
        (context / f"{name}.spec").write_text(SPEC.format(name=name))
    docker("build", "--quiet", "--tag", original, str(context))
    ran = slim("build", original, "--tag", slimmed, "--no-debug", "--report-dir", "report")
    assert ran.code == 0, ran.stderr
    advised = slim(
        "advise", original, "--report", "report", "--dockerfile", str(context),
        "--write", "Dockerfile.slim", "--prove", "--tag", written, "--exec-probe", "greet",
        environment={"DOCKER_BUILDKIT": "0"},
    )  # fmt: skip
    assert advised.code == 0, advised.stderr
    assert "rpm --query --list" in (tmp_path / "Dockerfile.slim").read_text()
    assert docker("run", "--rm", written) == "hello"
    packages = slim("xray", written, "--json").report["packages"]
    found = {each["name"]: each["files"] for each in packages}
    assert found["greet"] == 2
