"""From what an image consists of, and what of it was used, to what is worth changing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from slimmer.advise.declared import declared_and_unused
from slimmer.advise.document import Advice, Advices, Evidence
from slimmer.advise.matching import steps_by_layer
from slimmer.advise.musl import fitness_for_musl
from slimmer.advise.order import order_of
from slimmer.dockerfile import Context, Step, read_source
from slimmer.errors import DockerfileError
from slimmer.lint import Finding, Subject, packages_named
from slimmer.xray import Layer, Linked, PackageShare, Xray

_WORTH_TELLING: Final = 100_000
"""Bytes."""
_SHOWN: Final = 8
_SHELLS: Final = frozenset(("bash", "dash", "busybox", "coreutils"))
_SMALL: Final = re.compile(r"[:-](?:slim|alpine|minimal|micro)|alpine|busybox")
"""In the name of a base that is cut down already."""
_DISTROLESS: Final = re.compile(
    r"base-files|libc6|libgcc-s1|gcc-\d+-base|libstdc\+\+6|libssl\d\w*|openssl|ca-certificates|tzdata"
    r"|netbase|media-types|libcrypt1|zlib1g|libgomp1"
)
"""What distroless images for C and C++ programs have of Debian."""
_CACHES: Final = re.compile(
    r"/var/cache/(?!debconf)|/var/lib/apt/lists|/root/\.(?:npm|cache|m2|gradle|cargo)|.*/\.cache(?:/|$)|/tmp(?:/|$)"
)
_OF_SIZE: Final = frozenset(
    ("SL002", "SL004", "SL020", "SL021", "SL022", "SL023", "SL030", "SL031", "SL032")
)
"""Checks of `slim lint` that are about bytes."""


def advise(
    xray: Xray,
    subject: Subject | None = None,
    findings: Sequence[Finding] = (),
    previous: Xray | None = None,
    linked: Sequence[Linked] = (),
    kept_unused: int | None = None,
) -> Advices:
    """Advice for an image whose use is known: `xray.usage` is not None. `subject` is the Dockerfile
    that it was built from, and `findings` what lint says of it; `previous` is an earlier image,
    `linked` are its programs and libraries that no distribution has packed, and `kept_unused` bytes
    of what a slim build keeps although it was not used."""
    assert xray.usage is not None
    steps = steps_by_layer(xray.layers, subject.dockerfile, subject.target) if subject else {}
    own = min(steps, default=1)
    base = subject.dockerfile.lineage(subject.target)[0].base if subject else None
    found = [
        _of_layer(
            xray,
            layer,
            steps.get(layer.number),
            findings,
            context=subject.context if subject else None,
            is_base=layer.number < own,
            base=base or "",
        )
        for layer in xray.layers
    ]
    fitness = _fitness(xray, linked)
    found = [
        replace(each, todo=(*each.todo, fitness))
        if fitness and each.about == "base" and not each.layer
        else each
        for each in found
    ]
    found += _of_hidden(xray)
    told = [each for each in found if each.size >= _WORTH_TELLING]
    return Advices(
        image=xray.image.reference,
        size=xray.image.size,
        used_size=xray.usage.size,
        kept_size=kept_unused,
        dockerfile=subject.dockerfile.source.name if subject else "",
        advice=tuple(sorted(told, key=lambda each: (-each.size, each.layer or 0))),
        order=order_of(xray, previous, steps) if previous else None,
        notes=tuple(_notes(subject, steps)),
    )


def _fitness(xray: Xray, linked: Sequence[Linked]) -> str:
    """Whether the application could stand on another C library, which the base's advice says."""
    has_glibc = any(each.type == "deb" and each.name == "libc6" for each in xray.packages)
    return fitness_for_musl(linked, has_glibc=has_glibc)


def _notes(subject: Subject | None, steps: Mapping[int, Step]) -> Iterator[str]:
    if subject is not None and not steps:
        yield (
            f"no layer of the image fits {subject.dockerfile.source.name}: it was built from "
            "another one, or in one layer"
        )


def _of_layer(
    xray: Xray,
    layer: Layer,
    step: Step | None,
    findings: Sequence[Finding],
    *,
    context: Context | None,
    is_base: bool,
    base: str,
) -> Advice:
    packages = [each for each in xray.packages if each.layer == layer.number]
    unused = [each for each in packages if not each.used_size and each.size >= _WORTH_TELLING]
    places = [each for each in layer.unused if each.size >= _WORTH_TELLING]
    line = step.instruction.line if step else None
    if is_base:
        todo = list(_base(packages, xray.image.system, base))
    else:
        todo = list(_instruction(layer, unused))
    todo += [
        f"/{place.name.strip('/')} is a cache: delete it in the same RUN, or mount it "
        "(`--mount=type=cache`)"
        for place in places
        if _CACHES.match(place.name)
    ]
    if context is not None:
        todo += declared_and_unused(context, unused)
    todo += [
        f"{each.code}: {each.message}"
        for each in findings
        if each.line == line and each.code in _OF_SIZE
    ]
    return Advice(
        about="base" if is_base else "instruction",
        size=layer.size - layer.hidden_size - (layer.used_size or 0),
        whole=layer.size,
        instruction=layer.instruction,
        layer=layer.number,
        line=line,
        todo=tuple(todo),
        packages=tuple(
            Evidence(name=f"{each.type} {each.name}", size=each.size) for each in unused[:_SHOWN]
        ),
        places=tuple(Evidence(name=each.name, size=each.size) for each in places[:_SHOWN]),
    )


def _base(packages: Sequence[PackageShare], system: str, base: str) -> Iterator[str]:
    """Which base would do, by the packages of this one that were opened; `base` is its name."""
    used = [each for each in packages if each.used_size]
    release = re.match(r"Debian\D*(\d+)", system)
    image = f"gcr.io/distroless/cc-debian{release[1]}" if release else "gcr.io/distroless/cc"
    if not packages:
        yield "Take a smaller base, or let `slim build` drop what was not used"
        return
    names = [each.name for each in sorted(used, key=lambda each: -(each.used_size or 0))]
    shown = ", ".join(names[:_SHOWN]) + (
        f" and {len(names) - _SHOWN} more" if names[_SHOWN:] else ""
    )
    if not names:
        yield "Nothing of the base's packages was opened: `scratch` or distroless/static would do"
    elif all(map(_DISTROLESS.fullmatch, names)):
        yield f"Of the base only {shown} was opened: `{image}` has these"
    elif _SHELLS.isdisjoint(names):
        yield f"Of the base {shown} was opened, and no shell: a distroless base with these would do"
    elif _SMALL.search(base):
        yield (
            f"Of the base {shown} was opened, a shell among them: {base} is small as it is, and "
            "`slim build` drops the rest"
        )
    else:
        yield f"Of the base {shown} was opened, a shell among them: a -slim base would do"


def _instruction(layer: Layer, unused: Sequence[PackageShare]) -> Iterator[str]:
    keyword = layer.instruction.partition(" ")[0]
    if keyword in ("COPY", "ADD"):
        yield "Copy only what runs; what is not needed at all belongs into .dockerignore"
        return
    wanted = _installed_by_name(layer.instruction)
    named = [each.name for each in unused if each.name in wanted]
    if named:
        yield (
            f"Do not install {', '.join(named[:_SHOWN])}, or only in a build stage: never opened"
        )
    elif unused:
        yield "Some of what this installs was never opened: do without it, or build in a stage"
    elif layer.size > 2 * (layer.hidden_size + (layer.used_size or 0)):
        yield "Most of what this leaves was never opened: make it in a stage, and copy what runs"


def _installed_by_name(instruction: str) -> frozenset[str]:
    """By the words of the history, which may have lost what a reader needs."""
    try:
        source = read_source(f"FROM scratch\n{instruction}\n".encode(errors="replace"), "history")
    except DockerfileError:
        return frozenset()
    return packages_named(source.instructions[-1])


def _of_hidden(xray: Xray) -> Iterator[Advice]:
    hidden = xray.hidden
    layers = sorted({each.hidden_by for each in hidden.largest})
    by = ", ".join(map(str, layers))
    does = (
        f"Layer {by} removes or replaces" if len(layers) == 1 else f"Layers {by} remove or replace"
    )
    yield Advice(
        about="hidden",
        size=hidden.size,
        whole=xray.image.size,
        todo=(
            f"{does} them, and they are in the layers below all the same: "
            "delete in the RUN that makes them, and copy with `COPY --chown` and `--chmod`",
        ),
        places=tuple(Evidence(name=each.path, size=each.size) for each in hidden.largest[:_SHOWN]),
    )
