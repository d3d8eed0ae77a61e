package shop.export;
import java.io.StringWriter;
import java.util.*;
import javax.xml.stream.*;
public class Xml implements shop.Export {
    public String name() { return "xml"; }
    public String export(List<Map<String, Object>> goods) throws Exception {
        var s = new StringWriter(); var w = XMLOutputFactory.newInstance().createXMLStreamWriter(s);
        w.writeStartElement("goods");
        for (var g : goods) { w.writeEmptyElement("good"); w.writeAttribute("name", g.get("name").toString()); }
        w.writeEndElement(); w.close();
        return s.toString();
    }
}
