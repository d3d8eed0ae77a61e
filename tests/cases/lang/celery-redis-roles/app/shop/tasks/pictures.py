from shop.tasks import app
@app.task(name="shop.thumbnail")
def thumbnail(size="40", kind="WEBP"):
    from PIL import Image, ImageDraw, ImageFilter
    i = Image.new("RGB", (400, 200), "teal"); ImageDraw.Draw(i).text((9, 9), "tea"); i.thumbnail((int(size), int(size))); i.filter(ImageFilter.BLUR).save(f"/data/t.{kind.lower()}", kind); return list(i.size)
