package dev.ringshard.serve;

import java.nio.charset.StandardCharsets;

/** What is sent to whoever asked. */
record Answer(int code, String contentType, byte[] body) {
    private static final String TEXT = "text/plain; charset=utf-8";
    static final String JSON = "application/json; charset=utf-8";

    static Answer ok(String contentType, byte[] body) {
        return new Answer(200, contentType, body);
    }

    static Answer json(int code, Json body) {
        return new Answer(code, JSON, body.bytes());
    }

    /** One sentence. */
    static Answer text(int code, String sentence) {
        return new Answer(code, TEXT, (sentence + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
