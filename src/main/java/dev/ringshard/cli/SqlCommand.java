package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.command.CommandException;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ScreenText;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.jdbc.AllShardsDataSource;
import dev.ringshard.jdbc.RowOrigin;
import dev.ringshard.jdbc.ShardKey;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "sql",
        description = "Runs a query on all shards, on the one that owns a key, or on one by name; writes nothing.",
        footer = {
            "",
            "Example: ringshard sql \"SELECT count(*) FROM orders\"",
            "Example: ringshard sql \"SELECT * FROM orders WHERE tenant_id = 'acme'\" --key acme",
            "Example: ringshard sql \"SELECT * FROM pg_stat_activity\" --shard eu-2",
            "Example: ringshard sql \"SELECT * FROM orders\" --csv > orders.csv",
            "",
            "Each shard runs the query as it is, in one snapshot; together these hold every",
            "row once. Sums and counts are those of each shard. While rows move, a query has",
            "to leave out what is on its way: WHERE ringshard.is_owned(ring_token), or, where",
            "no token is stored, WHERE ringshard.is_owned(ringshard.token(KEY::text)).",
            "With --shard it runs on that one as it is, also while others do not answer.",
        })
final class SqlCommand extends ClusterCommand {
    private static final int FETCH_SIZE = 1000;

    @Parameters(paramLabel = "QUERY", description = "SELECT, WITH, VALUES, TABLE, SHOW or EXPLAIN.")
    String query = "";

    @Option(names = "--key", paramLabel = "KEY", description = "Ask only the shard that owns this key.")
    @Nullable
    String key;

    @Option(names = "--shard", paramLabel = "SHARD", description = "Ask only this shard, as it is.")
    @Nullable
    String shard;

    @Option(names = "--csv", description = "Print all rows as CSV in UTF-8, as they come; the report goes to stderr.")
    boolean csv;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Read no more rows than so; default: 1000, and all with --csv.")
    @Nullable
    Integer limit;

    SqlCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        require(!csv || !json, "--csv and --json are two shapes of the same rows: give one of them.");
        require(limit == null || limit > 0, "--limit is the number of rows to read, from 1 on.");
        require(!query.isBlank(), "The query is empty.");
        require(key == null || shard == null, "--key and --shard each name a shard: give one of them.");
        RingshardConfig config = config();
        if (shard != null) {
            shard(config, shard);
        }
        try (Ringshard cluster = opened(config);
                Connection connection = connection(cluster)) {
            connection.setAutoCommit(false);
            String owner = key == null ? null : owner(connection);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(FETCH_SIZE);
                try (ResultSet rows = statement.executeQuery(query)) {
                    return csv ? written(rows, owner) : shown(rows, owner);
                }
            }
        } catch (SQLException failure) {
            throw failed(failure);
        }
    }

    private Connection connection(Ringshard cluster) throws SQLException {
        String asked = key;
        if (asked == null) {
            AllShardsDataSource all = cluster.dataSource().allShards();
            return (shard == null ? all : all.only(shard)).getConnection();
        }
        ShardKey owned = argument(() -> ShardKey.of(asked));
        Connection connection = cluster.dataSource()
                .createConnectionBuilder()
                .shardingKey(owned)
                .build();
        connection.setReadOnly(true);
        return connection;
    }

    /** The shard whose snapshot it is. */
    private static String owner(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(MembershipTable.SHARD_NAME)) {
            row.next();
            return row.getString(1);
        }
    }

    private static String shard(ResultSet rows, @Nullable String owner) throws SQLException {
        return owner == null ? rows.unwrap(RowOrigin.class).shard() : owner;
    }

    private Report shown(ResultSet rows, @Nullable String owner) throws SQLException {
        int most = limit == null ? 1000 : limit;
        SqlColumns columns = SqlColumns.of(rows.getMetaData());
        List<SqlReport.Row> read = new ArrayList<>();
        boolean hasMore = false;
        while (!hasMore && rows.next()) {
            hasMore = read.size() == most;
            if (!hasMore) {
                read.add(new SqlReport.Row(shard(rows, owner), columns.values(rows)));
            }
        }
        return new SqlReport(columns, read, hasMore, next(), sameCommand("--csv"));
    }

    private Report written(ResultSet rows, @Nullable String owner) throws SQLException {
        SqlColumns columns = SqlColumns.of(rows.getMetaData());
        SqlCsv lines = new SqlCsv(terminal.data());
        long written = 0;
        try {
            lines.header(columns);
            while ((limit == null || written < limit) && rows.next()) {
                lines.row(shard(rows, owner), columns.values(rows));
                written++;
            }
            lines.flush();
        } catch (IOException failure) {
            throw new CommandException(
                    ExitCode.FAILED,
                    "Stdout takes no more: %s. What it took is not all. Repeat the command."
                            .formatted(failure.getMessage()),
                    failure);
        }
        return new SqlCsvReport(written, next());
    }

    /** The rows are on stdout already. */
    @Override
    protected void show(Report report) {
        if (csv) {
            report.lines(terminal.style()).forEach(terminal.err()::println);
            terminal.err().flush();
        } else {
            super.show(report);
        }
    }

    /** What Ringshard says of itself is known to the handler; a database's answer is told, and who has to mend what. */
    private static RuntimeException failed(SQLException failure) {
        if (failure.getCause() instanceof RingshardException known && !isRefusal(failure)) {
            return known;
        }
        String message = FailureKind.isNoQuery(failure)
                ? "it is no query, and nothing is written here"
                : ScreenText.printable(
                        String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given"));
        return new CommandException(
                isRefusal(failure) ? ExitCode.USAGE : ExitCode.FAILED,
                "The query was not run to its end: %s%nNothing was changed.".formatted(message),
                failure);
    }

    /** Whether the query itself is wrong: it would write, does not work, or its text or a value in it cannot be used. */
    private static boolean isRefusal(SQLException failure) {
        String state = String.valueOf(failure.getSQLState()).toUpperCase(Locale.ROOT);
        return state.equals("25006") || state.matches("(0A|22|42|90).*");
    }
}
