package dev.ringshard.rebalance;

import dev.ringshard.Ringshard;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Pages of sites, which are the keys, and what each must hold by what was acknowledged. A page counts its hits, and has a row for
 * each; now and then it is deleted with them, and begins anew. So a write that is lost, torn or repeated shows, in the answer to the
 * next one or in the end. A page has one writer.
 */
final class HitPages {
    static final String HEAVY = "heavy";
    static final String HOT = "hot";

    /** Those that others refer to first. */
    static final List<ShardedTable> TABLES =
            List.of(ShardedTable.byKey("pages", "site"), ShardedTable.byKey("hits", "site"));

    /** What a configuration in YAML says of them. */
    static final String YAML = """
            tables:
              sharded:
                - { name: pages, key: site }
                - { name: hits, key: site }""";

    static final String SCHEMA = """
            CREATE TABLE pages (site text, page int, hits bigint NOT NULL, PRIMARY KEY (site, page));
            CREATE TABLE hits (site text, page int, number bigint, PRIMARY KEY (site, page, number))""";

    private static final String SMALL = "small-";
    private static final int SMALL_SITES = 1_000;
    private static final int PAGES_OF_SMALL = 4;
    private static final int PAGES_OF_HOT = 32;

    private static final int ONE_IN = 20;
    private static final long GONE = -1;
    private static final int MOST_TOLD = 20;

    private final int ofHeavy;

    /** How many hits a page has, or {@link #GONE}: of the heavy site, then of the small ones, then of the hot one. */
    private final long[] acknowledged;

    HitPages(int ofHeavy) {
        this.ofHeavy = ofHeavy;
        this.acknowledged = new long[ofHeavy + SMALL_SITES * PAGES_OF_SMALL + PAGES_OF_HOT];
    }

    private record Page(String site, int number) {}

    /** Some pages: every so many-th of a part of them. */
    record Share(int first, int behindLast, int step) {
        private int any(RandomGenerator random) {
            int last = (behindLast - 1 - first) / step;
            return first + step * random.nextInt(last + 1);
        }
    }

    Share ofHeavy(int writer, int writers) {
        return new Share(writer, ofHeavy, writers);
    }

    Share ofSmall(int writer, int writers) {
        return new Share(ofHeavy + writer, acknowledged.length - PAGES_OF_HOT, writers);
    }

    Share ofHot(int writer, int writers) {
        return new Share(acknowledged.length - PAGES_OF_HOT + writer, acknowledged.length, writers);
    }

    /** Makes all pages, without a hit. */
    void create(TestDatabase database) throws SQLException {
        database.execute(SCHEMA);
        database.execute(
                "INSERT INTO pages SELECT '%s', i, 0 FROM generate_series(0, %d) i".formatted(HEAVY, ofHeavy - 1));
        database.execute("INSERT INTO pages SELECT '%s' || i / %d, i %% %d, 0 FROM generate_series(0, %d) i"
                .formatted(SMALL, PAGES_OF_SMALL, PAGES_OF_SMALL, SMALL_SITES * PAGES_OF_SMALL - 1));
        database.execute(
                "INSERT INTO pages SELECT '%s', i, 0 FROM generate_series(0, %d) i".formatted(HOT, PAGES_OF_HOT - 1));
    }

    private Page page(int index) {
        int small = index - ofHeavy;
        int hot = small - SMALL_SITES * PAGES_OF_SMALL;
        if (hot >= 0) {
            return new Page(HOT, hot);
        }
        return small >= 0 ? new Page(SMALL + small / PAGES_OF_SMALL, small % PAGES_OF_SMALL) : new Page(HEAVY, index);
    }

    private int index(Page page) {
        return switch (page.site) {
            case HEAVY -> page.number;
            case HOT -> acknowledged.length - PAGES_OF_HOT + page.number;
            default -> ofHeavy + Integer.parseInt(page.site.substring(SMALL.length())) * PAGES_OF_SMALL + page.number;
        };
    }

    /** Hits or deletes one page of those that are only the caller's, in a transaction; one of the hot site stays open for a while. */
    void write(Ringshard shop, Share own, RandomGenerator random) {
        int index = own.any(random);
        Page page = page(index);
        long before = acknowledged[index];
        boolean deletes = before != GONE && random.nextInt(ONE_IN) == 0;
        long expected = deletes ? GONE : before + 1;
        long after = shop.router().transaction(page.site, tx -> deletes ? delete(tx, page, before) : hit(tx, page));
        if (after != expected) {
            throw new AssertionError("%s had %d hits, and after a write %d".formatted(page, before, after));
        }
        acknowledged[index] = after;
    }

    /** A page that is not there begins without a hit. */
    private static long hit(KeyedTransaction tx, Page page) {
        if (page.site.equals(HOT)) {
            tx.dsl().execute("SELECT pg_sleep(0.025)"); // so that somebody is always in the middle of a transaction
        }
        long hits = tx.dsl().fetchSingle("""
                        INSERT INTO pages VALUES (?, ?, 0)
                        ON CONFLICT (site, page) DO UPDATE SET hits = pages.hits + 1 RETURNING hits""", page.site, page.number).get(0, Long.class);
        if (hits > 0) {
            tx.dsl().execute("INSERT INTO hits VALUES (?, ?, ?)", page.site, page.number, hits);
        }
        return hits;
    }

    private static long delete(KeyedTransaction tx, Page page, long before) {
        long hits = tx.dsl().execute("DELETE FROM hits WHERE site = ? AND page = ?", page.site, page.number);
        int pages = tx.dsl().execute("DELETE FROM pages WHERE site = ? AND page = ?", page.site, page.number);
        if (hits != before || pages != 1) {
            throw new AssertionError(
                    "%s had %d hits, and was deleted with %d, %d times".formatted(page, before, hits, pages));
        }
        return GONE;
    }

    /** Where the databases together, to which nobody writes any more, hold something else: the first of the sentences. */
    List<String> differences(List<TestDatabase> databases) throws SQLException {
        List<String> differences = new ArrayList<>();
        long[] found = new long[acknowledged.length];
        Arrays.fill(found, GONE);
        for (TestDatabase database : databases) {
            read(database, found, differences);
        }
        for (int index = 0; index < found.length; index++) {
            if (found[index] != acknowledged[index]) {
                differences.add(
                        "%s should have %d hits and has %d".formatted(page(index), acknowledged[index], found[index]));
            }
        }
        return differences.subList(0, Math.min(MOST_TOLD, differences.size()));
    }

    private void read(TestDatabase database, long[] found, List<String> differences) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT site, page, pages.hits, count(number), count(number) FILTER (WHERE number BETWEEN 1 AND pages.hits)
                        FROM pages FULL JOIN hits USING (site, page) GROUP BY site, page, pages.hits""")) {
            while (row.next()) {
                Page page = new Page(row.getString(1), row.getInt(2));
                long hits = row.getLong(3);
                int index = index(page);
                if (row.wasNull() || row.getLong(4) != hits || row.getLong(5) != hits) {
                    differences.add("%s has counted %d hits and has %d, of which %d are of those numbers"
                            .formatted(page, hits, row.getLong(4), row.getLong(5)));
                }
                if (found[index] != GONE) {
                    differences.add(page + " is there twice");
                }
                found[index] = hits;
            }
        }
    }
}
