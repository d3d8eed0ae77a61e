<%@ tag body-content="empty" %><%@ attribute name="amount" required="true" type="java.math.BigDecimal" %><%= java.text.NumberFormat.getCurrencyInstance(java.util.Locale.GERMANY).format(amount) %>
