import io

MEDIA = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'


def export(goods):
    from openpyxl import Workbook
    book = Workbook()
    for good in goods:
        book.active.append([good.name, good.price])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
