package dev.ringshard;

import dev.ringshard.config.BankConfig;
import dev.ringshard.internal.ownership.MigrationHistory;
import dev.ringshard.internal.schema.ShippedMigrations;
import dev.ringshard.ring.KeyType;
import java.util.List;

/** The migrations that make the built-in bank's tables, as the room of schemas takes them. */
final class BankMigrations {
    private static final MigrationHistory HISTORY =
            MigrationHistory.besideOurs("the built-in bank's tables", "bank_history");

    private static final List<String> SCRIPTS = List.of(
            "dev/ringshard/migrations/bank/common/V1__customers.sql",
            "dev/ringshard/migrations/bank/%s/V2__code_point_order.sql");

    private BankMigrations() {}

    /** What a cluster with such a bank needs; nothing if the bank is not on. */
    static List<ShippedMigrations> of(BankConfig bank) {
        return bank.isOn()
                ? List.of(
                        new ShippedMigrations(
                                "the built-in bank",
                                SCRIPTS,
                                HISTORY,
                                bank.schema(),
                                bank.tables(),
                                KeyType.TEXT,
                                "If a table of yours has such a name, give the bank a schema of its own (bank: { schema: bank }), or turn it off (bank: false)."))
                : List.of();
    }
}
