"""`--insecure`: what it means for everything that speaks TLS to the target."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TypeVar

from slimmer.options.options import BuildOptions, Role
from slimmer.values import Probe

T = TypeVar("T", BuildOptions, Role)


def taking_any_certificate(options: BuildOptions) -> BuildOptions:
    """The options with `insecure` carried to each probe, check and exploration that it is for."""
    if not options.insecure:
        return options
    return dataclasses.replace(_carried(options), roles=tuple(map(_carried, options.roles)))


def insecure_probes(probes: Iterable[Probe]) -> tuple[Probe, ...]:
    """The probes, those over TLS with any certificate."""
    return tuple(probe.with_any_certificate() for probe in probes)


def _carried(value: T) -> T:
    crawl, openapi = value.crawl, value.openapi
    return dataclasses.replace(
        value,
        probes=insecure_probes(value.probes),
        checks=insecure_probes(value.checks),
        crawl=dataclasses.replace(crawl, insecure=True) if crawl else None,
        openapi=dataclasses.replace(openapi, insecure=True) if openapi else None,
    )
