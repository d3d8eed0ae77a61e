"""With CAP_SYS_ADMIN the gate arms the trace without no_new_privs, and gives up what was lent."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from slimmer.trace.wire.records import Hello
from tests.sensor.enclosure import Enclosure

STATUS = ("/bin/grep", "-E", "^(Cap...|NoNewPrivs|Seccomp):", "/proc/self/status")
SYS_ADMIN, SETPCAP = 1 << 21, 1 << 8


def status(enclosure: Enclosure) -> dict[str, str]:
    """What the command found of itself."""
    enclosure.run_to_the_end()
    return dict(line.split(":\t") for line in enclosure.output().splitlines())


@pytest.mark.parametrize("given_up", ["SYS_ADMIN", "SETPCAP,SYS_ADMIN"])
def test_root_keeps_all_but_what_was_lent(given_up: str, enclose: Callable[..., Enclosure]) -> None:
    with enclose(*STATUS, gate=["--give-up", given_up]) as enclosure:
        assert enclosure.wait_for(Hello).as_entitled
        found = status(enclosure)
    assert (found["NoNewPrivs"], found["Seccomp"]) == ("0", "2")
    lost = SYS_ADMIN | (SETPCAP if "SETPCAP" in given_up else 0)
    for name in ("CapPrm", "CapEff", "CapBnd"):
        assert int(found[name], 16) & (SYS_ADMIN | SETPCAP) == (SYS_ADMIN | SETPCAP) & ~lost
    assert found["CapPrm"] == found["CapEff"] == found["CapBnd"], "as root has them"


def test_without_the_capability_there_is_no_new_privs(
    enclose: Callable[..., Enclosure],
) -> None:
    """And the watcher is told, so that nobody takes the failures of sudo for the image's."""
    user = ("setpriv", "--reuid", "1000", "--clear-groups", "--inh-caps=-all")
    with enclose(*STATUS, prefix=user) as enclosure:
        assert not enclosure.wait_for(Hello).as_entitled
        assert status(enclosure)["NoNewPrivs"] == "1"


def test_no_new_privs_of_the_users_own_is_as_it_should_be(
    enclose: Callable[..., Enclosure],
) -> None:
    with enclose(*STATUS, prefix=("setpriv", "--no-new-privs")) as enclosure:
        assert enclosure.wait_for(Hello).as_entitled
        assert status(enclosure)["NoNewPrivs"] == "1"


def test_calls_that_were_opened_for_the_gate_are_closed_again(
    enclose: Callable[..., Enclosure], tracee: Callable[[str], Path]
) -> None:
    """Where the engine has a profile, which a filter before the gate's stands for here; clone of a
    process is no namespace's and goes on."""
    script = "unshare --uts true; unshare --user true; umount /nowhere; (exit 3); echo forked $?"
    enclosure = enclose(
        "/bin/sh", "-c", script, gate=["--give-up", "SYS_ADMIN", "--seal"], prefix=["/profile"]
    )
    shutil.copy(tracee("profile"), enclosure.files)
    with enclosure:
        enclosure.run_to_the_end()
        assert enclosure.errors().count("Operation not permitted") >= 2
        assert "forked 3" in enclosure.output()


def test_what_cannot_be_given_up_is_not_handed_on(
    sensor: Path, tracee: Callable[[str], Path]
) -> None:
    """The command does not run at all."""
    ran = subprocess.run(
        [tracee("profile"), "no-capset", sensor, "gate", "--give-up", "SYS_ADMIN", "--no-notify",
         "--", "/bin/true"],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 125
    assert "cannot give up the capabilities" in ran.stderr
