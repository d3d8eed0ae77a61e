"""Follows a parcel through a WebSocket: `python3 -m app.client WORD`."""

import asyncio
import sys

from websockets.asyncio.client import connect


async def follow(word: str) -> None:
    async with connect("ws://127.0.0.1:8000/follow") as socket:
        await socket.send(word)
        sys.stdout.write(f"{await socket.recv()}\n")


if __name__ == "__main__":
    asyncio.run(follow(sys.argv[1]))
