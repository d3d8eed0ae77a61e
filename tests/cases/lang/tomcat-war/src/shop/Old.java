package shop;
import jakarta.servlet.http.*;
public class Old extends HttpServlet { protected void doGet(HttpServletRequest q, HttpServletResponse a) throws java.io.IOException { a.sendRedirect("goods.jsp"); } }
