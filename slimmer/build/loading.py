"""Importing the steps of a build ahead of the moment in which they are needed."""

from __future__ import annotations


def load_later_steps() -> None:
    """Those behind the traced run. That takes Python 0.1 s, which is spent while the engine starts
    the containers."""
    import slimmer.build.deliver
    import slimmer.build.verify  # noqa: F401
    from slimmer.report import prepare_page

    prepare_page()


def load_steps() -> None:
    """What nearly every build comes to need, for a process that is forked for each one."""
    load_later_steps()
    import slimmer.build.budget
    import slimmer.build.decide  # noqa: F401
    from slimmer.evidence import prepare_bills

    prepare_bills()
