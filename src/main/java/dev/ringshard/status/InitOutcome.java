package dev.ringshard.status;

import java.util.List;

/**
 * What came of an init.
 *
 * @param migrations how many migrations ran, on all shards together
 * @param founded the shards that were given their first ranges now; empty if all had them already
 */
public record InitOutcome(int migrations, List<String> founded) {
    public InitOutcome {
        founded = List.copyOf(founded);
    }
}
