package shop;
import jakarta.servlet.*; import jakarta.servlet.annotation.*; import jakarta.servlet.http.*;
import java.io.*; import java.util.*; import java.util.concurrent.*; import java.nio.charset.*; import java.time.*; import java.time.format.*; import java.text.*;
@WebServlet(urlPatterns = {"/health", "/api/*"}, asyncSupported = true) @MultipartConfig(fileSizeThreshold = 1000)
public class Api extends HttpServlet {
  protected void service(HttpServletRequest q, HttpServletResponse a) throws IOException, ServletException {
    String what = q.getPathInfo() == null ? "health" : q.getPathInfo().substring(1); a.setContentType("text/plain; charset=UTF-8");
    Locale l = q.getParameter("locale") == null ? Locale.ENGLISH : Locale.forLanguageTag(q.getParameter("locale"));
    try { switch (what) {
      case "health": a.getWriter().print("ok"); break;
      case "upload": Part p = q.getPart("f"); a.getWriter().print(p.getSubmittedFileName() + " " + p.getSize()); break;
      case "hello": a.getWriter().print(MessageFormat.format(ResourceBundle.getBundle("shop.texts", l).getString("greeting"), "Ann", new Date(1719828000000L))); break;
      case "date": a.getWriter().print(ZonedDateTime.of(2024, 7, 1, 12, 0, 0, 0, ZoneId.of("UTC")).withZoneSameInstant(ZoneId.of(q.getParameter("zone"))).format(DateTimeFormatter.ofPattern("EEEE d MMMM HH:mm z", l))); break;
      case "picture": { var b = new java.awt.image.BufferedImage(120, 40, 1); var g = b.createGraphics(); g.setFont(new java.awt.Font("SansSerif", 1, 20)); g.drawString("Tea", 5, 25);
        a.setContentType("image/png"); javax.imageio.ImageIO.write(b, q.getParameter("as") == null ? "png" : q.getParameter("as"), a.getOutputStream()); break; }
      case "charset": a.getWriter().print(new String("Grüße 日本".getBytes(q.getParameter("cs")), q.getParameter("cs"))); break;
      case "crypt": { var f = javax.crypto.SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256"); byte[] k = f.generateSecret(new javax.crypto.spec.PBEKeySpec("x".toCharArray(), new byte[16], 1000, 128)).getEncoded();
        var c = javax.crypto.Cipher.getInstance("AES/GCM/NoPadding"); c.init(1, new javax.crypto.spec.SecretKeySpec(k, "AES")); c.doFinal(new byte[5]); var e = java.security.KeyPairGenerator.getInstance("Ed25519").generateKeyPair(); a.getWriter().print("sealed " + e.getPublic().getAlgorithm()); break; }
      case "xslt": { var t = javax.xml.transform.TransformerFactory.newInstance().newTransformer(new javax.xml.transform.stream.StreamSource(new StringReader("<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:template match='/'><o><xsl:value-of select='count(//i)'/></o></xsl:template></xsl:stylesheet>")));
        t.transform(new javax.xml.transform.stream.StreamSource(new StringReader("<a><i/><i/></a>")), new javax.xml.transform.stream.StreamResult(a.getWriter())); break; }
      case "tls": { var s = (javax.net.ssl.SSLSocketFactory) javax.net.ssl.SSLSocketFactory.getDefault(); var tm = javax.net.ssl.TrustManagerFactory.getInstance("PKIX"); tm.init((java.security.KeyStore) null); a.getWriter().print("authorities " + (((javax.net.ssl.X509TrustManager) tm.getTrustManagers()[0]).getAcceptedIssuers().length > 100)); break; }
      case "prefs": a.getWriter().print(java.lang.management.ManagementFactory.getRuntimeMXBean().getVmName() + " " + java.util.logging.Logger.getLogger("x")); break;
      case "run": { Process r = new ProcessBuilder("sh", "-c", "uname -s; id -un").start(); a.getWriter().print(new String(r.getInputStream().readAllBytes()).replace('\n', ' ')); break; }
      case "async": { AsyncContext c = q.startAsync(); c.start(() -> { try { Thread.sleep(300); c.getResponse().getWriter().print("later"); } catch (Exception e) { } c.complete(); }); break; }
      case "xls": { var z = new java.util.zip.ZipOutputStream(a.getOutputStream()); z.putNextEntry(new java.util.zip.ZipEntry("a.txt")); z.write(65); z.close(); break; }
      case "crash": throw new IllegalStateException("on demand");
      default: a.sendError(404);
    } } catch (java.security.GeneralSecurityException | javax.xml.transform.TransformerException e) { throw new ServletException(e); }
  }
}
