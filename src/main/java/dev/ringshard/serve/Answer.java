package dev.ringshard.serve;

/** What is sent to whoever asked. */
record Answer(int code, String contentType, String body) {
    private static final String TEXT = "text/plain; charset=utf-8";
    static final String JSON = "application/json; charset=utf-8";

    static Answer ok(String contentType, String body) {
        return new Answer(200, contentType, body);
    }

    static Answer json(int code, Json body) {
        return new Answer(code, JSON, body.text());
    }

    /** One sentence. */
    static Answer text(int code, String sentence) {
        return new Answer(code, TEXT, sentence + "\n");
    }
}
