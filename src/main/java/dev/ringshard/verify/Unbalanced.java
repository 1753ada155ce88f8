package dev.ringshard.verify;

import dev.ringshard.bank.Imbalance;
import java.util.List;

/** A customer whose balances are not the sums of the entries. */
public record Unbalanced(String shard, String key, List<Imbalance> accounts) {
    public Unbalanced {
        accounts = List.copyOf(accounts);
    }
}
