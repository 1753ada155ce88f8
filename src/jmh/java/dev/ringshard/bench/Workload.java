package dev.ringshard.bench;

/** What is measured, in the order in which it is. */
enum Workload {
    POINT_READ("point read"),
    DEPOSIT("deposit"),
    INSERT("insert"),
    MIX("mix");

    private final String text;

    Workload(String text) {
        this.text = text;
    }

    /** Its name on screens. */
    String text() {
        return text;
    }
}
