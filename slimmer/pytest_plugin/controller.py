"""One test session with a container: started before the tests, stopped behind them, and what is
made of that."""

from __future__ import annotations

import contextlib
import os
import shlex
import tempfile
from pathlib import Path
from typing import Any

import pytest

from slimmer.errors import SlimError
from slimmer.pytest_plugin.commands import Commands
from slimmer.pytest_plugin.target import TARGET, WORKER_KEY, SlimTarget
from slimmer.words import comparison, printable, printable_lines, size

AGAIN = "SLIMMER_PYTEST_AGAINST"
"""In the environment of the second run: the slim image that it is against."""


class Controller:
    """The plugin's hooks in the process that conducts the session: pytest itself, or the
    controller of pytest-xdist."""

    def __init__(self, config: pytest.Config) -> None:
        option = config.option
        self._config = config
        self._option = option
        self._image: str = option.slim_image
        self._run = shlex.split(option.slim_run)
        self._folder = config.invocation_params.dir
        self._slim = Commands(self._folder)
        self._again = os.environ.get(AGAIN, "")
        self._builds: bool = option.slim_build and not self._again
        self._saves: str = "" if self._again else option.slim_trace or ""
        if option.slim_verify and self._saves and not self._builds:
            raise pytest.UsageError("--slim-trace with --slim-verify needs --slim-build, too")
        self._is_against_slim: bool = option.slim_verify and not self._builds
        if not (self._is_against_slim or self._builds or self._saves):
            raise pytest.UsageError(
                "--slim-image: say what comes of it: --slim-build, --slim-trace FILE, --slim-verify"
            )
        self._trace = ""
        """The live trace's name; empty where none runs."""
        self._stack = contextlib.ExitStack()
        self._told: list[str] = []
        self._error: SlimError | None = None

    # ---- before the tests

    @pytest.hookimpl(tryfirst=True)  # before pytest-xdist starts its workers
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Start the container."""
        if self._option.collectonly:
            return
        try:
            target = self._start_slim() if self._is_against_slim else self._start_traced()
        except SlimError as error:
            told = "\n".join((error.details, f"slim: {error.message}", error.hint)).strip()
            text = "\n".join(printable_lines(told))
            pytest.exit(text, returncode=pytest.ExitCode.TESTS_FAILED)
        self._config.stash[TARGET] = target

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist where the container is."""
        target = self._config.stash.get(TARGET, None)
        if target is not None:
            node.workerinput[WORKER_KEY] = target.to_json()

    def pytest_report_header(self) -> str:
        """One of the first lines."""
        target = self._config.stash.get(TARGET, None)
        what = "the slim image" if self._is_against_slim else "traced"
        places = ", ".join(f"{h}:{p}" for h, p in target.ports.values()) if target else ""
        return f"slim: {self._image} ({what}) {places}".rstrip()

    def _start_traced(self) -> SlimTarget:
        live = self._slim.start_trace(
            self._image,
            self._run,
            self._option.slim_http_probe,
            insecure=self._option.slim_insecure,
            port=self._option.slim_port,
            timeout=self._option.slim_start_timeout,
        )
        self._trace = live["name"]
        self._told += [f"note: {note}" for note in live["notes"]]
        return SlimTarget(
            image=self._image,
            container=live["container"],
            ports={each["port"]: (each["host"], each["host_port"]) for each in live["addresses"]},
            tls=self._speaks_tls(),
        )

    def _start_slim(self) -> SlimTarget:
        from slimmer.pytest_plugin.finished import start_finished

        name = self._again or self._option.slim_tag or ""
        service = self._stack.enter_context(
            start_finished(
                self._image,
                name,
                self._run,
                self._option.slim_http_probe,
                insecure=self._option.slim_insecure,
                port=self._option.slim_port,
                timeout=self._option.slim_start_timeout,
            )
        )
        return SlimTarget(
            image=service.image,
            container=service.container,
            ports=service.addresses,
            tls=self._speaks_tls(),
        )

    def _speaks_tls(self) -> bool:
        from slimmer.probing.kinds import http_probe

        return any(http_probe(text).tls for text in self._option.slim_http_probe[:1])

    # ---- behind the tests

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Stop the container, and make of the trace what was asked for."""
        self._stack.close()
        if not self._trace:
            return
        wanted = {pytest.ExitCode.OK}
        if self._option.slim_even_if_failed:
            wanted.add(pytest.ExitCode.TESTS_FAILED)
        if session.exitstatus not in wanted:
            self._discard()
            what = "built" if self._builds else "saved"
            self._told.append(f"nothing is {what}: the tests have not all passed")
            return
        try:
            with tempfile.TemporaryDirectory(prefix="slim-pytest-") as folder:
                passed = self._make(Path(folder))
        except SlimError as error:
            self._error, passed = error, False
        finally:
            self._discard()
        if not passed:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_unconfigure(self) -> None:
        """Whatever else has happened, nothing is left running."""
        self._stack.close()
        self._discard()

    def _make(self, folder: Path) -> bool:
        file = self._folder / self._saves if self._saves else folder / "app.trace"
        self._say(f"saving what the tests used of {self._image} …")
        trace, self._trace = self._trace, ""
        try:
            saved = self._slim.stop_trace(trace, file)
        except SlimError:
            self._trace = trace  # it may be there still
            raise
        if self._saves:
            self._told.append(f"trace     {saved['paths']:,} paths saved to {file}")
        if not self._builds:
            return True
        self._say(f"building the slim image of {self._image} …")
        report = self._slim.build(
            self._image, file, self._run, tag=self._option.slim_tag, file=self._option.slim_file
        )
        self._tell_of(report)
        return not self._option.slim_verify or self._verify(report["slim"]["reference"])

    def _tell_of(self, report: Any) -> None:
        before, slim, debug = report["original"]["size"], report["slim"], report["debug"]
        self._told.append(
            f"slim      {slim['reference']}  {size(slim['size'])}, was {size(before)}: "
            f"{comparison(before, slim['size'])}"
        )
        if debug:
            self._told.append(f"debug     {debug['reference']}  {size(debug['size'])}")
        self._told += [f"note: {note}" for note in report["notes"]]

    def _verify(self, slim: str) -> bool:
        """Run the same tests once more, in a process of their own, against the slim image."""
        self._say(f"the same tests against {slim}:")
        arguments = map(str, self._config.invocation_params.args)
        status = self._slim.run_pytest(*arguments, *self._own_places(), **{AGAIN: slim})
        if status == 0:
            self._told.append(f"verified  all tests pass against {slim}")
            return True
        raise SlimError(
            f"the tests fail against {slim} (pytest ended with status {status})",
            hint="the output above tells which; `slim watch` tells which files were missed, and "
            "--include keeps them",
        )

    def _own_places(self) -> list[str]:
        """The second run does not overwrite what the first one wrote."""
        places = {"--junitxml": self._option.xmlpath, "--basetemp": self._option.basetemp}
        return [
            f"{name}={Path(place).with_name(f'{Path(place).stem}-slim{Path(place).suffix}')}"
            for name, place in places.items()
            if place
        ]

    def _discard(self) -> None:
        if self._trace:
            self._slim.discard_trace(self._trace)
            self._trace = ""

    # ---- what is told

    def _say(self, line: str) -> None:
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(f"slim: {line}")
            reporter.flush()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """A section of the summary."""
        if not self._told and self._error is None:
            return
        terminalreporter.section("slim")
        for line in self._told:
            terminalreporter.write_line(printable(line))
        if self._error is not None:
            for line in printable_lines(self._error.details):
                terminalreporter.write_line(f"  | {line}")
            terminalreporter.write_line(f"error: {printable(self._error.message)}", red=True)
            if self._error.hint:
                terminalreporter.write_line(f"  hint: {printable(self._error.hint)}")
