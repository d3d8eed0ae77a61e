"""The tasks. What a task alone needs is imported in it."""

import io
from pathlib import Path

import numpy
import pandas
from PIL import Image

SAMPLES = Path(__file__).with_name("samples")
TASKS = {}


def task(function):
    TASKS[function.__name__] = function
    return function


@task
def health():
    return {"status": "ok"}


@task
def mean():
    """The mean of a column, group by group."""
    table = pandas.read_csv(SAMPLES / "weather.csv")
    return table.groupby("city")["degrees"].mean().to_dict()


@task
def weeks(zone="UTC"):
    """A series of hours, by weeks, in a time zone."""
    hours = pandas.date_range("2024-03-30", periods=48, freq="h", tz=zone)
    series = pandas.Series(numpy.arange(48.0), index=hours)
    by_day = series.resample("D").mean()
    return {str(day): value for day, value in by_day.items()}


@task
def pivot():
    table = pandas.read_csv(SAMPLES / "weather.csv", parse_dates=["day"])
    wide = table.pivot_table(index="day", columns="city", values="degrees")
    return {"rolling": wide.rolling(2).mean().iloc[-1].round(2).to_dict()}


@task
def excel():
    """Written and read again through a workbook."""
    table = pandas.read_csv(SAMPLES / "weather.csv")
    book = io.BytesIO()
    table.to_excel(book, sheet_name="Wetter", index=False)
    again = pandas.read_excel(book, sheet_name="Wetter")
    return {"same": again.equals(table)}


@task
def sql():
    """Written to a database below /tmp, and asked."""
    import sqlite3
    import tempfile

    table = pandas.read_csv(SAMPLES / "weather.csv")
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as file:
        database = sqlite3.connect(file.name)
        table.to_sql("weather", database)
        found = pandas.read_sql_query("SELECT max(degrees) AS most FROM weather", database)
        database.close()
    return found["most"].tolist()


@task
def formats():
    """What tables are kept in."""
    table = pandas.read_csv(SAMPLES / "weather.csv", encoding="utf-8")
    packed = io.BytesIO()
    table.to_pickle(packed, compression="xz")
    packed.seek(0)
    same = pandas.read_pickle(packed, compression="xz").equals(table)
    return {"pickle": same, "latex": "toprule" in table.to_string() or len(table.to_json())}


@task
def solve():
    """Linear algebra by the library that numpy carries."""
    matrix = numpy.array([[4.0, 1.0], [1.0, 3.0]])
    values = numpy.linalg.eigvalsh(matrix)
    return {
        "x": numpy.linalg.solve(matrix, numpy.array([1.0, 2.0])).round(4).tolist(),
        "trace": float(numpy.sum(values).round(6)),
        "svd": numpy.linalg.svd(matrix, compute_uv=False).shape,
    }


@task
def waves():
    spectrum = numpy.fft.rfft(numpy.sin(numpy.linspace(0, 2 * numpy.pi, 64, endpoint=False)))
    return {"strongest": int(numpy.abs(spectrum).argmax())}


@task
def dice():
    generator = numpy.random.default_rng(7)
    old = numpy.random.RandomState(7)
    return {"new": generator.integers(1, 7, 5).tolist(), "old": old.randint(1, 7, 5).tolist()}


@task
def polynomial():
    from numpy.polynomial import Chebyshev

    roots = Chebyshev([0, 0, 1]).roots()
    return {
        "roots": sorted(roots.round(4).tolist()),
        "masked": int(numpy.ma.masked_less([1, 5], 3).count()),
    }


@task
def picture(format="PNG"):
    """A picture in a format of choice."""
    image = Image.linear_gradient("L").convert("RGB").resize((32, 32))
    out = io.BytesIO()
    image.save(out, format)
    out.seek(0)
    with Image.open(out) as again:
        again.load()
        return {"format": again.format, "size": again.size}


@task
def text(font="DejaVuSans.ttf"):
    """Drawn letters, by a font of the system or by Pillow's own."""
    from PIL import ImageDraw, ImageFont

    letters = ImageFont.load_default(20) if font == "own" else ImageFont.truetype(font, 20)
    image = Image.new("L", (120, 40))
    ImageDraw.Draw(image).text((2, 2), "Grüße", 255, font=letters)
    out = io.BytesIO()
    image.save(out, "PNG")
    return "image/png", out.getvalue()


@task
def filters():
    from PIL import ImageCms, ImageFilter, ImageOps

    image = Image.radial_gradient("L").convert("RGB")
    profile = ImageCms.createProfile("sRGB")
    lab = ImageCms.createProfile("LAB")
    ImageCms.profileToProfile(image, profile, lab, outputMode="LAB")
    return {"size": ImageOps.fit(image.filter(ImageFilter.GaussianBlur(2)), (10, 10)).size}


@task
def style():
    """The optional parts of pandas say what they miss."""
    table = pandas.read_csv(SAMPLES / "weather.csv")
    try:
        table.to_parquet(io.BytesIO())
    except ImportError as error:
        return {"missing": str(error)}
    return {"missing": ""}


@task
def dates():
    from dateutil import parser, rrule

    start = parser.parse("1st of July 2024 10:00 CEST", tzinfos={"CEST": 7200})
    last = list(rrule.rrule(rrule.MONTHLY, count=3, dtstart=start))[-1]
    return {"last": last.isoformat()}


@task
def processes():
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(numpy.sqrt, [1.0, 4.0, 9.0]))
