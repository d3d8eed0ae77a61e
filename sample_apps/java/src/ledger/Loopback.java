package ledger;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Servers on the loopback interface, and clients of them, within one request. */
final class Loopback {
    private Loopback() {}

    /** The client verifies with the runtime's own store of authorities. */
    static String overTls() throws Exception {
        char[] password = "loopback".toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream stream = Files.newInputStream(Path.of("loopback.p12"))) {
            keys.load(stream, password);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);

        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        answerWith(server, "over TLS");
        try {
            URI address = URI.create("https://localhost:" + server.getAddress().getPort() + "/");
            HttpsURLConnection connection = (HttpsURLConnection) address.toURL().openConnection();
            String body = new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return body + " with " + connection.getCipherSuite() + ", to "
                    + connection.getPeerPrincipal().getName();
        } finally {
            server.stop(0);
        }
    }

    static String overHttp() throws IOException, InterruptedException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answerWith(server, "by the new client");
        try {
            URI address = URI.create("http://localhost:" + server.getAddress().getPort() + "/");
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } finally {
            server.stop(0);
        }
    }

    private static void answerWith(HttpServer server, String text) {
        server.createContext("/", exchange -> {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            try (var stream = exchange.getResponseBody()) {
                stream.write(body);
            }
        });
        server.start();
    }
}
