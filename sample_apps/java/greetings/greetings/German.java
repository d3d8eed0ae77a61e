package greetings;

import ledger.Greeting;

public final class German implements Greeting {
    @Override
    public String language() {
        return "de";
    }

    @Override
    public String greet(String name) {
        return "Guten Tag, " + name;
    }
}
