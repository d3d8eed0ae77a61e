package ledger;

/** A service: other jars on the class path bring its providers. */
public interface Greeting {
    String language();

    String greet(String name);
}
