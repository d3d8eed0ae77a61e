"""`--insecure` reaches all that speaks TLS to the application, and nothing else."""

from __future__ import annotations

from slimmer.options import BuildOptions, Role, taking_any_certificate
from slimmer.probing.explore.crawl import CrawlOptions
from slimmer.probing.explore.openapi import OpenApiOptions
from slimmer.probing.kinds import ExecProbe, HttpProbe, TcpProbe

SECURED = (HttpProbe(name="a", tls=True), TcpProbe(name="b", tls=True))
OTHERS = (HttpProbe(name="c"), TcpProbe(name="d"), ExecProbe(name="e", command=("true",)))


def test_every_role_and_every_kind() -> None:
    options = taking_any_certificate(
        BuildOptions(
            image="i",
            insecure=True,
            probes=(*SECURED, *OTHERS),
            checks=SECURED,
            crawl=CrawlOptions(),
            roles=(Role(name="r", probes=SECURED, openapi=OpenApiOptions(source="/a")),),
        )
    )
    assert options.probes[len(SECURED) :] == OTHERS
    (role,) = options.roles
    for probe in (*options.probes[: len(SECURED)], *options.checks, *role.probes):
        assert isinstance(probe, HttpProbe | TcpProbe)
        assert probe.insecure
    assert options.crawl == CrawlOptions(insecure=True)
    assert role.openapi == OpenApiOptions(source="/a", insecure=True)
    assert role.crawl is options.openapi is None


def test_nothing_changes_without_it() -> None:
    options = BuildOptions(image="i", probes=SECURED, crawl=CrawlOptions())
    assert taking_any_certificate(options) is options
