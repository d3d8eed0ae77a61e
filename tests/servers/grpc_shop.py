"""A gRPC server with a health check, reflection, and a cart of things that lie in files."""

from __future__ import annotations

import sys
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf import timestamp_pb2 as timestamp
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

PORT = 50051
FILES = [
    {
        "name": "shop/line.proto",
        "package": "shop",
        "syntax": "proto3",
        "messageType": [
            {
                "name": "Line",
                "field": [
                    {"name": "text", "number": 1, "type": "TYPE_STRING"},
                    {"name": "item_count", "number": 2, "type": "TYPE_INT64"},
                ],
            }
        ],
    },
    {
        "name": "shop/cart.proto",
        "package": "shop",
        "syntax": "proto3",
        "dependency": ["shop/line.proto", "google/protobuf/timestamp.proto"],
        "messageType": [
            {
                "name": "Item",
                "field": [
                    {"name": "id", "number": 1, "type": "TYPE_INT64"},
                    {
                        "name": "since",
                        "number": 2,
                        "type": "TYPE_MESSAGE",
                        "typeName": ".google.protobuf.Timestamp",
                    },
                ],
            },
            {
                "name": "Basket",
                "field": [
                    {
                        "name": "lines",
                        "number": 1,
                        "type": "TYPE_MESSAGE",
                        "label": "LABEL_REPEATED",
                        "typeName": ".shop.Line",
                    },
                    {
                        "name": "since",
                        "number": 2,
                        "type": "TYPE_MESSAGE",
                        "typeName": ".google.protobuf.Timestamp",
                    },
                ],
            },
        ],
        "service": [
            {
                "name": "Cart",
                "method": [
                    {"name": "Get", "inputType": ".shop.Item", "outputType": ".shop.Basket"},
                    {
                        "name": "Watch",
                        "inputType": ".shop.Item",
                        "outputType": ".shop.Basket",
                        "serverStreaming": True,
                    },
                ],
            }
        ],
    },
]


def descriptor_set() -> bytes:
    """What `protoc --include_imports --descriptor_set_out` writes for the service."""
    files = descriptor_pb2.FileDescriptorSet()
    timestamp.DESCRIPTOR.CopyToProto(files.file.add())
    for each in FILES:
        json_format.ParseDict(each, files.file.add())
    return bytes(files.SerializeToString())


class Shop:
    """The running server."""

    def __init__(
        self,
        items: Path,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        reflects: bool = True,
        serving: bool = True,
        certificate: bytes = b"",
    ) -> None:
        """`items` has a file for each number; `certificate` is a PEM file with its key."""
        pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(descriptor_set()).file:
            pool.Add(file)
        self._items = items
        self._basket: Any = message_factory.GetMessageClass(
            pool.FindMessageTypeByName("shop.Basket")
        )
        item: Any = message_factory.GetMessageClass(pool.FindMessageTypeByName("shop.Item"))
        self.server = grpc.server(futures.ThreadPoolExecutor(4))
        handler = grpc.unary_unary_rpc_method_handler(
            self._get,
            request_deserializer=item.FromString,
            response_serializer=self._basket.SerializeToString,
        )
        self.server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler("shop.Cart", {"Get": handler})]
        )
        self.health = health.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self.health, self.server)
        self.set_serving(serving)
        if reflects:
            names = ("shop.Cart", reflection.SERVICE_NAME)
            reflection.enable_server_reflection(names, self.server, pool)
        place = f"{host}:{port}"
        if certificate:
            credentials = grpc.ssl_server_credentials([(certificate, certificate)])
            self.port = self.server.add_secure_port(place, credentials)
        else:
            self.port = self.server.add_insecure_port(place)
        self.server.start()

    def set_serving(self, serving: bool) -> None:
        status = health_pb2.HealthCheckResponse.ServingStatus
        for name in ("", "shop.Cart"):
            self.health.set(name, status.SERVING if serving else status.NOT_SERVING)

    def _get(self, request: Any, context: grpc.ServicerContext) -> Any:
        file = self._items / str(request.id)
        if not file.exists():
            context.set_trailing_metadata((("x-looked-for", str(request.id)),))
            context.abort(grpc.StatusCode.NOT_FOUND, f"there is no item {request.id}")
        told = dict(context.invocation_metadata()).get("x-greeting") or ""
        text = f"{told}{file.read_text().strip()}"
        context.set_trailing_metadata((("x-shelf", "top"),))
        return self._basket(
            lines=[{"text": text, "item_count": request.id}],
            since=request.since if request.HasField("since") else None,
        )


if __name__ == "__main__":
    Shop(Path(sys.argv[1]), port=PORT, host="0.0.0.0").server.wait_for_termination()
