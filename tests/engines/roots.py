"""Engines beside the machine's own: each in a Debian root file system, with mount and network
namespaces of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.engines.kinds import KINDS
from tests.engines.running import Running
from tests.engines.starting import await_engine

_ENTER = """
mount --make-rprivate /
mkdir -p "$ROOT/machine" "$ROOT/state" "$ROOT/old"
mount --bind "$ROOT" "$ROOT"
# What containers of the tests are given of this machine.
mount --bind / "$ROOT/machine"
for tree in proc sys dev; do mount --rbind /$tree "$ROOT/$tree"; done
# crun takes a hybrid hierarchy for version 2.
mountpoint -q "$ROOT/sys/fs/cgroup/unified" && umount "$ROOT/sys/fs/cgroup/unified"
mount -t tmpfs tmpfs "$ROOT/run"
mount --bind "$STATE" "$ROOT/state"
ip link set lo up
cd "$ROOT"
pivot_root . old
cd /
umount -l /old
exec "$@"
"""


@contextlib.contextmanager
def engine(name: str, cache: Path, state: Path) -> Iterator[Running]:
    """Start the engine; its root file system is made in `cache` where it is not there yet.

    Needs root, mmdebstrap and a machine that lets mount and pivot.
    """
    kind = KINDS[name]
    root = cache / kind.root
    if not root.is_dir():
        made = cache / f"{kind.root}.new"
        subprocess.run(
            # A mirror may have what was true some weeks ago.
            ["mmdebstrap", "--quiet", "--aptopt=Acquire::Check-Valid-Until false",
             "--variant=minbase", f"--include={kind.packages}", kind.suite, made],
            check=True,
        )  # fmt: skip
        made.rename(root)
    for file, content in kind.files.items():
        (state / file).write_text(content)
        (state / file).chmod(0o755)
    kind.prepare(state)
    variables = {
        "ROOT": str(root),
        "STATE": str(state),
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        **kind.environment,
    }
    with (state / "log").open("wb") as log:
        process = subprocess.Popen(
            ["unshare", "--mount", "--net", "sh", "-ec", _ENTER, "sh", *kind.command],
            env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        address = f"unix://{state}/engine.sock"
        await_engine(address, process, state / "log")
        written = state / "pid"
        own = written.read_text().strip() if written.exists() else process.pid
        names = (f"{process.pid}/ns/net", f"{own}/ns/net", f"{process.pid}/ns/mnt")
        held = [os.open(f"/proc/{each}", os.O_RDONLY) for each in names]
        network, own_network, mounts = (f"/proc/{os.getpid()}/fd/{each}" for each in held)
        yield Running(
            address=address,
            network=network,
            own_network=own_network,
            mounts=mounts,
            client=kind.client,
        )
        for each in held:
            os.close(each)
    finally:
        process.terminate()
        process.wait()
