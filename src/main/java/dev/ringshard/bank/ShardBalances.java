package dev.ringshard.bank;

import dev.ringshard.config.BankConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.scatter.ShardPart;
import dev.ringshard.verify.AuditFinding;
import dev.ringshard.verify.Placement;
import dev.ringshard.verify.ShardAudit;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Compares each balance of one shard with the sum of its entries.
 *
 * <p>Every row is read once, in the order in which the database stores them, in constant memory. Grouping them by
 * customer would have the database sort or hash all entries before its first answer; a {@link LedgerSketch} says where
 * to look instead, and only there rows are read again, by key. Where it is not a customer's balance that differs but a
 * token, the rows of one key count in two places; such a key is judged as a whole.
 *
 * <p>Not found: entries without a customer which add up to zero. For one thread.
 */
final class ShardBalances implements ShardAudit {
    private static final List<Account> ACCOUNTS = List.of(Account.values()); // values() makes an array each time

    private final LedgerLine.Sql sql;
    private final ShardedTable customers;
    private final ShardedTable entries;
    private final ShardPart part;
    private final Placement placement;
    private final LedgerSketch sketch = new LedgerSketch();

    ShardBalances(BankConfig bank, ShardPart part, Placement placement) {
        this.customers = bank.customers();
        this.entries = bank.accountEntries();
        this.sql = new LedgerLine.Sql(customers.name(), entries.name());
        this.part = part;
        this.placement = placement;
    }

    @Override
    public List<String> columns(ShardedTable table) {
        if (table.equals(customers)) {
            return ACCOUNTS.stream()
                    .map(account -> CustomerTable.balance(account).getName())
                    .toList();
        }
        return table.equals(entries) ? List.of("account", "amount") : List.of();
    }

    @Override
    public void read(ShardedTable table, String key, long token, ResultSet row, int first) throws SQLException {
        if (table.equals(customers)) {
            for (int i = 0; i < ACCOUNTS.size(); i++) {
                Optional<BigDecimal> balance = Money.find(row, first + i);
                if (balance.isPresent()) {
                    sketch.balance(key, token, ACCOUNTS.get(i), balance.get());
                } else {
                    sketch.suspect(token);
                }
            }
        } else {
            Optional<BigDecimal> amount = Money.find(row, first + 1);
            if (amount.isPresent()) {
                sketch.entry(key, token, Account.valueOf(row.getString(first)), amount.get());
            } else {
                sketch.suspect(token);
            }
        }
    }

    /**
     * Each key once. Rows that are the shard's own say which keys are looked at; all rows of a key that are not hidden say
     * whether they agree.
     */
    @Override
    public void end(Consumer<AuditFinding> found) throws SQLException {
        for (TokenRange slice : sketch.suspects()) {
            long first = slice.first();
            long last = slice.last();
            part.scan(
                    sql.differing(),
                    row -> {
                        LedgerLine suspect = LedgerLine.read(row);
                        if (placement.owns(suspect.token())) {
                            judgeWhole(suspect, found);
                        }
                    },
                    first,
                    last,
                    first,
                    last);
        }
    }

    private void judgeWhole(LedgerLine suspect, Consumer<AuditFinding> found) throws SQLException {
        List<LedgerLine> lines = new ArrayList<>();
        part.scan(
                sql.ofKey(),
                row -> {
                    LedgerLine line = LedgerLine.read(row);
                    if (!placement.hides(line.token())) {
                        lines.add(line);
                    }
                },
                suspect.key(),
                suspect.key());
        boolean told = lines.stream()
                .anyMatch(line -> line.token() < suspect.token() && placement.owns(line.token()) && line.differs());
        List<Imbalance> accounts =
                lines.stream().reduce(LedgerLine::plus).orElseThrow().imbalances();
        if (!told && !accounts.isEmpty()) {
            found.accept(new AuditFinding(
                    part.shard(),
                    suspect.key(),
                    accounts.stream().map(Imbalance::text).collect(Collectors.joining("; "))));
        }
    }
}
