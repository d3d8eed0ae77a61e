"""Calls to other services, programs and threads; nothing of it is loaded before it is asked for."""

import asyncio
import sys
from collections.abc import AsyncIterator

from fastapi import APIRouter, BackgroundTasks
from fastapi.responses import StreamingResponse

router = APIRouter(prefix="/services")


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(
        b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\nconnection: close\r\n\r\nfrom behind TLS"
    )
    await writer.drain()
    writer.close()


@router.get("/tls")
async def tls() -> dict[str, str]:
    """httpx against a server on loopback, which the system's trust store vouches for."""
    import ssl

    import httpx

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("/srv/tls/cert.pem", "/srv/tls/key.pem")
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with server, httpx.AsyncClient(verify=ssl.create_default_context()) as client:
        answer = await client.get(f"https://127.0.0.1:{port}/")
    return {"said": answer.text}


@router.get("/untrusted")
async def untrusted() -> dict[str, str]:
    """The same with httpx's own authorities, of which none vouches for it."""
    import ssl

    import httpx

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("/srv/tls/cert.pem", "/srv/tls/key.pem")
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with server, httpx.AsyncClient(trust_env=False) as client:
        try:
            await client.get(f"https://127.0.0.1:{port}/")
        except httpx.ConnectError as error:
            return {"refused": str(error)}
    return {"refused": ""}


@router.get("/itself")
async def itself() -> dict[str, int]:
    """The application without a network, as its own tests and jobs ask it."""
    import httpx

    from app.main import app

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://register") as client:
        answer = await client.get("/openapi.json")
    return {"paths": len(answer.json()["paths"])}


@router.get("/program")
async def program() -> dict[str, str]:
    command = (sys.executable, "-c", "import json; print(json.dumps('from a program'))")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    return {"said": said.decode().strip()}


@router.get("/stream")
async def stream() -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        for number in range(3):
            yield f"data: {number}\n\n"
            await asyncio.sleep(0)

    return StreamingResponse(parts(), media_type="text/event-stream")


@router.get("/later")
async def later(tasks: BackgroundTasks) -> dict[str, str]:
    """A task behind the answer, in a thread, with a database in a temporary file."""
    tasks.add_task(_write_down)
    return {"status": "will be done"}


def _write_down() -> None:
    import sqlite3
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".sqlite") as file:
        database = sqlite3.connect(file.name)
        (version,) = database.execute("SELECT json_extract('{\"a\": 3}', '$.a')").fetchone()
        database.close()
    sys.stderr.write(f"written down: {version}\n")


@router.get("/settings")
def settings() -> dict[str, object]:
    import yaml

    return {"settings": yaml.safe_load("a: [1, 2]\nb: 2024-07-01\n")}


@router.get("/broken")
async def broken() -> dict[str, str]:
    raise RuntimeError("a bug in the register")
