package dev.ringshard.internal.serve;

/** What is sent to the client. */
record HttpResponse(int code, String contentType, String body) {
    private static final String TEXT = "text/plain; charset=utf-8";
    static final String JSON = "application/json; charset=utf-8";

    static HttpResponse ok(String contentType, String body) {
        return new HttpResponse(200, contentType, body);
    }

    static HttpResponse json(int code, JsonText body) {
        return new HttpResponse(code, JSON, body.text());
    }

    /** One sentence. */
    static HttpResponse text(int code, String sentence) {
        return new HttpResponse(code, TEXT, sentence + "\n");
    }
}
