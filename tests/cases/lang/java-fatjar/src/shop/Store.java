package shop;
import java.sql.*;
import java.util.*;
class Store {
    static Connection db() throws Exception { return DriverManager.getConnection("jdbc:h2:/app/data/shop;AUTO_SERVER=TRUE"); }
    static List<Map<String, Object>> goods() throws Exception {
        var out = new ArrayList<Map<String, Object>>();
        try (var db = db(); var rows = db.createStatement().executeQuery("select name, price from goods order by price desc")) {
            while (rows.next()) out.add(new TreeMap<>(Map.of("name", rows.getString(1), "price", rows.getInt(2))));
        }
        return out;
    }
}
