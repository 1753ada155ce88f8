package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What applications can use, by room: a public type that is not here does not appear by accident. Rooms below
 * {@code internal}, and the command line, promise nothing. The list does not say that each of them is needed.
 */
class PublicTypesTest {
    private static final Map<String, Set<String>> PUBLIC = Map.ofEntries(
            Map.entry("", Set.of("Ringshard")),
            Map.entry(
                    "bank",
                    Set.of(
                            "Account",
                            "AccountEntry",
                            "AccountRef",
                            "Balances",
                            "Booking",
                            "Customer",
                            "CustomerExistsException",
                            "CustomerNotFoundException",
                            "CustomerPage",
                            "CustomerRepository",
                            "LedgerTotals",
                            "NewCustomer",
                            "OperationId",
                            "Overdraft",
                            "Posting",
                            "Totals",
                            "TransferInTransit")),
            Map.entry(
                    "config",
                    Set.of(
                            "BankConfig",
                            "DatabaseKind",
                            "DatabaseSource",
                            "Password",
                            "PoolConfig",
                            "RingConfig",
                            "RingshardConfig",
                            "ShardConfig",
                            "ShardedTable",
                            "TablesConfig")),
            Map.entry(
                    "event",
                    Set.of(
                            "Events",
                            "MovedChunk",
                            "Operation",
                            "Outcome",
                            "PendingMessages",
                            "Repetition",
                            "RingshardListener",
                            "WatchDecision")),
            Map.entry(
                    "failure",
                    Set.of(
                            "ConfigurationException",
                            "ContentionException",
                            "CorruptionException",
                            "ForeignShardException",
                            "InvalidInputException",
                            "KeysOnDifferentShardsException",
                            "NoOwnerException",
                            "OutcomeUnknownException",
                            "Remedy",
                            "RingshardException",
                            "ShardUnavailableException",
                            "SqlFailedException",
                            "StaleVersionException")),
            Map.entry("jdbc", Set.of("AllShardsDataSource", "RingshardDataSource", "RowOrigin", "ShardKey")),
            Map.entry("metrics", Set.of("PrometheusPage", "RingshardMetrics")),
            Map.entry("reference", Set.of("ReferenceTable", "ReferenceTransaction", "ReferenceUpdate")),
            Map.entry(
                    "rebalance",
                    Set.of(
                            "HeavyKey",
                            "HeldRows",
                            "PauseRecorder",
                            "RebalancePlan",
                            "RebalanceProgress",
                            "RebalanceReport",
                            "RebalanceSettings",
                            "RebalanceWatch",
                            "Rebalancer",
                            "Rebalancing",
                            "RowBalance",
                            "ShardMove",
                            "WatchSettings",
                            "WritePauses")),
            Map.entry(
                    "ring",
                    Set.of(
                            "KeyHash",
                            "KeyHashes",
                            "KeyType",
                            "Member",
                            "Pins",
                            "RangeMove",
                            "Ring",
                            "RingDifference",
                            "RingStrategies",
                            "RingStrategy",
                            "TokenMap",
                            "TokenRange",
                            "TokenRows",
                            "TokenSet")),
            Map.entry(
                    "outbox", Set.of("Delivery", "Message", "MessageHandler", "Outbox", "OutboxTotals", "SentMessage")),
            Map.entry(
                    "routing",
                    Set.of(
                            "FencedStatement",
                            "Isolation",
                            "KeyedTransaction",
                            "Location",
                            "PointRead",
                            "Router",
                            "RowReader")),
            Map.entry("scatter", Set.of("Coverage", "Gathered", "RingRead", "ScatterGather", "ShardPart", "Snapshots")),
            Map.entry("spring", Set.of("InMemoryShards", "RequestKey", "ShardKey")),
            Map.entry(
                    "status",
                    Set.of(
                            "BackupPoint",
                            "BreakerState",
                            "ClusterCheck",
                            "BehindCopy",
                            "ClusterStatus",
                            "InitListener",
                            "InitOutcome",
                            "InitStep",
                            "LeaveOutcome",
                            "Leftovers",
                            "PinnedKey",
                            "PoolState",
                            "RecoveryOutcome",
                            "RecoveryProgress",
                            "ShardConnections",
                            "TableRows",
                            "WatchStatus")),
            Map.entry(
                    "verify",
                    Set.of(
                            "Audit",
                            "AuditFinding",
                            "AuditFindings",
                            "Audits",
                            "BrokenReference",
                            "ClusterAudit",
                            "Found",
                            "MisplacedRow",
                            "Placement",
                            "ReferenceCopy",
                            "ReferenceFindings",
                            "RingFindings",
                            "RowFindings",
                            "ShardAudit",
                            "SharedKey",
                            "SharedRange",
                            "SharedValue",
                            "SharedValues",
                            "UnfencedTable",
                            "UniqueColumn",
                            "Verification",
                            "Verifier",
                            "VerifyProgress",
                            "WrongToken")));

    @Test
    void what_is_public_is_what_is_listed() {
        Map<String, Set<String>> found = new TreeMap<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.ringshard")) {
            String room = type.getPackageName().replaceFirst("^dev\\.ringshard\\.?", "");
            boolean promises =
                    !room.startsWith("internal.") && !room.startsWith("cli") && !room.startsWith("generated");
            if (promises && type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC)) {
                found.computeIfAbsent(room, one -> new TreeSet<>()).add(type.getSimpleName());
            }
        }

        assertThat(found).isEqualTo(PUBLIC);
    }
}
