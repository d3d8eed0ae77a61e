"""A compose project of one session: brought up by the tool, watched until what the application
depends on is ready. The session's end removes it, by the labels that everything in it carries."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from slimmer.build.compose.document import Document, needed_services, project_document
from slimmer.build.compose.service import Dependency, Service
from slimmer.build.compose.tool import ComposeTool, Ran
from slimmer.engine import Session
from slimmer.errors import ServiceNotReadyError
from slimmer.words import last_lines

_PROJECT_LABEL: Final = "com.docker.compose.project"
_SERVICE_LABEL: Final = "com.docker.compose.service"
_PURPOSE: Final = "service"
_PAUSE: Final = 0.1
"""Seconds between two looks at a service; its health changes once a second, at most."""
_SHORTEST: Final = 1.0


def bring_up(
    session: Session,
    tool: ComposeTool,
    document: Document,
    services: Sequence[Service],
    *,
    image: str,
    folder: Path,
    timeout: float,
) -> None:
    """Start what the services need, in at most `timeout` seconds, and make their networks and
    volumes; the services themselves, of whose image `image` is the name, are not started. `folder`
    takes the project's file.

    Raises ServiceNotReadyError with the last lines of the service that is to blame.
    """
    _Project(session, tool, document, image, folder, timeout).bring_up(services)


class _Project:
    def __init__(
        self,
        session: Session,
        tool: ComposeTool,
        document: Document,
        image: str,
        folder: Path,
        timeout: float,
    ) -> None:
        self._session = session
        self._engine = session.engine
        self._tool = tool
        self._document = document
        self._image = image
        self._folder = folder
        self._deadline = time.monotonic() + timeout
        self._timeout = timeout
        self._name = session.project()

    def bring_up(self, services: Sequence[Service]) -> None:
        for service in services:
            needed = needed_services(self._document, service.name)
            if needed:
                self._start(service, needed)
            if not self._has_all(service):
                arguments = ["up", "--no-start", "--no-deps", service.name]
                self._run(service, arguments)
        for service in services:
            for dependency in service.dependencies:
                self._wait_for(dependency)

    def _start(self, service: Service, needed: Sequence[str]) -> None:
        self._run(service, ["up", "--detach", *needed])

    def _run(self, service: Service, arguments: Sequence[str]) -> None:
        file = self._folder / f"compose-{service.name}.json"
        labels = self._session.labels(_PURPOSE)
        document = project_document(self._document, service.name, self._image, labels)
        file.write_text(json.dumps(document), "utf-8")
        ran = None
        try:
            ran = self._tool.run([file], self._name, arguments, timeout=self._left())
        finally:
            if ran is None or ran.status is None:
                self._session.expect_orphans()
        if ran.status != 0:
            raise self._failed(service, ran)

    def _has_all(self, service: Service) -> bool:
        """Whether the networks and volumes of the service are there: some versions of the tool make
        those of the file, others those of the services that they start."""
        return all(map(self._engine.has_network, service.networks)) and all(
            map(self._engine.has_volume, service.volumes)
        )

    def _left(self) -> float:
        return max(_SHORTEST, self._deadline - time.monotonic())

    # ---- readiness

    def _wait_for(self, dependency: Dependency) -> None:
        while True:
            states = [self._state(each) for each in self._containers(dependency.service)]
            pending = ""
            for container, state in states:
                problem, done = _judged(dependency.condition, state)
                if problem:
                    raise self._not_ready(dependency.service, problem, container, state)
                pending = pending or ("" if done else container)
            if states and not pending:
                return
            if time.monotonic() > self._deadline:
                problem = f"is not {_aim(dependency.condition)} within {self._timeout:g} s"
                container, state = next(
                    ((each, its) for each, its in states if each == pending), ("", {})
                )
                raise self._not_ready(dependency.service, problem, container, state)
            time.sleep(_PAUSE)

    def _containers(self, service: str = "") -> list[dict[str, Any]]:
        found = self._engine.containers_labelled(f"{_PROJECT_LABEL}={self._name}")
        return [
            each for each in found if not service or each["Labels"].get(_SERVICE_LABEL) == service
        ]

    def _state(self, container: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        identity = str(container["Id"])
        return identity, dict(self._engine.inspect_container(identity)["State"])

    # ---- what went wrong

    def _failed(self, service: Service, ran: Ran) -> ServiceNotReadyError:
        """The tool could not start all, or took too long: a service that is unwell is the cause."""
        for each in self._containers():
            container, state = self._state(each)
            name = each["Labels"].get(_SERVICE_LABEL, "")
            health = (state.get("Health") or {}).get("Status")
            ended = state.get("Status") == "exited" and state.get("ExitCode")
            if health == "unhealthy" or ended or (ran.status is None and health == "starting"):
                problem = (
                    f"ended with status {state['ExitCode']}"
                    if ended
                    else "is unhealthy"
                    if health == "unhealthy"
                    else f"is not healthy within {self._timeout:g} s"
                )
                return self._not_ready(name, problem, container, state)
        took = f" within {self._timeout:g} s" if ran.status is None else ""
        return ServiceNotReadyError(
            f"{self._tool.name} could not start what the service {service.name} needs{took}",
            hint="`--compose-timeout SECONDS` gives it longer"
            if took
            else f"`{self._tool.name} up` with the same file must work first",
            details=_last_lines(ran.stderr),
        )

    def _not_ready(
        self, service: str, problem: str, container: str, state: dict[str, Any]
    ) -> ServiceNotReadyError:
        checks = (state.get("Health") or {}).get("Log") or []
        said = str(checks[-1].get("Output") or "").strip() if checks else ""
        logs = self._engine.logs(container) if container else ""
        return ServiceNotReadyError(
            f"the service {service} {problem}",
            hint=f"{last_lines(logs)}; --compose-timeout SECONDS gives services longer",
            details="\n".join(
                filter(None, (logs, f"its health check says: {said}" if said else ""))
            ),
        )


def _judged(condition: str, state: dict[str, Any]) -> tuple[str, bool]:
    """(what is wrong for good, whether the condition holds)."""
    health = (state.get("Health") or {}).get("Status")
    exited = not state.get("Running") and state.get("Status") in ("exited", "dead")
    status = state.get("ExitCode")
    if exited and status:
        return f"ended with status {status}", False
    if condition == "service_completed_successfully":
        return "", exited
    if condition == "service_healthy":
        if exited:
            return "ended before it was healthy", False
        if health is None and state.get("Running"):
            return "has no health check, and depends_on waits for one", False
        return ("is unhealthy", False) if health == "unhealthy" else ("", health == "healthy")
    return "", bool(state.get("Running")) or exited


def _aim(condition: str) -> str:
    return {
        "service_completed_successfully": "done",
        "service_healthy": "healthy",
    }.get(condition, "started")


def _last_lines(text: str, count: int = 20) -> str:
    return "\n".join(text.strip().splitlines()[-count:])
