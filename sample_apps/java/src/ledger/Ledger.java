package ledger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A server whose routes each lean on another part of the Java runtime. */
public final class Ledger {
    private static final Logger LOG = Logger.getLogger("ledger");
    private static final Map<String, Route> ROUTES = new TreeMap<>(Routes.all());

    private Ledger() {}

    /** What answers below a first path segment, given the rest of the path. */
    interface Route {
        Answer answer(String rest, HttpExchange exchange) throws Exception;
    }

    /** Status, type and body of an answer. */
    record Answer(int status, String type, byte[] body) {
        static Answer text(String text) {
            return new Answer(200, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
        }
    }

    public static void main(String[] arguments) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(8080), 0);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.createContext("/", Ledger::handle);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.stop(0);
            System.out.println("the books are closed");
        }));
        server.start();
        LOG.info("the books are open");
    }

    private static void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Answer answer;
        try {
            answer = route(path, exchange);
        } catch (Exception | Error error) {
            LOG.log(Level.SEVERE, "request for " + path + " failed", error);
            answer = new Answer(500, "text/plain", error.toString().getBytes(StandardCharsets.UTF_8));
        }
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        exchange.sendResponseHeaders(answer.status(), answer.body().length);
        try (var body = exchange.getResponseBody()) {
            body.write(answer.body());
        }
    }

    private static Answer route(String path, HttpExchange exchange) throws Exception {
        if (path.equals("/")) {
            String version = Ledger.class.getPackage().getImplementationVersion();
            return page(200, "index.html", "version", version);
        }
        String[] parts = path.substring(1).split("/", 2);
        Route route = ROUTES.get(parts[0]);
        if (route == null) {
            return page(404, "missing.html", "path", path);
        }
        return route.answer(parts.length == 2 ? parts[1] : "", exchange);
    }

    private static Answer page(int status, String name, String key, String value) throws IOException {
        String text = resource("/pages/" + name).replace("${" + key + "}", value);
        return new Answer(status, "text/html; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    static String resource(String name) throws IOException {
        try (InputStream stream = Ledger.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
