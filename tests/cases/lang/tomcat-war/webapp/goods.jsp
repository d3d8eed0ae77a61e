<%@ page contentType="text/html; charset=UTF-8" import="java.sql.*, javax.naming.*, javax.sql.*" errorPage="/WEB-INF/jsp/500.jsp" %><%@ taglib prefix="s" tagdir="/WEB-INF/tags" %><%@ include file="/WEB-INF/jsp/head.jspf" %>
<ul><% try (Connection c = ((DataSource) new InitialContext().lookup("java:comp/env/jdbc/shop")).getConnection()) {
  try (Statement s = c.createStatement()) { s.execute("CREATE TABLE IF NOT EXISTS goods (name VARCHAR(20), price DECIMAL(6,2))"); s.execute("DELETE FROM goods"); s.execute("INSERT INTO goods VALUES ('tea', 3), ('cake', 2.5)");
  ResultSet r = s.executeQuery("SELECT * FROM goods ORDER BY name"); while (r.next()) { pageContext.setAttribute("price", r.getBigDecimal(2)); %><li><%= r.getString(1) %> <s:money amount="${price}"/></li><% } } } %></ul>
<p>${empty param.q ? "no question" : param.q} ${[1,2,3].stream().map(x -> x * 2).sum()}</p></body></html>
