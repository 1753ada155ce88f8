package dev.ringshard.cli;

import static dev.ringshard.cli.Screens.NEXT;
import static dev.ringshard.cli.Screens.assertScreen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rows of a query over all shards, as they are shown. */
class SqlScreensTest {
    private static final SqlColumns COLUMNS =
            new SqlColumns(List.of(new SqlColumns.Column("note", false), new SqlColumns.Column("amount", true)));
    private static final List<SqlReport.Row> ROWS = List.of(
            row("eu-1", "short", "12.50"),
            row("eu-1", null, null),
            row("eu-12", "two\nlines \u001B[31m" + "x".repeat(60), 7));
    private static final String WHOLE = "ringshard sql --csv 'TABLE notes' --config bank.yaml";

    private static SqlReport.Row row(String shard, @Nullable Object... values) {
        return new SqlReport.Row(shard, Arrays.asList(values));
    }

    @Test
    void rows_have_their_shard_in_front_and_long_or_steering_texts_are_tamed() {
        assertScreen(ScreenStyle.PLAIN, new SqlReport(COLUMNS, ROWS, false, NEXT, WHOLE), """
                  shard  note                                      amount
                  eu-1   short                                      12.50
                  eu-1   –                                              –
                  eu-12  two\uFFFDlines \uFFFD[31mxxxxxxxxxxxxxxxxxxxxxxxx…       7

                3 rows from 2 shards.
                Next: ringshard status --config bank.yaml
                """);
    }

    @Test
    void where_there_are_more_the_command_for_all_is_named() {
        assertScreen(ScreenStyle.PLAIN, new SqlReport(COLUMNS, ROWS.subList(0, 1), true, NEXT, WHOLE), """
                  shard  note   amount
                  eu-1   short   12.50

                The first 1 row; there are more.
                Next: ringshard sql --csv 'TABLE notes' --config bank.yaml
                """);
    }

    @Test
    void no_rows_say_so() {
        assertScreen(ScreenStyle.PLAIN, new SqlReport(COLUMNS, List.of(), false, NEXT, WHOLE), """
                No rows.
                Next: ringshard status --config bank.yaml
                """);
        assertScreen(ScreenStyle.PLAIN, new SqlCsvReport(1_234, NEXT), """
                Printed 1,234 rows.
                Next: ringshard status --config bank.yaml
                """);
    }

    @Test
    void json_has_the_values_in_the_order_of_the_columns() {
        assertThat(ReportJson.text(new SqlReport(COLUMNS, ROWS.subList(0, 2), true, NEXT, WHOLE).json()))
                .isEqualToIgnoringWhitespace("""
                        { "columns": ["note", "amount"],
                          "rows": [{ "shard": "eu-1", "values": ["short", "12.50"] },
                                   { "shard": "eu-1", "values": [null, null] }],
                          "more": true }""");
    }

    @Test
    void csv_tells_a_null_from_an_empty_text() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SqlCsv csv = new SqlCsv(bytes);
        csv.header(COLUMNS);
        csv.row("eu-1", Arrays.asList(null, ""));
        csv.row("eu-2", Arrays.asList("say \"żółw\",\nplease", 7));
        csv.flush();

        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("""
                shard,note,amount
                eu-1,,""
                eu-2,"say ""żółw"",
                please",7
                """);
    }
}
