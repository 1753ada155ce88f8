package dev.ringshard.internal.shard;

import dev.ringshard.internal.shard.FoundTable.ForeignKey;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The statements that give a table its key column, filled and never null, while the application works. */
final class PostgresBackfill {
    /** Of a table, in a batch: some 10,000 rows, found without reading others. A row that moves ahead of it is met by the next pass. */
    private static final int PAGES = 128;

    private static final int LONGEST_NAME = 40;
    private static final String SHORT_LOCKS = "SET lock_timeout = '2s';";

    private PostgresBackfill() {}

    /**
     * A column that can be null, a trigger that fills it, batches for the rows that are there, and no null any more.
     *
     * @param by the foreign key that leads to the key
     * @param key that is missing
     * @param type of the column
     * @param parentKey that of the table that is referred to
     */
    static List<String> fill(ForeignKey by, String key, String type, String parentKey) {
        FoundTable table = by.child();
        String function = qualified(table, shortened("fill_%s_%s".formatted(table.plainName(), key)));
        String parent = by.parent().name();
        List<String> statements = new ArrayList<>();
        statements.add(SHORT_LOCKS);
        statements.add("ALTER TABLE %s ADD COLUMN %s %s;".formatted(table, key, type));
        statements.add("""
                CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  NEW.%s := coalesce((SELECT parent.%s FROM %s parent WHERE %s), NEW.%2$s);
                  RETURN NEW;
                END $$;""".formatted(function, key, parentKey, parent, joined(by, "NEW")));
        statements.add(
                """
                CREATE TRIGGER %s BEFORE INSERT OR UPDATE OF %s ON %s
                  FOR EACH ROW EXECUTE FUNCTION %s();""".formatted(function.substring(function.lastIndexOf('.') + 1), by.childColumns(), table, function));
        statements.add("""
                DO $$ DECLARE pages bigint; done bigint; filled bigint;
                BEGIN
                  LOOP
                    filled := 0;
                    SELECT max(pg_relation_size(part)) / current_setting('block_size')::int INTO pages
                    FROM (SELECT '%7$s'::regclass AS part UNION SELECT relid FROM pg_partition_tree('%7$s')) parts;
                    <<batch>> FOR page IN 0 .. pages BY %6$d LOOP
                      UPDATE %1$s child SET %2$s = parent.%3$s FROM %4$s parent
                      WHERE child.ctid >= format('(%%s,0)', batch.page)::tid
                        AND child.ctid < format('(%%s,0)', batch.page + %6$d)::tid
                        AND %5$s AND child.%2$s IS NULL AND parent.%3$s IS NOT NULL;
                      GET DIAGNOSTICS done = ROW_COUNT;
                      filled := filled + done;
                      COMMIT;
                    END LOOP;
                    EXIT WHEN filled = 0;
                  END LOOP;
                END $$;""".formatted(
                        table,
                        key,
                        parentKey,
                        parent,
                        joined(by, "child"),
                        PAGES,
                        table.toString().replace("'", "''")));
        statements.addAll(notNull(table, key).subList(1, 5));
        return statements;
    }

    /** No null any more, without reading the table under a lock. */
    static List<String> notNull(FoundTable table, String column) {
        String check = shortened("%s_%s_given".formatted(table.plainName(), column));
        return List.of(
                SHORT_LOCKS,
                "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID;".formatted(table, check, column),
                "ALTER TABLE %s VALIDATE CONSTRAINT %s;".formatted(table, check),
                "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL;".formatted(table, column),
                "ALTER TABLE %s DROP CONSTRAINT %s;".formatted(table, check));
    }

    private static String joined(ForeignKey by, String child) {
        return by.columns().stream()
                .map(pair -> "parent.%s = %s.%s".formatted(pair.parent(), child, pair.child()))
                .collect(Collectors.joining(" AND "));
    }

    private static String qualified(FoundTable table, String name) {
        return table.name()
                        .substring(0, table.name().length() - table.plainName().length())
                + name;
    }

    private static String shortened(String name) {
        String plain = name.replace("\"", "");
        return plain.substring(0, Math.min(plain.length(), LONGEST_NAME + 20));
    }
}
