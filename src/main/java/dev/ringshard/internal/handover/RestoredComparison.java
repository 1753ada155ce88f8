package dev.ringshard.internal.handover;

import dev.ringshard.internal.ownership.LogPositionTable;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.ServerLogs;
import dev.ringshard.internal.ownership.SetBack;
import dev.ringshard.internal.ownership.ShardRanges;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares shards, which may have been restored, with what all of a cluster say, so that those count again that nothing contradicts. */
final class RestoredComparison {
    private static final Logger log = LoggerFactory.getLogger(RestoredComparison.class);

    private final Map<Shard, ShardRanges> all;
    private final Map<String, ShardRanges> byName = new LinkedHashMap<>();
    private final Set<String> accepted;
    private final List<String> withLoss = new ArrayList<>();

    /**
     * A comparison of some shards.
     *
     * @param all what each shard of the cluster says
     * @param accepted the names of those whose loss an operator has decided to accept
     */
    RestoredComparison(Map<Shard, ShardRanges> all, Set<String> accepted) {
        this.all = all;
        this.accepted = Set.copyOf(accepted);
        all.forEach((member, ranges) -> byName.put(member.name(), ranges));
    }

    /** The shards that count although what was written to them last is lost. */
    List<String> withLoss() {
        return List.copyOf(withLoss);
    }

    /**
     * The shards that have lost what was written to them last, as others have it on record, and whose loss no operator has accepted, or
     * none can, as it is contradicted.
     */
    List<String> undecided() {
        return all.keySet().stream()
                .filter(shard -> hasLost(shard) && (!accepted.contains(shard.name()) || contradicts(shard)))
                .map(Shard::name)
                .toList();
    }

    /**
     * Stores that a shard which was restored, or which a standby took over, or under whose server older files were put back, does
     * not contradict the others, if that is so: from then on it is believed also where another one does not answer.
     * What looks like a contradiction may be a handover between two looks; whether it is one, {@code status} tells. That something
     * is lost is stored only where it was accepted.
     *
     * @return whether the shard counts as far as this tells
     */
    boolean compare(Shard shard) {
        boolean isKnown = Objects.requireNonNull(shard.snapshot(
                reading -> MembershipTable.incarnationOf(reading.dsl()).isKnown()));
        boolean hasLost = hasLost(shard);
        if ((isKnown && !hasLost) || (hasLost && !accepted.contains(shard.name())) || contradicts(shard)) {
            return isKnown;
        }
        LogMarks.store(shard, storing -> MembershipTable.storeIncarnation(storing.dsl()));
        if (hasLost) {
            withLoss.add(shard.name());
            log.warn(
                    "Shard {} was set back in time, by older files or a dump that were put back, or a standby that lagged. What was written there since is lost; nothing contradicts what is left of it, and it was decided to take it as it is.",
                    shard.name());
            ServerLogs now = LogMarks.logsOf(shard);
            all.keySet().stream()
                    .filter(other -> other != shard)
                    .forEach(other -> LogMarks.store(
                            other, storing -> LogPositionTable.replace(storing.dsl(), shard.name(), now)));
        }
        return true;
    }

    /** What was noted of it after it had answered, is none. */
    private boolean hasLost(Shard shard) {
        return isShorter(SetBack.withShorterLogs(byName), shard)
                && isShorter(SetBack.withShorterLogs(byName, Map.of(shard.name(), LogMarks.logsOf(shard))), shard);
    }

    private static boolean isShorter(Set<SetBack> found, Shard shard) {
        return found.stream().anyMatch(one -> one.shard().equals(shard.name()));
    }

    /** Whether it, or any other, does so by more than how long its log is. */
    private boolean contradicts(Shard shard) {
        Set<SetBack> found = SetBack.among(byName);
        found.removeAll(SetBack.withShorterLogs(byName));
        List<OwnedRange> owned = Objects.requireNonNull(all.get(shard)).owned();
        return !found.isEmpty()
                || hasForgotten(shard)
                || all.keySet().stream().filter(other -> other != shard).anyMatch(other -> !SetBack.ofTarget(
                                shard.name(), owned, other)
                        .isEmpty());
    }

    /** Whether it took what no shard owns now. */
    private boolean hasForgotten(Shard shard) {
        List<TokenRange> gaps = ShardRanges.owners(byName).gaps();
        return SetBack.ofGaps(gaps, all.keySet()).stream()
                .anyMatch(one -> one.shard().equals(shard.name()));
    }
}
