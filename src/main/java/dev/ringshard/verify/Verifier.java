package dev.ringshard.verify;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.ownership.DepartedRange;
import dev.ringshard.internal.ownership.HandoverHistoryTable;
import dev.ringshard.internal.ownership.ServerLogs;
import dev.ringshard.internal.ownership.SetBack;
import dev.ringshard.internal.ownership.ShardRanges;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.tables.Catalog;
import dev.ringshard.internal.tables.ShardUnique;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.routing.Router;
import dev.ringshard.scatter.ScatterGather;
import dev.ringshard.scatter.ShardPart;
import dev.ringshard.scatter.Snapshots;
import dev.ringshard.status.TableRows;
import dev.ringshard.verify.Verification.Extent;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Reads everything on every shard, and says what is wrong. Changes nothing, except that it finishes handovers which are
 * committed and whose mover is gone, as every read over all shards does.
 *
 * <p>Each shard is read in one snapshot, which also holds what the shard owns. All snapshots together cover the ring
 * once, or it is told where they do not; so a rebalance that runs meanwhile raises no false alarm. Of rows that moves have
 * staged or left behind, which no call sees, only the tokens are checked.
 *
 * <p>Shards are read at the same time, one thread and one connection each, row by row, in constant memory on PostgreSQL
 * (on H2 as far as its results are on disk). The snapshots are open for as long as that takes, and keep a database from
 * tidying up behind its writers. Thread-safe.
 */
public final class Verifier {
    private final Router router;
    private final ScatterGather scatter;
    private final List<ShardedTable> tables;
    private final List<String> reference;
    private final Audits audits;
    private final LongSupplier nanoTime;

    /**
     * @param tables all sharded tables
     * @param reference those that every shard has whole
     * @param audits what else is to be checked
     */
    public Verifier(
            Router router,
            ScatterGather scatter,
            List<ShardedTable> tables,
            List<String> reference,
            Audits audits,
            LongSupplier nanoTime) {
        this.router = router;
        this.scatter = scatter;
        this.tables = List.copyOf(tables);
        this.reference = List.copyOf(reference);
        this.audits = audits;
        this.nanoTime = nanoTime;
    }

    /** What was found on one shard. */
    private record Findings(
            ShardScan.Result scan,
            Occurrences<BrokenForeignKey> references,
            Occurrences<UnfencedTable> unfenced,
            List<Occurrences<AuditFinding>> audits) {}

    /**
     * Reads and judges everything. Of a ring that is not whole it finds that out for as long as {@code routing-timeout}
     * allows, before it begins.
     *
     * @param examples how many to keep of each kind of finding, at most
     * @throws ShardUnavailableException if a shard does not answer
     * @throws NoOwnerException if rows moved so fast all the while that no snapshots fitted; repeat it
     */
    public Verification run(int examples, VerifyProgress progress) {
        return run(examples, List.of(), progress);
    }

    /**
     * As {@link #run(int, VerifyProgress)}, and looks for values of columns that rows of several shards have.
     *
     * @throws InvalidInputException if there is no such column in a sharded table
     */
    public Verification run(int examples, List<UniqueColumn> unique, VerifyProgress progress) {
        List<SharedValueSearch> searches = unique.stream()
                .map(column -> new SharedValueSearch(tables, column, examples))
                .toList();
        Verification read = read(examples, searches, progress);
        boolean isWhole = read.ring().areNone() && read.ring().setBack().isEmpty();
        return isWhole ? read.with(clusterFindings(examples)) : read;
    }

    private List<AuditFindings> clusterFindings(int examples) {
        return audits.ofCluster().stream()
                .map(audit -> new AuditFindings(audit.kind(), audit.rule(), Occurrences.of(audit.findings(), examples)))
                .toList();
    }

    private Verification read(int examples, List<SharedValueSearch> searches, VerifyProgress progress) {
        long start = nanoTime.getAsLong();
        try (Snapshots snapshots = scatter.snapshotsOfAnyRing().withoutTimeLimits()) {
            Map<String, Holdings> holdings = snapshots.gather(Holdings::of).parts();
            RingState ring = new RingState(
                    snapshots.coverage(),
                    List.copyOf(holdings.values()),
                    forgetful(snapshots, holdings),
                    shorter(RingState.said(holdings.values())));
            Map<String, RowCheck> checks = new LinkedHashMap<>();
            holdings.forEach((shard, held) -> checks.put(shard, new RowCheck(router, ring, held)));
            RowMeter meter = new RowMeter(progress, aboutAllRows(snapshots));

            Collection<Findings> found = snapshots
                    .gather(part -> find(part, Objects.requireNonNull(checks.get(part.shard())), meter, examples))
                    .values();
            RowFindings rows = new RowFindings(
                    all(found, shard -> shard.scan.misplaced(), examples),
                    all(found, shard -> shard.scan.wrongTokens(), examples),
                    sharedKeys(found, snapshots, checks, examples),
                    all(found, Findings::references, examples));

            Duration time = Duration.ofNanos(nanoTime.getAsLong() - start);
            Extent extent = new Extent(found.size(), owned(found), meter.rows(), time);
            return new Verification(
                    extent,
                    ring.findings(examples),
                    rows,
                    all(found, Findings::unfenced, examples),
                    new ReferenceTables(reference, examples).find(snapshots, scatter, holdings),
                    searches.stream().map(search -> search.find(snapshots)).toList(),
                    auditFindings(found, examples),
                    ring.leftovers(),
                    remarks(snapshots));
        }
    }

    /** Of snapshots of different moments one may show the note of a mark, and another not yet the mark: looked at once more, if so. */
    private Set<SetBack> shorter(Map<String, ShardRanges> said) {
        if (SetBack.withShorterLogs(said).isEmpty()) {
            return Set.of();
        }
        try (Snapshots later = scatter.snapshotsOfAnyRing()) {
            return SetBack.withShorterLogs(
                    said, later.gather(part -> ServerLogs.of(part.dsl())).parts());
        }
    }

    private static Set<SetBack> forgetful(Snapshots snapshots, Map<String, Holdings> holdings) {
        List<TokenRange> gaps = snapshots.coverage().gaps().ranges();
        if (gaps.isEmpty()) {
            return Set.of();
        }
        Map<String, List<DepartedRange>> histories = snapshots
                .gather(part -> gaps.stream()
                        .flatMap(gap -> HandoverHistoryTable.overlapping(part.dsl(), gap).stream())
                        .toList())
                .parts();
        return SetBack.ofGaps(gaps, holdings.keySet(), (shard, gap) -> Stream.concat(
                        Objects.requireNonNull(histories.get(shard)).stream(),
                        Objects.requireNonNull(holdings.get(shard)).ranges().departures().stream())
                .filter(away -> away.range().overlaps(gap))
                .toList());
    }

    /** What the databases hold within each shard only; of one shard alone there is nothing to say. */
    private List<String> remarks(Snapshots snapshots) {
        if (snapshots.parts().size() < 2) {
            return List.of();
        }
        return snapshots
                .parts()
                .get(0)
                .run(part -> ShardUnique.of(Catalog.of(part.dsl(), part.connection()), tables).stream()
                        .map(ShardUnique::sentence)
                        .toList());
    }

    private long aboutAllRows(Snapshots snapshots) {
        return snapshots.gather(part -> part.rows(tables)).values().stream()
                .flatMap(List::stream)
                .mapToLong(TableRows::rows)
                .sum();
    }

    private Findings find(ShardPart part, RowCheck check, RowMeter meter, int examples) throws SQLException {
        List<ShardAudit> begun = audits.ofKeys().stream()
                .map(audit -> audit.begin(part, check.holdings()))
                .toList();
        ShardScan.Result scan = new ShardScan(part, check, meter, examples).run(tables, begun);
        Occurrences<BrokenForeignKey> references = new ForeignKeyCheck(part, examples).check(tables);
        List<Occurrences<AuditFinding>> ofAudits = new ArrayList<>();
        for (ShardAudit audit : begun) {
            FindingCounter<AuditFinding> counter = new FindingCounter<>(examples);
            audit.end(finding -> counter.add(() -> finding));
            ofAudits.add(counter.found());
        }
        List<UnfencedTable> unfenced = new ArrayList<>();
        Dialect.of(part.dsl())
                .fencing()
                .unfenced(part.dsl(), tables)
                .forEach(table -> unfenced.add(new UnfencedTable(part.shard(), table.name())));
        unfenced.addAll(new ReferenceTables(reference, examples).unfenced(part));
        return new Findings(scan, references, Occurrences.of(unfenced, examples), ofAudits);
    }

    private Occurrences<SharedKey> sharedKeys(
            Collection<Findings> found, Snapshots snapshots, Map<String, RowCheck> checks, int examples) {
        return found.stream().anyMatch(shard -> shard.scan.mayShareKeys())
                ? new SharedKeys(tables, checks, examples).find(snapshots)
                : Occurrences.of(List.of(), examples);
    }

    private static Map<String, Long> owned(Collection<Findings> found) {
        Map<String, Long> owned = new LinkedHashMap<>();
        found.forEach(shard -> shard.scan.owned().forEach((table, rows) -> owned.merge(table, rows, Long::sum)));
        return owned;
    }

    private List<AuditFindings> auditFindings(Collection<Findings> found, int examples) {
        List<AuditFindings> findings = new ArrayList<>();
        for (int i = 0; i < audits.ofKeys().size(); i++) {
            int number = i;
            Audit audit = audits.ofKeys().get(i);
            findings.add(new AuditFindings(
                    audit.kind(), audit.rule(), all(found, shard -> shard.audits.get(number), examples)));
        }
        return findings;
    }

    private static <T> Occurrences<T> all(
            Collection<Findings> found, Function<Findings, Occurrences<T>> kind, int examples) {
        return found.stream()
                .map(kind)
                .reduce(Occurrences.of(List.of(), examples), (one, other) -> one.plus(other, examples));
    }
}
