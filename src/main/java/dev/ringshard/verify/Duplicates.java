package dev.ringshard.verify;

import dev.ringshard.bank.CustomerAudit;
import dev.ringshard.config.BankConfig;
import dev.ringshard.scatter.ShardPart;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Looks for customers who are on more than one shard: reads the customers once more, and asks all other shards about
 * those who may be, in the same snapshots. Only worth it if a scan says so. For one thread.
 */
final class Duplicates {
    private static final int ASKED_AT_ONCE = 1000;

    private final BankConfig bank;
    private final List<ShardPart> parts;
    private final Map<String, RowCheck> judges;
    private final FindingCounter<SharedKey> found;

    /** @param judges by the shards' names */
    Duplicates(BankConfig bank, List<ShardPart> parts, Map<String, RowCheck> judges, int examples) {
        this.bank = bank;
        this.parts = parts;
        this.judges = judges;
        this.found = new FindingCounter<>(examples);
    }

    Found<SharedKey> find() {
        for (ShardPart part : parts) {
            part.run(reading -> {
                ask(reading);
                return true;
            });
        }
        return found.found();
    }

    private void ask(ShardPart part) throws SQLException {
        List<String> suspects = new ArrayList<>();
        CustomerAudit.customers(part, bank, (key, token) -> {
            if (judge(part).mayBeDuplicate(key, token)) {
                suspects.add(key);
                if (suspects.size() == ASKED_AT_ONCE) {
                    ask(part, suspects);
                    suspects.clear();
                }
            }
        });
        ask(part, suspects);
    }

    /** A key that is a suspect on several shards is told with the first of them. */
    private void ask(ShardPart part, List<String> suspects) {
        Map<String, Set<String>> holders = new TreeMap<>();
        Set<String> told = new HashSet<>();
        boolean isEarlier = true;
        for (ShardPart other : parts) {
            if (other.shard().equals(part.shard())) {
                isEarlier = false;
                continue;
            }
            RowCheck judge = judge(other);
            for (Map.Entry<String, Long> customer : tokens(other, suspects).entrySet()) {
                if (!judge.hides(customer.getValue())) {
                    holders.computeIfAbsent(customer.getKey(), key -> new TreeSet<>(Set.of(part.shard())))
                            .add(other.shard());
                }
                if (isEarlier && judge.mayBeDuplicate(customer.getKey(), customer.getValue())) {
                    told.add(customer.getKey());
                }
            }
        }
        holders.keySet().removeAll(told);
        holders.forEach((key, shards) -> found.add(() -> new SharedKey(key, List.copyOf(shards))));
    }

    private Map<String, Long> tokens(ShardPart part, List<String> keys) {
        return keys.isEmpty() ? Map.of() : part.run(asked -> CustomerAudit.tokensOf(asked, bank, keys));
    }

    private RowCheck judge(ShardPart part) {
        return Objects.requireNonNull(judges.get(part.shard()));
    }
}
