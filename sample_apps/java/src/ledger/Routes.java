package ledger;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.text.Collator;
import java.text.NumberFormat;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.prefs.Preferences;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import javax.management.ObjectName;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;
import ledger.Ledger.Answer;
import ledger.Ledger.Route;

/** What a long-lived application comes to ask of its runtime, one thing per route. */
final class Routes {
    private Routes() {}

    static Map<String, Route> all() {
        return Map.ofEntries(
                Map.entry("health", (rest, exchange) -> Answer.text("ok")),
                Map.entry("zone", (rest, exchange) -> zone(rest)),
                Map.entry("charset", (rest, exchange) -> charset(rest)),
                Map.entry("locale", (rest, exchange) -> locale(rest)),
                Map.entry("sorted", (rest, exchange) -> sorted(rest)),
                Map.entry("digest", (rest, exchange) -> digest(rest)),
                Map.entry("sign", (rest, exchange) -> sign(rest)),
                Map.entry("greet", (rest, exchange) -> greet(rest)),
                Map.entry("gzip", (rest, exchange) -> gzip(rest)),
                Map.entry("zip", (rest, exchange) -> zip(rest)),
                Map.entry("xml", (rest, exchange) -> xml()),
                Map.entry("picture", (rest, exchange) -> picture(rest)),
                Map.entry("tls", (rest, exchange) -> Answer.text(Loopback.overTls())),
                Map.entry("client", (rest, exchange) -> Answer.text(Loopback.overHttp())),
                Map.entry("process", (rest, exchange) -> process(rest)),
                Map.entry("management", (rest, exchange) -> management()),
                Map.entry("type", (rest, exchange) -> type(rest)),
                Map.entry("host", (rest, exchange) -> host(rest)),
                Map.entry("preferences", (rest, exchange) -> preferences()));
    }

    private static Answer zone(String name) {
        Instant moment = Instant.parse("2024-07-01T12:00:00Z");
        ZoneId zone = name.isEmpty() ? ZoneId.systemDefault() : ZoneId.of(name);
        return Answer.text(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm zzzz", Locale.ENGLISH)
                .format(moment.atZone(zone)));
    }

    private static Answer charset(String name) throws Exception {
        byte[] bytes = "日本 é ß".getBytes(name);
        return Answer.text(HexFormat.of().formatHex(bytes) + " "
                + new String(bytes, name) + " of " + Charset.availableCharsets().size());
    }

    private static Answer locale(String tag) {
        Locale locale = Locale.forLanguageTag(tag);
        NumberFormat money = NumberFormat.getCurrencyInstance(locale);
        money.setCurrency(Currency.getInstance("EUR"));
        String date = DateTimeFormatter.ofLocalizedDate(FormatStyle.FULL)
                .withLocale(locale).format(LocalDate.of(2024, 7, 1));
        return Answer.text(date + "; " + money.format(1234567.891) + "; "
                + locale.getDisplayLanguage(locale));
    }

    private static Answer sorted(String words) {
        String[] list = words.split(",");
        Arrays.sort(list, Collator.getInstance(new Locale("sv", "SE")));
        return Answer.text(String.join(",", list));
    }

    private static Answer digest(String algorithm) throws Exception {
        byte[] digest = MessageDigest.getInstance(algorithm).digest("abc".getBytes(StandardCharsets.UTF_8));
        return Answer.text(HexFormat.of().formatHex(digest));
    }

    /** `Ed25519` or another algorithm for keys that signs under its own name. */
    private static Answer sign(String algorithm) throws Exception {
        var keys = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(keys.getPrivate());
        signature.update(new byte[] {1, 2, 3});
        byte[] signed = signature.sign();
        signature.initVerify(keys.getPublic());
        signature.update(new byte[] {1, 2, 3});
        return Answer.text(algorithm + " " + signature.verify(signed) + " by " + signature.getProvider());
    }

    private static Answer greet(String language) {
        for (Greeting greeting : ServiceLoader.load(Greeting.class)) {
            if (greeting.language().equals(language)) {
                return Answer.text(greeting.greet("Ada"));
            }
        }
        return new Answer(404, "text/plain", ("nobody speaks " + language).getBytes(StandardCharsets.UTF_8));
    }

    private static Answer gzip(String text) throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream stream = new GZIPOutputStream(packed)) {
            stream.write(text.repeat(1000).getBytes(StandardCharsets.UTF_8));
        }
        try (var stream = new GZIPInputStream(new ByteArrayInputStream(packed.toByteArray()))) {
            return Answer.text(packed.size() < 200 ? "small, " + stream.readAllBytes().length : "large");
        }
    }

    /** A file system inside of an archive, in the temporary directory. */
    private static Answer zip(String text) throws Exception {
        Path folder = Files.createTempDirectory("ledger");
        Path archive = folder.resolve("books.zip");
        try (FileSystem inside = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            Files.writeString(inside.getPath("/entry.txt"), text);
        }
        String read;
        try (FileSystem inside = FileSystems.newFileSystem(archive)) {
            read = Files.readString(inside.getPath("/entry.txt"));
        }
        Files.delete(archive);
        Files.delete(folder);
        return Answer.text("from the archive: " + read);
    }

    private static Answer xml() throws Exception {
        String entries = "<entries><entry amount='30'/><entry amount='4'/></entries>";
        var stylesheet = new StreamSource(new StringReader(Ledger.resource("/pages/transform.xsl")));
        StringWriter result = new StringWriter();
        TransformerFactory.newInstance().newTransformer(stylesheet)
                .transform(new StreamSource(new StringReader(entries)), new StreamResult(result));
        return Answer.text(result.toString());
    }

    /** Text needs fonts and their configuration; `png`, `jpeg`, `gif`, `bmp` each an encoder. */
    private static Answer picture(String format) throws Exception {
        BufferedImage image = new BufferedImage(120, 40, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 20));
        graphics.drawString("Σ 1.234", 5, 25);
        int width = graphics.getFontMetrics().stringWidth("Σ 1.234");
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean written = ImageIO.write(image, format, bytes);
        BufferedImage read = ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()));
        return Answer.text(format + " " + written + " " + read.getWidth() + "x" + read.getHeight()
                + (width > 40 ? " with text" : " without text"));
    }

    private static Answer process(String argument) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(List.of(java, "-Xshare:auto", argument))
                .redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Answer.text("exit status " + process.waitFor() + ": " + output);
    }

    private static Answer management() throws Exception {
        var server = ManagementFactory.getPlatformMBeanServer();
        List<String> found = new ArrayList<>();
        found.add("threads " + server.getAttribute(new ObjectName("java.lang:type=Threading"), "ThreadCount"));
        found.add("processors " + server.getAttribute(
                new ObjectName("java.lang:type=OperatingSystem"), "AvailableProcessors"));
        return Answer.text(String.join(", ", found));
    }

    private static Answer type(String file) throws Exception {
        return Answer.text(Files.probeContentType(Path.of(file)) + " "
                + URLConnection.guessContentTypeFromName(file));
    }

    private static Answer host(String name) throws Exception {
        return Answer.text(InetAddress.getByName(name).toString() + " " + URI.create("http://[::1]/").getHost());
    }

    private static Answer preferences() {
        Preferences preferences = Preferences.userRoot().node("ledger");
        return Answer.text("preferences: " + preferences.get("theme", "none set"));
    }
}
