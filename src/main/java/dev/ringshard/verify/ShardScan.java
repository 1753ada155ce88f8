package dev.ringshard.verify;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.scatter.ShardPart;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One pass over all rows of one shard, in its snapshot, in constant memory: what is kept are counts, a few examples, and
 * what audits keep. Runs once, on one thread.
 */
final class ShardScan {
    private static final int ROWS_AT_ONCE = 1000;

    private final ShardPart part;
    private final Dialect dialect;
    private final RowCheck check;
    private final RowMeter meter;
    private final FindingCounter<MisplacedRow> misplaced;
    private final FindingCounter<WrongToken> wrongTokens;
    private final Map<String, Long> owned = new LinkedHashMap<>();
    private int untold;
    private boolean mayShareKeys;

    /** @param examples how many to keep of each kind of finding */
    ShardScan(ShardPart part, RowCheck check, RowMeter meter, int examples) {
        this.part = part;
        this.dialect = Dialect.of(part.dsl());
        this.check = check;
        this.meter = meter;
        misplaced = new FindingCounter<>(examples);
        wrongTokens = new FindingCounter<>(examples);
    }

    /**
     * What was found.
     *
     * @param owned how many rows of each table are the shard's own
     * @param mayShareKeys whether a key may have rows on another shard as well
     */
    record Result(
            Map<String, Long> owned,
            boolean mayShareKeys,
            Occurrences<MisplacedRow> misplaced,
            Occurrences<WrongToken> wrongTokens) {}

    /** @param first the position of the first column that is the audit's */
    private record AuditedColumns(ShardAudit audit, int first) {}

    /** @param audits begun on this shard */
    Result run(List<ShardedTable> tables, List<ShardAudit> audits) throws SQLException {
        for (ShardedTable table : tables) {
            owned.put(table.name(), scan(table, audits));
        }
        meter.add(untold);
        return new Result(owned, mayShareKeys, misplaced.found(), wrongTokens.found());
    }

    /** How many of the rows are the shard's own. */
    private long scan(ShardedTable table, List<ShardAudit> audits) throws SQLException {
        List<String> columns = new ArrayList<>();
        columns.add(dialect.token(table));
        columns.add(table.key().map(dialect::keyText).orElse("CAST(NULL AS VARCHAR(1))"));
        List<AuditedColumns> audited = new ArrayList<>();
        for (ShardAudit audit : audits) {
            List<String> ofAudit = audit.columns(table);
            if (!ofAudit.isEmpty()) {
                audited.add(new AuditedColumns(audit, columns.size() + 1));
                columns.addAll(ofAudit);
            }
        }
        AtomicLong own = new AtomicLong();
        part.scan("SELECT %s FROM %s".formatted(String.join(", ", columns), table.name()), row -> {
            String key = row.getString(2);
            long token = row.getLong(1);
            check(table, key, token);
            if (check.owns(token)) {
                own.incrementAndGet();
                for (AuditedColumns of : audited) {
                    of.audit.read(table, String.valueOf(key), token, row, of.first);
                }
            }
        });
        return own.get();
    }

    private void check(ShardedTable table, @Nullable String key, long token) {
        if (key != null) {
            boolean fits = check.fits(key, token);
            if (!fits) {
                wrongTokens.add(() -> new WrongToken(part.shard(), table.name(), key, token, check.tokenOf(key)));
            }
            mayShareKeys = mayShareKeys || check.mayBeShared(token, fits);
        }
        if (check.isStray(token)) {
            misplaced.add(() -> new MisplacedRow(
                    part.shard(),
                    table.name(),
                    Optional.ofNullable(key),
                    token,
                    check.ring().ownerOf(token)));
        }
        if (++untold == ROWS_AT_ONCE) {
            meter.add(untold);
            untold = 0;
        }
    }
}
