package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.SHARD_NUMBER;

import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;

/** The SQL of {@code ringshard.shard_number}. Every method runs in the caller's transaction. */
public final class ShardNumberTable {
    /** So many shards a cluster can have in its life. */
    public static final int MOST = 1024;

    private ShardNumberTable() {}

    /** The numbers that are known here, by the shards' names. */
    public static Map<String, Integer> all(DSLContext dsl) {
        return dsl.selectFrom(SHARD_NUMBER)
                .fetchMap(SHARD_NUMBER.SHARD_NAME, row -> row.getShardNumber().intValue());
    }

    /** Stores the numbers of founders: their places in the order of their names. */
    public static void insertFounders(DSLContext dsl, List<String> founders) {
        List<String> sorted = founders.stream().sorted().toList();
        for (String founder : sorted) {
            insert(dsl, founder, sorted.indexOf(founder));
        }
    }

    /** Stores the number of a shard, instead of an earlier one. Fails as a duplicate where another shard has it. */
    public static void put(DSLContext dsl, String shard, int number) {
        dsl.deleteFrom(SHARD_NUMBER).where(SHARD_NUMBER.SHARD_NAME.eq(shard)).execute();
        insert(dsl, shard, number);
    }

    private static void insert(DSLContext dsl, String shard, int number) {
        dsl.insertInto(SHARD_NUMBER)
                .set(SHARD_NUMBER.SHARD_NAME, shard)
                .set(SHARD_NUMBER.SHARD_NUMBER_, (short) number)
                .execute();
    }
}
