package shop;
import freemarker.template.*;
import java.io.*;
import java.util.*;
class Pages {
    static byte[] show(String name, Map<String, ?> vars) throws Exception {
        var c = new Configuration(Configuration.VERSION_2_3_31);
        c.setClassForTemplateLoading(Pages.class, "/templates");
        c.setDefaultEncoding("UTF-8");
        var out = new StringWriter();
        c.getTemplate(name).process(vars, out);
        return out.toString().getBytes("UTF-8");
    }
}
