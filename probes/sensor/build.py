"""Builds the sensor. Needs nothing but Python and one compiler; used by the wheel's build hook,
by slimmer in a source checkout, and by hand:

    python probes/sensor/build.py x86_64 aarch64 --output FOLDER [--sanitize]

The local compiler is taken for the machine's own architecture, as it is quick; for any other, or
where there is none, the compiler of the PyPI package `ziglang`, which brings musl along.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCES = Path(__file__).resolve().parent
ARCHITECTURES = ("x86_64", "aarch64")
SANITIZE = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-O1", "-g")


class CompilerError(Exception):
    """No compiler, or one that failed; the text says which and what it said."""


def native_architecture() -> str:
    """The machine's own, in the words of ARCHITECTURES."""
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())


def local_compiler() -> list[str] | None:
    """The command of the machine's own compiler, if it has one."""
    for name in (os.environ.get("CC", ""), "gcc", "clang", "cc"):
        if name and shutil.which(name):
            return [name]
    return None


def zig_compiler(architecture: str) -> list[str] | None:
    """The command of ziglang's cross compiler, if it is installed in this Python."""
    if importlib.util.find_spec("ziglang") is None:
        return None
    return [sys.executable, "-m", "ziglang", "cc", "-target", f"{architecture}-linux-musl"]


def build(
    architecture: str, output: Path, *, portable: bool = False, sanitize: bool = False
) -> None:
    """Compile the sensor for an architecture into the file `output`, which appears complete or
    not at all, whoever else builds it at the same time.

    `portable`: with ziglang always, so that the result is the same on every machine. `sanitize`:
    with AddressSanitizer and UBSan, for tests; linked dynamically, as the sanitizers want it.
    Raises CompilerError.
    """
    if architecture not in ARCHITECTURES:
        raise CompilerError(f"the sensor knows {' and '.join(ARCHITECTURES)}, not {architecture}")
    own = architecture == native_architecture() and not portable
    compilers = [local_compiler() if own else None, zig_compiler(architecture)]
    commands = [command for command in compilers if command is not None]
    if not commands:
        raise CompilerError(f"there is no compiler for {architecture}: neither gcc nor ziglang")
    failures = []
    for command in commands:
        try:
            _compile(command, output, SANITIZE if sanitize else ("-static", "-s"))
            return
        except CompilerError as error:  # a compiler without a static C library, say
            failures.append(str(error))
    raise CompilerError("\n".join(failures))


def _compile(command: list[str], output: Path, flags: tuple[str, ...]) -> None:
    flags = (*(SOURCES / "compile_flags.txt").read_text().split(), *flags)
    sources = sorted(str(path) for path in SOURCES.glob("*.c"))
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".sensor-") as folder:
        binary = Path(folder) / "sensor"
        done = subprocess.run(
            [*command, *flags, "-o", str(binary), *sources],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
        )
        if done.returncode != 0:
            raise CompilerError(f"{' '.join(command)} failed:\n{done.stderr.strip()}")
        binary.chmod(0o755)
        binary.replace(output)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Build the sensor.")
    parser.add_argument("architecture", nargs="+", choices=ARCHITECTURES)
    parser.add_argument("--output", type=Path, required=True, help="folder for ARCHITECTURE/sensor")
    parser.add_argument("--portable", action="store_true", help="always with ziglang")
    parser.add_argument("--sanitize", action="store_true", help="with AddressSanitizer and UBSan")
    options = parser.parse_args()
    for architecture in options.architecture:
        file = options.output.resolve() / architecture / "sensor"
        try:
            build(architecture, file, portable=options.portable, sanitize=options.sanitize)
        except CompilerError as error:
            sys.exit(f"slimmer: {error}")


if __name__ == "__main__":
    main()
