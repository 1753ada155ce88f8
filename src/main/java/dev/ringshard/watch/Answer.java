package dev.ringshard.watch;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.ownership.HandoverHistory.Past;
import dev.ringshard.ownership.HandoverSource;
import dev.ringshard.ownership.HandoverSource.Committed;
import dev.ringshard.ownership.HandoverSource.Departed;
import dev.ringshard.ownership.HandoverTarget;
import dev.ringshard.ownership.HandoverTarget.Incoming;
import dev.ringshard.ownership.Membership;
import dev.ringshard.ownership.OwnershipTables;
import dev.ringshard.ownership.ShardReport;
import dev.ringshard.shard.Shard;
import dev.ringshard.shard.ShardTransaction;
import java.util.List;
import java.util.Objects;

/** What one shard said, in one snapshot. */
record Answer(
        ShardReport report,
        List<Incoming> incoming,
        List<Departed> departed,
        List<Committed> committed,
        List<Past> past) {

    static final Answer NOTHING = new Answer(ShardReport.UNKNOWN, List.of(), List.of(), List.of(), List.of());

    /** Asks; fails if it is not the shard that the configuration means. */
    static Answer of(Shard shard, RingshardConfig config, History history) {
        return Objects.requireNonNull(shard.snapshot(looking -> {
            ShardReport report = OwnershipTables.report(looking.dsl());
            if (report.membership().isEmpty()) {
                return new Answer(report, List.of(), List.of(), List.of(), List.of());
            }
            verify(report.membership().get(), looking, config);
            return new Answer(
                    report,
                    HandoverTarget.incoming(looking.dsl()),
                    HandoverSource.departed(looking.dsl()),
                    HandoverSource.committed(looking.dsl()),
                    history.read(looking.dsl()));
        }));
    }

    private static void verify(Membership membership, ShardTransaction looking, RingshardConfig config) {
        String shard = looking.shard().name();
        membership.verify(config.cluster(), shard, config.ring().hash());
        OwnershipTables.verifySchemaVersion(looking.dsl(), shard);
        membership.requireFounded();
    }
}
