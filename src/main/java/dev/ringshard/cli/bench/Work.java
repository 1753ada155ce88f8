package dev.ringshard.cli.bench;

/** What is measured, in the order in which it is. */
public enum Work {
    POINT_READ("point read"),
    DEPOSIT("deposit"),
    INSERT("insert"),
    MIX("mix");

    private final String text;

    Work(String text) {
        this.text = text;
    }

    /** As people call it. */
    public String text() {
        return text;
    }
}
