package shop;
public class Admin {
    public static void main(String[] args) throws Exception {
        try (var db = Store.db()) {
            switch (args[0]) {
                case "init" -> { var s = db.createStatement(); s.execute("create table goods (name varchar(40), price int)"); s.execute("insert into goods values ('tea', 3), ('salt', 1)"); }
                case "report" -> { for (var g : Store.goods()) System.out.printf("%-10s %5d%n", g.get("name"), g.get("price")); }
                case "script" -> { var r = db.createStatement().executeQuery("script"); while (r.next()) System.out.println(r.getString(1)); }
                default -> { System.err.println("usage: init|report|script"); System.exit(2); }
            }
        }
    }
}
