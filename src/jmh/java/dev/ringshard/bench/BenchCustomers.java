package dev.ringshard.bench;

import dev.ringshard.Ringshard;
import dev.ringshard.failure.KeysOnDifferentShardsException;
import dev.ringshard.scatter.ShardPart;
import java.util.Collection;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * The customers of one run, to be deleted with their entries and balances, which an application cannot do.
 */
final class BenchCustomers {
    private static final int TOGETHER = 1_000;
    private static final Field<String> KEY = DSL.field("customer_key", String.class);
    private static final Field<Long> TOKEN = DSL.field("ring_token", Long.class);

    private final Ringshard cluster;
    private final Table<?> customers;
    private final Table<?> entries;
    private final RunKeys keys;

    BenchCustomers(Ringshard cluster, StoredTables tables, RunKeys keys) {
        this.cluster = cluster;
        this.customers = DSL.table(tables.customers());
        this.entries = DSL.table(tables.entries());
        this.keys = keys;
    }

    /** Deletes them; says how many there were. */
    long deleteAll(BenchProgress progress) {
        long all = sum(cluster.scatter().gather(this::count).values());
        long deleted = 0;
        while (true) {
            Collection<List<String>> parts =
                    cluster.scatter().gather(this::some).values();
            if (parts.stream().allMatch(List::isEmpty)) {
                return deleted;
            }
            for (List<String> part : parts) {
                delete(part);
                deleted += part.size();
                progress.tell("", deleted, (double) deleted / Math.max(deleted, all));
            }
        }
    }

    private static long sum(Collection<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    private long count(ShardPart part) {
        return part.dsl().fetchCount(customers, ofTheRun().and(part.visible(TOKEN)));
    }

    private List<String> some(ShardPart part) {
        return part.dsl()
                .select(KEY)
                .from(customers)
                .where(ofTheRun())
                .and(part.visible(TOKEN))
                .limit(TOGETHER)
                .fetch(KEY);
    }

    /** The keys sort by code point, and a full stop follows the hyphen that ends the prefix. */
    private org.jooq.Condition ofTheRun() {
        return KEY.ge(keys.prefix()).and(KEY.lt(keys.run() + "."));
    }

    /** All in one transaction, if they still live together; one by one otherwise. */
    private void delete(List<String> some) {
        if (some.isEmpty()) {
            return;
        }
        try {
            cluster.router().transaction(some, transaction -> delete(transaction.dsl(), some));
        } catch (KeysOnDifferentShardsException someHaveMoved) {
            for (String key : some) {
                cluster.router().transaction(key, transaction -> delete(transaction.dsl(), List.of(key)));
            }
        }
    }

    private int delete(DSLContext dsl, List<String> some) {
        dsl.deleteFrom(entries).where(KEY.in(some)).execute();
        return dsl.deleteFrom(customers).where(KEY.in(some)).execute();
    }
}
