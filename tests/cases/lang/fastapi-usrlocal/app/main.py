import importlib
from pathlib import Path

from fastapi import FastAPI, Form, HTTPException, Request, WebSocket
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException as StarletteHTTPException

HERE = Path(__file__).parent
app = FastAPI(title='shop', version='4.2')
pages = Jinja2Templates(directory=HERE / 'templates')
app.mount('/static', StaticFiles(directory=HERE / 'static'), name='static')


@app.exception_handler(StarletteHTTPException)
async def error(request: Request, exc):
    return pages.TemplateResponse(request, 'error.html', {'code': exc.status_code}, status_code=exc.status_code)


@app.get('/health')
async def health():
    return {'status': 'ok'}


@app.get('/', response_class=HTMLResponse)
def index(request: Request):
    from app.db import Good, session
    with session() as db:
        return pages.TemplateResponse(request, 'goods.html', {'goods': db.query(Good).all()})


@app.post('/orders', status_code=201)
def order(email: str = Form(), note: str = Form('')):
    from pydantic import EmailStr, TypeAdapter
    from app.db import Order, session
    try:
        email = TypeAdapter(EmailStr).validate_python(email)
    except ValueError as e:
        raise HTTPException(422, str(e))
    with session() as db:
        row = Order(email=email, note=note)
        db.add(row)
        db.commit()
        return {'order': row.id, 'email': row.email}


@app.get('/goods/{number}')
def good(number: int):
    from app.db import Good, session
    with session() as db:
        row = db.get(Good, number)
        if not row:
            raise HTTPException(404)
        return {'name': row.name, 'price': row.price}


@app.get('/export/{kind}')
def export(kind: str):
    from app.db import Good, session
    try:
        module = importlib.import_module('app.exporters.' + kind)
    except ImportError:
        raise HTTPException(404)
    with session() as db:
        return Response(module.export(db.query(Good).all()), media_type=module.MEDIA)


@app.get('/time/{area}/{place}')
def time(area: str, place: str, locale: str = 'en'):
    from datetime import datetime
    from zoneinfo import ZoneInfo
    from babel.dates import format_datetime
    return {'time': format_datetime(datetime(2024, 7, 1, 12, tzinfo=ZoneInfo(f'{area}/{place}')), 'EEEE, d MMMM yyyy HH:mm zzzz', locale=locale)}


@app.get('/badge/{text}')
def badge(text: str, kind: str = 'png'):
    import io
    from PIL import Image, ImageDraw, ImageFont
    image = Image.new('RGB', (160, 40), 'navy')
    ImageDraw.Draw(image).text((5, 5), text, font=ImageFont.load_default(size=20), fill='white')
    out = io.BytesIO()
    image.save(out, kind)
    return Response(out.getvalue(), media_type='image/' + kind)


@app.get('/token')
def token():
    import jwt
    from cryptography.hazmat.primitives.asymmetric import ec
    key = ec.generate_private_key(ec.SECP256R1())
    return jwt.decode(jwt.encode({'sub': 'ann'}, key, 'ES256'), key.public_key(), ['ES256'])


@app.post('/login')
def login(password: str = Form()):
    from passlib.context import CryptContext
    context = CryptContext(schemes=['pbkdf2_sha512', 'sha256_crypt'])
    return {'login': context.verify(password, context.hash('secret')) and context.verify(password, context.hash('secret', scheme='sha256_crypt'))}


@app.get('/manual', response_class=HTMLResponse)
def manual():
    import markdown
    return markdown.markdown((HERE / 'manual.md').read_text(), extensions=['codehilite', 'tables', 'fenced_code'])


@app.websocket('/feed')
async def feed(socket: WebSocket):
    await socket.accept()
    await socket.send_json({'tea': 3})
    await socket.close()
