package dev.ringshard.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The built-in bank: customers with their accounts, and the entries of these. Immutable.
 *
 * @param isOn whether the cluster has it; default true
 * @param schema the schema that its tables are in; empty, the default, for the one that connections are in
 */
public record BankConfig(boolean isOn, Optional<String> schema) {
    /** With it, in the schema of the connections. */
    public static final BankConfig ON = new BankConfig(true, Optional.empty());

    /** Without it. */
    public static final BankConfig OFF = new BankConfig(false, Optional.empty());

    /**
     * Checks the schema's name and puts it in lower case.
     *
     * @throws dev.ringshard.failure.ConfigurationException if it is no plain identifier
     */
    public BankConfig {
        ProblemList problems = new ProblemList();
        schema.ifPresent(name -> ShardedTable.checkColumn(problems, "schema", name));
        problems.throwIfAny("bank");
        schema = schema.map(name -> name.toLowerCase(Locale.ROOT));
    }

    /** With it, in a schema of its own, which {@code init} creates. */
    public static BankConfig inSchema(String schema) {
        return new BankConfig(true, Optional.of(schema));
    }

    /** Its sharded tables; none if it is not on. */
    public List<ShardedTable> tables() {
        return isOn ? List.of(customers(), accountEntries(), clearing()) : List.of();
    }

    /** The table of its customers, whether it is on or not. */
    public ShardedTable customers() {
        return table("customers");
    }

    /** The table of the entries on their accounts, whether it is on or not. */
    public ShardedTable accountEntries() {
        return table("account_entries");
    }

    /** The table of what its customers have sent to other shards and got from there, whether it is on or not. */
    public ShardedTable clearing() {
        return table("customer_clearing");
    }

    private ShardedTable table(String name) {
        return new ShardedTable(
                schema.map(own -> own + "." + name).orElse(name),
                Optional.of("customer_key"),
                Optional.of("ring_token"));
    }
}
