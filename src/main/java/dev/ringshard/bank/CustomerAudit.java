package dev.ringshard.bank;

import dev.ringshard.config.BankConfig;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.scatter.ShardPart;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Reads all that one shard stores of customers, hidden rows too, and compares each balance with the sum of its entries.
 *
 * <p>Every row is read once, in the order in which the database stores them, in constant memory. Grouping them by
 * customer would have the database sort or hash all entries before its first answer; a {@link LedgerSketch} says where
 * to look instead, and only there rows are read again, by key. Where it is not a customer's balance that differs but a
 * token, the rows of one key count in two places; such a key is judged as a whole.
 *
 * <p>Not found: entries without a customer which add up to zero. For one thread.
 */
public final class CustomerAudit {
    private static final List<Account> ACCOUNTS = List.of(Account.values()); // values() makes an array each time

    private final ShardPart part;
    private final BankTables tables;
    private final LedgerLine.Sql queries;
    private final LedgerSketch sketch = new LedgerSketch();

    /** An audit of a part that is open for as long as it takes. */
    public CustomerAudit(ShardPart part, BankConfig bank) {
        this.part = part;
        this.tables = BankTables.of(bank);
        this.queries = new LedgerLine.Sql(tables.customers(), tables.entries());
    }

    /** Is told every row, and judges it. */
    @FunctionalInterface
    public interface RowJudge {
        /** Whether the row is the shard's own, so that its money counts. */
        boolean isOwn(String table, String key, long token);
    }

    /** Takes a customer's key and the token that is stored with it. */
    @FunctionalInterface
    public interface KeyConsumer {
        void accept(String key, long token) throws SQLException;
    }

    /** Takes the accounts of one key that do not agree with their entries. */
    @FunctionalInterface
    public interface ImbalanceConsumer {
        void accept(String key, List<Imbalance> accounts);
    }

    /** Whether a table is the one of the customers themselves, one row for each. */
    public boolean isOfCustomer(String table) {
        return table.equals(tables.customers());
    }

    /** Reads all rows. */
    public void read(RowJudge judge) throws SQLException {
        part.scan(CustomerTable.balancesOfAll(tables), row -> {
            String key = row.getString(1);
            long token = row.getLong(2);
            if (judge.isOwn(tables.customers(), key, token)) {
                for (int i = 0; i < ACCOUNTS.size(); i++) {
                    sketch.balance(key, token, ACCOUNTS.get(i), row.getBigDecimal(3 + i));
                }
            }
        });
        part.scan(EntryTable.amountsOfAll(tables), row -> {
            String key = row.getString(1);
            long token = row.getLong(2);
            if (judge.isOwn(tables.entries(), key, token)) {
                sketch.entry(key, token, Account.valueOf(row.getString(3)), row.getBigDecimal(4));
            }
        });
    }

    /**
     * After {@link #read}: the keys whose balances differ from their entries, each once. Rows that are the shard's own
     * say which keys are looked at; all rows of a key that are not hidden say whether they agree.
     *
     * @param isOwn of a token
     * @param isHidden of a token
     */
    public void findImbalances(LongPredicate isOwn, LongPredicate isHidden, ImbalanceConsumer found)
            throws SQLException {
        for (TokenRange slice : sketch.suspects()) {
            long first = slice.first();
            long last = slice.last();
            part.scan(
                    queries.differing(),
                    row -> {
                        LedgerLine suspect = LedgerLine.read(row);
                        if (isOwn.test(suspect.token())) {
                            judgeWhole(suspect, isOwn, isHidden, found);
                        }
                    },
                    first,
                    last,
                    first,
                    last);
        }
    }

    private void judgeWhole(LedgerLine suspect, LongPredicate isOwn, LongPredicate isHidden, ImbalanceConsumer found)
            throws SQLException {
        List<LedgerLine> lines = new ArrayList<>();
        part.scan(
                queries.ofKey(),
                row -> {
                    LedgerLine line = LedgerLine.read(row);
                    if (!isHidden.test(line.token())) {
                        lines.add(line);
                    }
                },
                suspect.key(),
                suspect.key());
        boolean told = lines.stream()
                .anyMatch(line -> line.token() < suspect.token() && isOwn.test(line.token()) && line.differs());
        List<Imbalance> accounts =
                lines.stream().reduce(LedgerLine::plus).orElseThrow().imbalances();
        if (!told && !accounts.isEmpty()) {
            found.accept(suspect.key(), accounts);
        }
    }

    /** Tells the key and the stored token of every customer on a shard, hidden or not. */
    public static void customers(ShardPart part, BankConfig bank, KeyConsumer consumer) throws SQLException {
        part.scan(
                CustomerTable.keysOfAll(BankTables.of(bank)), row -> consumer.accept(row.getString(1), row.getLong(2)));
    }

    /** Those of some customers who are on a shard, hidden or not, with the token that is stored with them. */
    public static Map<String, Long> tokensOf(ShardPart part, BankConfig bank, Collection<String> keys) {
        return new CustomerTable(BankTables.of(bank)).tokensOf(part, keys);
    }
}
