package dev.ringshard.cli;

import dev.ringshard.config.DatabaseSource;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.internal.doctor.Diagnosis;
import dev.ringshard.internal.doctor.Diagnosis.Kind;
import dev.ringshard.internal.doctor.Diagnosis.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The configuration by which an examined database would be the first shard of a cluster; with comments that begin with
 * {@code decide:} where a person must.
 *
 * @param existing a configuration that has the database already; then only its tables are proposed
 * @param passwordVariable the environment variable that is to hold the password
 */
record ProposedConfig(
        Diagnosis diagnosis, ShardConfig database, Optional<RingshardConfig> existing, String passwordVariable) {

    /** In YAML. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (existing.isEmpty()) {
            lines.add("cluster: %s  # decide: this name stays".formatted(database.name()));
        }
        lines.add("bank: false");
        if (diagnosis.tables(Kind.SHARDED).isEmpty()) {
            lines.add("# decide: tables.sharded, once the column of the keys is known");
        } else {
            addTables(lines);
        }
        addReferenceTables(lines);
        addOthers(lines);
        if (existing.isEmpty() && database.source() instanceof DatabaseSource.Jdbc jdbc) {
            lines.add("shards:");
            lines.add("  - name: %s  # decide: this name stays".formatted(database.name()));
            lines.add("    url: \"%s\"".formatted(jdbc.redactedUrl()));
            if (!jdbc.user().isEmpty()) {
                lines.add("    user: \"%s\"".formatted(jdbc.user()));
            }
            if (!jdbc.password().isNone()) {
                lines.add("    password: \"${%s}\"".formatted(passwordVariable));
            }
        }
        return lines;
    }

    private void addTables(List<String> lines) {
        lines.add("tables:");
        lines.add("  sharded:");
        List<String> tables = new ArrayList<>();
        for (Table table : diagnosis.tables(Kind.SHARDED)) {
            tables.add("    - { name: %s, key: %s }"
                    .formatted(table.name(), table.key().orElseThrow()));
        }
        int width = tables.stream().mapToInt(String::length).max().orElse(0);
        for (int i = 0; i < tables.size(); i++) {
            lines.add("%s  # %s"
                    .formatted(
                            tables.get(i) + " ".repeat(width - tables.get(i).length()),
                            remark(diagnosis.tables(Kind.SHARDED).get(i))));
        }
    }

    private void addReferenceTables(List<String> lines) {
        List<String> names =
                diagnosis.tables(Kind.REFERENCE).stream().map(Table::name).toList();
        if (!names.isEmpty() && !diagnosis.tables(Kind.SHARDED).isEmpty()) {
            lines.add("  reference: [ %s ]  # decide: written to through Ringshard alone, from init on"
                    .formatted(String.join(", ", names)));
        }
    }

    private String remark(Table table) {
        boolean isProposedKey = !diagnosis.isKeyGiven()
                && diagnosis
                        .key()
                        .filter(key -> key.table().equals(table.name()))
                        .isPresent();
        return isProposedKey || table.isDoubtful() ? "decide: " + table.why() : table.why();
    }

    /** There is no place for them: they are what is not named. */
    private void addOthers(List<String> lines) {
        add(lines, Kind.LOCAL, "left alone: ");
        add(lines, Kind.UNDECIDED, "decide: sharded by which column, or left alone: ");
    }

    private void add(List<String> lines, Kind kind, String what) {
        List<Table> tables = diagnosis.tables(kind);
        if (!tables.isEmpty()) {
            lines.add("  # " + what + tables.stream().map(Table::name).collect(Collectors.joining(", ")));
        }
    }
}
