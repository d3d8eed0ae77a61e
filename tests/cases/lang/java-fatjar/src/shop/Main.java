package shop;

import com.sun.net.httpserver.*;
import java.io.*;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.*;
import java.nio.file.*;
import java.security.*;
import java.sql.*;
import java.text.*;
import java.time.*;
import java.time.format.*;
import java.util.*;
import java.util.concurrent.*;
import javax.net.ssl.*;

public class Main {
    interface Route { byte[] run(Map<String, String> query) throws Exception; }
    static final Map<String, Route> routes = new HashMap<>();
    static byte[] text(Object o) { return (o + "\n").getBytes(StandardCharsets.UTF_8); }

    static void answer(HttpExchange x) throws IOException {
        int code = 200; byte[] out;
        String path = x.getRequestURI().getPath();
        Map<String, String> query = new HashMap<>();
        if (x.getRequestURI().getQuery() != null)
            for (String p : x.getRequestURI().getQuery().split("&")) { int i = p.indexOf('='); query.put(p.substring(0, i), p.substring(i + 1)); }
        try {
            Route r = routes.get(path);
            if (r == null) { code = 404; out = Pages.show("error.ftl", Map.of("code", 404, "why", "nothing here")); }
            else out = r.run(query);
        } catch (Throwable t) {
            t.printStackTrace();
            code = 500;
            try { out = Pages.show("error.ftl", Map.of("code", 500, "why", String.valueOf(t.getMessage()))); } catch (Throwable u) { out = text(u); }
        }
        x.sendResponseHeaders(code, out.length);
        try (OutputStream o = x.getResponseBody()) { o.write(out); }
    }

    public static void main(String[] args) throws Exception {
        routes.put("/health", q -> text("ok"));
        routes.put("/", q -> Pages.show("goods.ftl", Map.of("goods", Store.goods())));
        routes.put("/json", q -> new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsBytes(Store.goods()));
        routes.put("/csv", q -> {
            var s = new StringWriter();
            try (var p = new org.apache.commons.csv.CSVPrinter(s, org.apache.commons.csv.CSVFormat.EXCEL)) { for (var g : Store.goods()) p.printRecord(g.get("name"), g.get("price")); }
            return text(s);
        });
        routes.put("/html", q -> text(org.jsoup.Jsoup.parse("<p>a &eacute; <b>c").select("b").text()));
        routes.put("/export", q -> {
            for (var e : ServiceLoader.load(Export.class)) if (e.name().equals(q.get("kind"))) return text(e.export(Store.goods()));
            throw new NoSuchElementException("no such export");
        });
        routes.put("/hello", q -> text(ResourceBundle.getBundle("texts", Locale.forLanguageTag(q.get("locale"))).getString("hello")));
        routes.put("/date", q -> text(ZonedDateTime.of(2024, 7, 1, 12, 0, 0, 0, ZoneId.of("UTC")).withZoneSameInstant(ZoneId.of(q.get("zone")))
            .format(DateTimeFormatter.ofPattern("EEEE d MMMM yyyy HH:mm zzzz", Locale.forLanguageTag(q.get("locale"))))));
        routes.put("/money", q -> text(NumberFormat.getCurrencyInstance(Locale.forLanguageTag(q.get("locale"))).format(1234.5)));
        routes.put("/charset", q -> text(HexFormat.of().formatHex("日本".getBytes(Charset.forName(q.get("name"))))));
        routes.put("/badge", q -> {
            var image = new java.awt.image.BufferedImage(160, 40, java.awt.image.BufferedImage.TYPE_INT_RGB);
            var g = image.createGraphics();
            g.setFont(new java.awt.Font("DejaVu Sans", java.awt.Font.PLAIN, 16));
            g.drawString(q.get("text"), 5, 25);
            var out = new ByteArrayOutputStream();
            javax.imageio.ImageIO.write(image, q.getOrDefault("kind", "png"), out);
            return out.toByteArray();
        });
        routes.put("/xslt", q -> {
            var out = new StringWriter();
            javax.xml.transform.TransformerFactory.newInstance().newTransformer(new javax.xml.transform.stream.StreamSource(new StringReader(
                "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:template match='/a'><b><xsl:value-of select='count(c)'/></b></xsl:template></xsl:stylesheet>")))
                .transform(new javax.xml.transform.stream.StreamSource(new StringReader("<a><c/><c/></a>")), new javax.xml.transform.stream.StreamResult(out));
            return text(out);
        });
        routes.put("/crypt", q -> {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            var s = Signature.getInstance("Ed25519"); s.initSign(pair.getPrivate()); s.update(new byte[] {1}); var sig = s.sign();
            var c = javax.crypto.Cipher.getInstance("ChaCha20-Poly1305"); c.init(1, new javax.crypto.spec.SecretKeySpec(new byte[32], "ChaCha20"), new javax.crypto.spec.IvParameterSpec(new byte[12]));
            return text(sig.length + " " + c.doFinal(new byte[10]).length);
        });
        routes.put("/roots", q -> {
            var f = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm()); f.init((KeyStore) null);
            return text(((X509TrustManager) f.getTrustManagers()[0]).getAcceptedIssuers().length);
        });
        routes.put("/fetch", q -> {
            var c = SSLContext.getInstance("TLS");
            var f = TrustManagerFactory.getInstance("PKIX"); var ks = KeyStore.getInstance("PKCS12");
            try (var in = new FileInputStream("/app/shop.p12")) { ks.load(in, "secret1".toCharArray()); }
            var only = KeyStore.getInstance("PKCS12"); only.load(null, null); only.setCertificateEntry("shop", ks.getCertificate("shop"));
            f.init(only); c.init(null, f.getTrustManagers(), null);
            var client = java.net.http.HttpClient.newBuilder().sslContext(c).build();
            System.setProperty("jdk.internal.httpclient.disableHostnameVerification", "true");
            return text(client.send(java.net.http.HttpRequest.newBuilder(URI.create("https://localhost:8443/json")).build(), java.net.http.HttpResponse.BodyHandlers.ofString()).body());
        });
        routes.put("/zip", q -> {
            Path z = Path.of("/tmp/goods.zip"); Files.deleteIfExists(z);
            try (var fs = FileSystems.newFileSystem(URI.create("jar:" + z.toUri()), Map.of("create", "true"))) { Files.writeString(fs.getPath("/goods.txt"), "tea"); }
            return Files.readAllBytes(z);
        });
        routes.put("/script", q -> {
            var p = new ProcessBuilder("sort", "-r").redirectErrorStream(true).start();
            try (var o = p.getOutputStream()) { o.write("a\nb\n".getBytes()); }
            return p.getInputStream().readAllBytes();
        });
        routes.put("/beans", q -> text(java.lang.management.ManagementFactory.getPlatformMBeanServer().getMBeanCount()));
        routes.put("/log", q -> { java.util.logging.Logger.getLogger("shop").warning("marker " + q.get("text")); return text("logged"); });
        routes.put("/flight", q -> { try (var r = new jdk.jfr.Recording(jdk.jfr.Configuration.getConfiguration("default"))) { r.start(); return text(r.getState()); } });
        routes.put("/collate", q -> { var w = new ArrayList<>(List.of("Zebra", "Äpfel", "Apfel")); w.sort(Collator.getInstance(Locale.GERMAN)); return text(w); });
        routes.put("/crash", q -> { throw new IllegalStateException("crash on demand"); });

        var pool = Executors.newFixedThreadPool(4);
        var plain = HttpServer.create(new InetSocketAddress(8080), 0);
        plain.createContext("/", Main::answer); plain.setExecutor(pool); plain.start();
        var ks = KeyStore.getInstance("PKCS12");
        try (var in = new FileInputStream("/app/shop.p12")) { ks.load(in, "secret1".toCharArray()); }
        var kmf = KeyManagerFactory.getInstance("SunX509"); kmf.init(ks, "secret1".toCharArray());
        var ctx = SSLContext.getInstance("TLS"); ctx.init(kmf.getKeyManagers(), null, null);
        var tls = HttpsServer.create(new InetSocketAddress(8443), 0);
        tls.setHttpsConfigurator(new HttpsConfigurator(ctx)); tls.createContext("/", Main::answer); tls.setExecutor(pool); tls.start();
    }
}
