package dev.ringshard.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows of a query as CSV (RFC 4180) in UTF-8: a null is nothing, an empty text is in quotes. */
final class SqlCsv {
    private final Writer lines;

    SqlCsv(OutputStream target) {
        lines = new BufferedWriter(new OutputStreamWriter(target, StandardCharsets.UTF_8));
    }

    void header(SqlColumns columns) throws IOException {
        row("shard", columns.columns().stream().map(SqlColumns.Column::label).toList());
    }

    void row(String shard, List<? extends @Nullable Object> values) throws IOException {
        List<@Nullable Object> fields = new ArrayList<>();
        fields.add(shard);
        fields.addAll(values);
        lines.write(fields.stream().map(SqlCsv::field).collect(Collectors.joining(",", "", "\n")));
    }

    private static String field(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        String text = String.valueOf(value);
        boolean needsQuotes =
                text.isEmpty() || text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return needsQuotes ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    void flush() throws IOException {
        lines.flush();
    }
}
