"""What a run leaves in a Docker engine beside images: what has its label."""

from __future__ import annotations

from typing import Any, cast

from slimmer.engine.docker.failures import if_possible, translated


class Belongings:
    """The part of interface.Engine that finds and removes what a run made."""

    _client: Any

    def containers_labelled(self, label: str) -> list[dict[str, Any]]:
        with translated("list containers"):
            return cast(
                list[dict[str, Any]], self._client.containers(all=True, filters={"label": label})
            )

    def networks_labelled(self, label: str) -> list[dict[str, Any]]:
        with translated("list networks"):
            return cast(list[dict[str, Any]], self._client.networks(filters={"label": label}))

    def has_network(self, name: str) -> bool:
        with translated("list networks"):
            return any(each["Name"] == name for each in self._client.networks(names=[name]))

    def remove_network(self, network: str) -> None:
        with if_possible("remove the network"):
            self._client.remove_network(network)

    def volumes_labelled(self, label: str) -> list[dict[str, Any]]:
        with translated("list volumes"):
            return list(self._client.volumes(filters={"label": label})["Volumes"] or ())

    def has_volume(self, name: str) -> bool:
        with translated("list volumes"):
            found = self._client.volumes(filters={"name": name})["Volumes"] or ()
            return any(each["Name"] == name for each in found)

    def remove_volume(self, volume: str) -> None:
        with if_possible("remove the volume"):
            self._client.remove_volume(volume)
