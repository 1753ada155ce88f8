package dev.ringshard.internal.watch;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.DepartedRange;
import dev.ringshard.internal.ownership.DepartedRangeTable;
import dev.ringshard.internal.ownership.HandoverHistoryTable.Past;
import dev.ringshard.internal.ownership.HandoverTable;
import dev.ringshard.internal.ownership.IncomingRange;
import dev.ringshard.internal.ownership.IncomingRangeTable;
import dev.ringshard.internal.ownership.Membership;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.ownership.ShardReport;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.util.List;
import java.util.Objects;

/** What one shard said, in one snapshot. */
record ShardAnswer(
        ShardReport report,
        List<IncomingRange> incoming,
        List<DepartedRange> departed,
        List<CommittedHandover> committed,
        List<Past> past) {

    static final ShardAnswer NOTHING = new ShardAnswer(ShardReport.UNKNOWN, List.of(), List.of(), List.of(), List.of());

    /** Asks; fails if it is not the shard that the configuration means. */
    static ShardAnswer of(Shard shard, RingshardConfig config, History history) {
        return Objects.requireNonNull(shard.snapshot(looking -> {
            ShardReport report = ShardReport.of(looking.dsl());
            if (report.membership().isEmpty()) {
                return new ShardAnswer(report, List.of(), List.of(), List.of(), List.of());
            }
            verify(report.membership().get(), looking, config);
            return new ShardAnswer(
                    report,
                    IncomingRangeTable.all(looking.dsl()),
                    DepartedRangeTable.all(looking.dsl()),
                    HandoverTable.all(looking.dsl()),
                    history.read(looking.dsl()));
        }));
    }

    private static void verify(Membership membership, ShardTransaction looking, RingshardConfig config) {
        String shard = looking.shard().name();
        membership.verify(config.cluster(), shard, config.ring().hash());
        SchemaHistory.requireOurs(looking.dsl(), shard);
        membership.requireFounded();
    }
}
