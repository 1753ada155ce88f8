package dev.ringshard.internal.serve;

/** What is sent to the client. */
record HttpAnswer(int code, String contentType, String body) {
    private static final String TEXT = "text/plain; charset=utf-8";
    static final String JSON = "application/json; charset=utf-8";

    static HttpAnswer ok(String contentType, String body) {
        return new HttpAnswer(200, contentType, body);
    }

    static HttpAnswer json(int code, JsonText body) {
        return new HttpAnswer(code, JSON, body.text());
    }

    /** One sentence. */
    static HttpAnswer text(int code, String sentence) {
        return new HttpAnswer(code, TEXT, sentence + "\n");
    }
}
