package dev.ringshard.internal.doctor;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What became known of a database. Immutable.
 *
 * @param server such as {@code PostgreSQL 18.6}
 * @param key the column of the keys; empty if none could be found
 * @param isKeyGiven whether the operator said so
 * @param otherKeys what else could be it, with the tables that most others refer to first
 * @param tables sharded ones first, those that others refer to before them
 * @param findings in the order in which they are to be mended
 */
public record Diagnosis(
        String server,
        Optional<TableColumn> key,
        boolean isKeyGiven,
        List<TableColumn> otherKeys,
        List<Table> tables,
        List<Finding> findings) {
    /** As measured on PostgreSQL 15: half a million rows in 1.7 s. */
    private static final double INDEXED_PER_SECOND = 300_000;

    public Diagnosis {
        otherKeys = List.copyOf(otherKeys);
        tables = List.copyOf(tables);
        findings = List.copyOf(findings);
    }

    /** What a table is to be. */
    public enum Kind {
        SHARDED,
        REFERENCE,
        LOCAL,
        UNDECIDED;

        /** For people and programs. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One table.
     *
     * @param key its key column, if it is sharded
     * @param isDoubtful whether the operator should confirm that
     * @param why how that is known, or why it is what it is
     * @param rows about how many
     * @param bytes with its indexes
     */
    public record Table(
            String name,
            Kind kind,
            Optional<String> key,
            boolean isKeyMissing,
            boolean isDoubtful,
            String why,
            long rows,
            long bytes) {}

    /** The tables of one kind, in the order of {@link #tables()}. */
    public List<Table> tables(Kind kind) {
        return tables.stream().filter(table -> table.kind() == kind).toList();
    }

    /** The findings of one urgency, in the order of {@link #findings()}. */
    public List<Finding> findings(Finding.When when) {
        return findings.stream().filter(finding -> finding.when() == when).toList();
    }

    /** Whether the database can be sharded as it is: no finding but those of {@link Finding.When#GOOD_TO_KNOW}. */
    public boolean isFit() {
        return findings.stream().noneMatch(Finding::stands);
    }

    /** About how many rows are to be sharded. */
    public long shardedRows() {
        return tables(Kind.SHARDED).stream().mapToLong(Table::rows).sum();
    }

    /** About how long init takes, nearly all of which is to build indexes beside the work of everybody. */
    public Duration initTime() {
        return Duration.ofMillis(1000 + Math.round(1000 * shardedRows() / INDEXED_PER_SECOND));
    }
}
