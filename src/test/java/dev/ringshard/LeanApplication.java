package dev.ringshard;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ConfigurationException;
import java.math.BigDecimal;
import java.util.Map;

/**
 * Applications that {@link OptionalArtifactsPostgresTest} runs in JVMs of their own, with fewer jars than the tests have.
 * They print what came of it, a line each.
 */
@SuppressWarnings("SystemOut")
final class LeanApplication {
    private static final RingshardConfig ON_H2 =
            cluster("sa", "", "jdbc:h2:mem:lean-1;DB_CLOSE_DELAY=-1", "jdbc:h2:mem:lean-2;DB_CLOSE_DELAY=-1");

    private LeanApplication() {}

    /**
     * Runs one of them.
     *
     * @param arguments which it is, then user, password and the two URLs of a cluster on PostgreSQL
     */
    public static void main(String[] arguments) {
        RingshardConfig onPostgres = cluster(arguments[1], arguments[2], arguments[3], arguments[4]);
        if (arguments[0].equals("postgres")) {
            System.out.println("PostgreSQL: " + works(onPostgres));
            System.out.println("H2: " + refusal(() -> Ringshard.open(ON_H2).close()));
            System.out.println("YAML: " + refusal(() -> RingshardConfig.parse("cluster: bank", Map.of())));
            System.out.println("init: " + refusal(() -> Ringshard.init(onPostgres)));
        } else {
            Ringshard.init(ON_H2);
            System.out.println("H2: " + works(ON_H2));
            System.out.println(
                    "PostgreSQL: " + refusal(() -> Ringshard.open(onPostgres).close()));
            System.out.println("init: " + refusal(() -> Ringshard.init(onPostgres)));
        }
    }

    static RingshardConfig cluster(String user, String password, String firstUrl, String secondUrl) {
        return RingshardConfig.builder("bank")
                .shard(ShardConfig.of("eu-1", firstUrl, user, password))
                .shard(ShardConfig.of("eu-2", secondUrl, user, password))
                .build();
    }

    /** Writes, moves all that the second shard has, and reads by what was known before, which a shard refuses. */
    private static String works(RingshardConfig config) {
        try (Ringshard bank = Ringshard.open(config);
                Ringshard late = Ringshard.open(config)) {
            for (int i = 0; i < 20; i++) {
                bank.customers()
                        .create(new NewCustomer("c-" + i, "Ada", "Lovelace", new Balances("1.00", "0.00", "0.00")));
            }
            long moved = bank.removeShard("eu-2").movedRows();
            for (int i = 0; i < 20; i++) {
                late.customers().deposit("c-" + i, Account.SAVINGS, new BigDecimal("2.00"), OperationId.random());
            }
            return "%s on %d shard, moved %b, sound %b"
                    .formatted(
                            bank.customers().totals().savings(),
                            bank.status().shards().size(),
                            moved > 0,
                            bank.verify().isSound());
        }
    }

    private static String refusal(Runnable call) {
        try {
            call.run();
            return "it worked";
        } catch (ConfigurationException refusal) {
            return String.valueOf(refusal.getMessage()).replaceAll("\\R *", " ");
        }
    }
}
