from xml.etree import ElementTree as ET

MEDIA = 'application/xml'


def export(goods):
    root = ET.Element('goods')
    for good in goods:
        ET.SubElement(root, 'good', name=good.name, price=str(good.price))
    return ET.tostring(root)
