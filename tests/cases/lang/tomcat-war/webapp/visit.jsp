<% Integer n = (Integer) session.getAttribute("n"); n = n == null ? 1 : n + 1; session.setAttribute("n", n); %>visit <%= n %>
