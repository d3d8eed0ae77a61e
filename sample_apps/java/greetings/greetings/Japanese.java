package greetings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import ledger.Greeting;

/** Reads its text from a resource of its own jar. */
public final class Japanese implements Greeting {
    @Override
    public String language() {
        return "ja";
    }

    @Override
    public String greet(String name) {
        try (InputStream text = Japanese.class.getResourceAsStream("/META-INF/greetings/ja.txt")) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8).strip() + " " + name;
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
