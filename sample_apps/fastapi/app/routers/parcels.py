"""Parcels, as pydantic understands them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, File, Form, UploadFile, WebSocket
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import AnyUrl, BaseModel, EmailStr, Field, IPvAnyAddress, SecretStr

router = APIRouter()


class Parcel(BaseModel):
    """One parcel on its way."""

    id: UUID = Field(default_factory=uuid4)
    sender: EmailStr
    weight: Annotated[Decimal, Field(gt=0, decimal_places=2)]
    size: Literal["s", "m", "l"] = "m"
    track: AnyUrl | None = None
    origin: IPvAnyAddress | None = None
    due: datetime | None = None
    pin: SecretStr = SecretStr("0000")


@router.post("/parcels", status_code=201)
async def add(parcel: Parcel) -> Parcel:
    return parcel


@router.get("/parcels/{number}")
async def get(number: int) -> Parcel:
    raise LookupError(f"parcel {number}")


@router.get("/due/{zone:path}")
async def due(zone: str, at: datetime) -> dict[str, str]:
    return {"local": at.astimezone(ZoneInfo(zone)).isoformat()}


@router.post("/label")
async def label(
    note: Annotated[str, Form()], picture: Annotated[UploadFile, File()]
) -> dict[str, object]:
    """An upload large enough to be put on disk."""
    return {"note": note, "kind": picture.content_type, "bytes": len(await picture.read())}


@router.post("/token")
async def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    return {"access_token": form.username, "token_type": "bearer"}


@router.get("/long")
async def long() -> list[int]:
    return list(range(1000))


@router.websocket("/follow")
async def follow(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_json({"echo": await socket.receive_text()})
    await socket.close()
