package dev.ringshard.verify;

import dev.ringshard.bank.CustomerAudit;
import dev.ringshard.config.BankConfig;
import dev.ringshard.scatter.ShardPart;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One pass over all rows of one shard, in its snapshot, in constant memory: what is kept are counts, a few examples, and
 * what {@link CustomerAudit} keeps. Runs once, on one thread.
 */
final class ShardScan {
    private static final int ROWS_AT_ONCE = 1000;

    private final ShardPart part;
    private final CustomerAudit audit;
    private final RowCheck judge;
    private final RowMeter meter;
    private final FindingCounter<MisplacedRow> misplaced;
    private final FindingCounter<WrongToken> wrongTokens;
    private final FindingCounter<Unbalanced> unbalanced;
    private long customers;
    private int untold;
    private boolean mayHoldDuplicates;

    /** @param examples how many to keep of each kind of finding */
    ShardScan(ShardPart part, BankConfig bank, RowCheck judge, RowMeter meter, int examples) {
        this.part = part;
        this.audit = new CustomerAudit(part, bank);
        this.judge = judge;
        this.meter = meter;
        misplaced = new FindingCounter<>(examples);
        wrongTokens = new FindingCounter<>(examples);
        unbalanced = new FindingCounter<>(examples);
    }

    /**
     * What was found.
     *
     * @param customers who live there
     * @param mayHoldDuplicates whether a customer may be on another shard as well
     */
    record Result(
            long customers,
            boolean mayHoldDuplicates,
            Found<MisplacedRow> misplaced,
            Found<WrongToken> wrongTokens,
            Found<Unbalanced> unbalanced) {}

    /** @param ownTables those besides the customers' own */
    Result run(List<String> ownTables) throws SQLException {
        audit.read(this::customerRow);
        for (String table : ownTables) {
            scan(table);
        }
        audit.findImbalances(
                judge::owns,
                judge::hides,
                (key, accounts) -> unbalanced.add(() -> new Unbalanced(part.shard(), key, accounts)));
        meter.add(untold);
        return new Result(customers, mayHoldDuplicates, misplaced.found(), wrongTokens.found(), unbalanced.found());
    }

    private boolean customerRow(String table, String key, long token) {
        boolean fits = keyedRow(table, key, token);
        boolean own = judge.owns(token);
        if (audit.isOfCustomer(table)) {
            customers += own ? 1 : 0;
            mayHoldDuplicates = mayHoldDuplicates || judge.mayBeDuplicate(token, fits);
        }
        return own;
    }

    /** Whether the token is the key's. */
    private boolean keyedRow(String table, String key, long token) {
        boolean fits = judge.fits(key, token);
        if (!fits) {
            wrongTokens.add(() -> new WrongToken(part.shard(), table, key, token, judge.tokenOf(key)));
        }
        row(table, key, token);
        return fits;
    }

    private void row(String table, @Nullable String key, long token) {
        if (judge.isStray(token)) {
            misplaced.add(() -> new MisplacedRow(
                    part.shard(),
                    table,
                    Optional.ofNullable(key),
                    token,
                    judge.ring().ownerOf(token)));
        }
        if (++untold == ROWS_AT_ONCE) {
            meter.add(untold);
            untold = 0;
        }
    }

    private void scan(String table) throws SQLException {
        if (hasKey(table)) {
            part.scan("SELECT ring_token, customer_key FROM " + table, row -> {
                String key = row.getString(2);
                if (key == null) {
                    row(table, null, row.getLong(1));
                } else {
                    keyedRow(table, key, row.getLong(1));
                }
            });
        } else {
            part.scan("SELECT ring_token FROM " + table, row -> row(table, null, row.getLong(1)));
        }
    }

    private boolean hasKey(String table) throws SQLException {
        try (PreparedStatement statement =
                        part.connection().prepareStatement("SELECT * FROM " + table + " WHERE 1 = 0");
                ResultSet none = statement.executeQuery()) {
            ResultSetMetaData columns = none.getMetaData();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                if (columns.getColumnName(i).equalsIgnoreCase("customer_key")) {
                    return true;
                }
            }
            return false;
        }
    }
}
