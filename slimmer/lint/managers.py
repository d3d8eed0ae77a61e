"""Package managers as they are called in a RUN: what installs, where their caches are, and which
files name what is to be installed."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from slimmer.dockerfile import Instruction
from slimmer.lint.commands import Command, commands_of


@dataclass(frozen=True, kw_only=True)
class Manager:
    """One package manager."""

    name: str
    programs: tuple[str, ...]
    verbs: tuple[str, ...]
    """Words that make it install; an empty one where it does so without any."""
    valued: tuple[str, ...] = ()
    """Options that take the next word as their value."""
    cache: str = ""
    """The directory to mount as a cache; empty where that is not usual."""
    manifests: tuple[str, ...] = ()
    """Patterns for the names of files that say what to install, the lock files among them."""
    first: str = ""
    """What to copy before everything else."""


@dataclass(frozen=True, kw_only=True)
class Install:
    """One command that installs."""

    manager: Manager
    command: Command
    packages: tuple[str, ...]
    """As they are named, with versions; empty where files name them."""


MANAGERS: Final = (
    Manager(
        name="apt",
        programs=("apt-get", "apt", "aptitude"),
        verbs=("install", "build-dep"),
        valued=("-t", "--target-release", "-o", "-c"),
    ),
    Manager(
        name="apk",
        programs=("apk",),
        verbs=("add",),
        valued=("-t", "--virtual", "-X", "--repository", "-p", "--root"),
    ),
    Manager(
        name="dnf",
        programs=("dnf", "yum", "microdnf", "tdnf"),
        verbs=("install", "groupinstall"),
        valued=("-c", "--installroot", "--releasever"),
    ),
    Manager(name="zypper", programs=("zypper",), verbs=("install", "in"), valued=("-t", "--type")),
    Manager(
        name="pip",
        programs=("pip", "uv"),
        verbs=("install", "sync"),
        valued=(
            *("-r", "--requirement", "-c", "--constraint", "-i", "--index-url", "-t"),
            *("--target", "-e", "--editable", "--extra-index-url", "-f", "--find-links"),
            *("--prefix", "--root"),
        ),
        cache="/root/.cache/pip",
        manifests=("*requirements*.txt", "*constraints*.txt", "uv.lock", "pyproject.toml"),
        first="the requirements file",
    ),
    Manager(
        name="poetry",
        programs=("poetry",),
        verbs=("install",),
        cache="/root/.cache/pypoetry",
        manifests=("pyproject.toml", "poetry.lock"),
        first="pyproject.toml and poetry.lock",
    ),
    Manager(
        name="npm",
        programs=("npm",),
        verbs=("install", "i", "ci", "clean-install"),
        valued=("--prefix", "-C", "--cache", "--registry", "-w", "--workspace"),
        cache="/root/.npm",
        manifests=("package.json", "package-lock.json", "npm-shrinkwrap.json"),
        first="package.json and package-lock.json",
    ),
    Manager(
        name="yarn",
        programs=("yarn",),
        verbs=("install", ""),
        cache="/usr/local/share/.cache/yarn",
        manifests=("package.json", "yarn.lock"),
        first="package.json and yarn.lock",
    ),
    Manager(
        name="pnpm",
        programs=("pnpm",),
        verbs=("install", "i", "fetch"),
        cache="/root/.local/share/pnpm/store",
        manifests=("package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"),
        first="package.json and pnpm-lock.yaml",
    ),
    Manager(
        name="bundler",
        programs=("bundle", "bundler"),
        verbs=("install",),
        manifests=("Gemfile", "Gemfile.lock"),
        first="Gemfile and Gemfile.lock",
    ),
    Manager(
        name="composer",
        programs=("composer", "composer.phar"),
        verbs=("install",),
        cache="/root/.composer/cache",
        manifests=("composer.json", "composer.lock"),
        first="composer.json and composer.lock",
    ),
    Manager(
        name="go",
        programs=("go",),
        verbs=("build", "install", "mod"),
        cache="/go/pkg/mod and /root/.cache/go-build",
        manifests=("go.mod", "go.sum"),
        first="go.mod and go.sum, run `go mod download`",
    ),
    Manager(
        name="cargo",
        programs=("cargo",),
        verbs=("build", "install", "fetch"),
        cache="/usr/local/cargo/registry and the target directory",
    ),
    Manager(
        name="maven",
        programs=("mvn", "mvnw"),
        verbs=("package", "install", "verify", "compile", "clean"),
        cache="/root/.m2",
        manifests=("pom.xml",),
        first="pom.xml, run `mvn dependency:go-offline`",
    ),
    Manager(
        name="gradle",
        programs=("gradle", "gradlew"),
        verbs=("build", "assemble", "bootJar", "shadowJar", "installDist"),
        cache="/root/.gradle",
    ),
)
_ALL_MANIFESTS: Final = tuple(pattern for manager in MANAGERS for pattern in manager.manifests)
_BY_PROGRAM: Final = {program: manager for manager in MANAGERS for program in manager.programs}


def installs_of(commands: Iterable[Command]) -> Iterator[Install]:
    """Those commands that install, each with what it names."""
    for command in commands:
        manager = _BY_PROGRAM.get(command.name)
        if manager is None:
            continue
        operands = operands_of(command, manager.valued)
        verb = operands[0] if operands else ""
        if verb in manager.verbs:
            packages = tuple(word for word in operands[1:] if word)
            yield Install(manager=manager, command=command, packages=packages)


def packages_named(instruction: Instruction) -> frozenset[str]:
    """The packages that a RUN installs by name, without their versions."""
    return frozenset(
        re.split(r"[=<>~!:/\[]|(?<=.)@", package, maxsplit=1)[0]
        for install in installs_of(commands_of(instruction))
        for package in install.packages
    )


def operands_of(command: Command, valued: Iterable[str]) -> tuple[str, ...]:
    """The words that are neither options nor the values of these options."""
    found = []
    words = iter(command.words)
    for word in words:
        if word in valued:
            next(words, None)
        elif word and not word.startswith("-"):
            found.append(word)
    return tuple(found)


def is_manifest(name: str, manager: Manager | None = None) -> bool:
    """Whether a file of this name says what to install, to this manager or to any."""
    patterns = manager.manifests if manager else _ALL_MANIFESTS
    return _expression(patterns).match(name) is not None


@cache
def _expression(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(fnmatch.translate, patterns)))
