"""What a provenance tells of the options: all that was said, and no secret."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from slimmer.options import TABLE, BuildOptions, DebugImage, Role, Verification
from slimmer.probing.kinds import ExecProbe, HttpProbe
from slimmer.provenance import external_parameters
from slimmer.values import RunOptions, Strategy


def test_defaults_are_left_out() -> None:
    assert external_parameters(BuildOptions(image="my-app")) == {"image": "my-app"}


def test_what_was_said() -> None:
    options = BuildOptions(
        image="my-app",
        strategy=Strategy.SAFE,
        includes=("/srv",),
        bases=("debian:12",),
        debug=DebugImage.NONE,
        verify=Verification.STATUS,
        max_size=10,
        from_trace=Path("app.trace"),
        run=RunOptions(user="1000", command=("serve", "--port", "80")),
    )
    assert external_parameters(options) == {
        "image": "my-app",
        "strategy": "safe",
        "includes": ["/srv"],
        "bases": ["debian:12"],
        "debug": "none",
        "verify": "status",
        "max_size": 10,
        "from_trace": "app.trace",
        "run.user": "1000",
        "run.command": ["serve", "--port", "80"],
    }


def test_secrets_are_hidden() -> None:
    secret = "hunter2"
    options = BuildOptions(
        image="my-app",
        run=RunOptions(
            environment=(("TOKEN", secret), ("MODE", secret)),
            command=("serve", f"--password={secret}", "--api-key", secret, "--verbose", "name"),
            security_opts=("seccomp=" + secret * 100,),
            extra_hosts=(f"http://user:{secret}@proxy/",),
        ),
        probes=(
            HttpProbe(
                name="login",
                method="POST",
                path="/login",
                headers=(("Authorization", f"Bearer {secret}"),),
                body=secret,
            ),
            ExecProbe(name="check", command=("check", "all")),
        ),
        roles=(Role(name="worker", run=RunOptions(environment=(("KEY", secret),))),),
    )

    told = external_parameters(options)

    assert secret not in json.dumps(told)
    assert told["run.environment"] == {"TOKEN": "(hidden)", "MODE": "(hidden)"}
    assert told["run.command"] == [
        *("serve", "--password=(hidden)", "--api-key", "(hidden)", "--verbose", "name"),
    ]
    assert told["run.security_opts"][0].startswith("sha256:")
    assert told["roles"] == {"worker": {"environment": {"KEY": "(hidden)"}}}
    assert [each["request"] for each in told["probes"]] == ["POST /login", "check all"]


def test_a_field_of_a_build_that_no_option_sets_is_told_by_name() -> None:
    """What somebody adds must not be forgotten: what is here is told otherwise, or is no option."""
    rows = {row.field.partition(".")[0] for row in TABLE}
    fields = {field.name for field in dataclasses.fields(BuildOptions)}
    assert fields - rows == {"debug_from", "roles", "withheld", "withheld_calls"}
    told = external_parameters(
        BuildOptions(image="my-app", debug=DebugImage.FROM_IMAGE, debug_from="busybox")
    )
    assert (told["debug"], told["debug_from"]) == ("image", "busybox")
