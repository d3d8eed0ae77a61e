"""A register of parcels: validated models, pages, uploads, WebSockets, calls to other services."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from app.routers import parcels, services

HERE = Path(__file__).parent


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """What is said at the beginning and at the end."""
    logging.getLogger("uvicorn.error").info("the register opens")
    yield
    logging.getLogger("uvicorn.error").info("the register closes")


app = FastAPI(title="Parcels", lifespan=lifespan)
app.add_middleware(GZipMiddleware, minimum_size=500)
app.mount("/static", StaticFiles(directory=HERE / "static"))
app.include_router(parcels.router)
app.include_router(services.router)
pages = Jinja2Templates(directory=HERE / "templates")


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/")
async def index(request: Request) -> HTMLResponse:
    return pages.TemplateResponse(request, "index.html", {"title": "Parcels"})


@app.get("/letter/{name}")
async def letter(request: Request, name: str) -> HTMLResponse:
    return pages.TemplateResponse(request, "mail/letter.html", {"name": name})


@app.exception_handler(LookupError)
async def not_in_the_register(_: Request, error: LookupError) -> JSONResponse:
    return JSONResponse({"missing": str(error)}, status_code=410)
