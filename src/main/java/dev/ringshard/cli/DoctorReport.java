package dev.ringshard.cli;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.internal.doctor.Diagnosis;
import dev.ringshard.internal.doctor.Diagnosis.Table;
import dev.ringshard.internal.doctor.Finding;
import dev.ringshard.internal.doctor.Finding.When;
import dev.ringshard.internal.doctor.TableColumn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What each table of a database would be in a cluster, what stands in the way, and the configuration to begin with.
 *
 * @param repeated the command as it was given
 * @param config the configuration that names the database, if one does
 */
record DoctorReport(
        Diagnosis diagnosis,
        String database,
        ProposedConfig proposed,
        String repeated,
        String program,
        Optional<Path> config)
        implements Report {
    private static final String INDENT = "  ";

    @Override
    public ExitCode exitCode() {
        return diagnosis.isFit() ? ExitCode.DONE : ExitCode.DIFFERENCES;
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        long bytes = diagnosis.tables().stream().mapToLong(Table::bytes).sum();
        lines.add(style.strong("Database " + database)
                + " · %s · %s, %s · nothing was changed"
                        .formatted(
                                diagnosis.server(),
                                Numbers.count(diagnosis.tables().size(), "table", "tables"),
                                Numbers.bytes(bytes)));
        lines.add(key());
        lines.add("");
        lines.addAll(table().lines(style));
        addFindings(lines, style, When.BEFORE_INIT, "Before init");
        addFindings(lines, style, When.BEFORE_MOVES, "Before rows can move to a second shard");
        if (diagnosis.findings().stream()
                .anyMatch(finding -> !finding.statements().isEmpty())) {
            lines.add("");
            lines.add(
                    INDENT
                            + style.faint(
                                    "Run each statement by itself, in this order; one that gets no lock in time can be repeated."));
        }
        addFindings(lines, style, When.GOOD_TO_KNOW, "Good to know");
        lines.add("");
        lines.add(style.strong(
                config.isPresent() ? "Proposed for %s:".formatted(config.get()) : "Proposed configuration:"));
        proposed.lines().forEach(line -> lines.add(INDENT + line));
        lines.add("");
        lines.add(
                "Init takes about %s: %s to index, beside the work of the application, by a guess of 300,000 a second."
                        .formatted(
                                Numbers.time(diagnosis.initTime()),
                                Numbers.count(diagnosis.shardedRows(), "row", "rows")));
        lines.add(
                diagnosis.isFit()
                        ? style.good("Nothing stands in the way.")
                        : style.bad("%s in the way."
                                .formatted(Numbers.count(
                                        diagnosis.findings().stream()
                                                .filter(Finding::stands)
                                                .count(),
                                        "finding stands",
                                        "findings stand"))));
        lines.add("Next: " + nextStep());
        return lines;
    }

    private String key() {
        if (diagnosis.key().isEmpty()) {
            return "No column of keys was found.";
        }
        String others =
                diagnosis.otherKeys().stream().map(TableColumn::toString).collect(Collectors.joining(", "));
        return diagnosis.isKeyGiven()
                ? "Keys: %s.".formatted(diagnosis.key().get())
                : "Keys: %s, which most tables refer to.%s Name another one with --key."
                        .formatted(
                                diagnosis.key().get(), others.isEmpty() ? "" : " After it come %s.".formatted(others));
    }

    private ScreenTable table() {
        ScreenTable table = new ScreenTable()
                .left("table")
                .left("is")
                .left("key column")
                .left("because")
                .right("rows, about")
                .right("size");
        diagnosis
                .tables()
                .forEach(each -> table.row(
                        each.name(),
                        each.kind().text(),
                        each.key().orElse("–"),
                        each.why(),
                        Numbers.count(each.rows()),
                        Numbers.bytes(each.bytes())));
        return table;
    }

    private void addFindings(List<String> lines, ScreenStyle style, When when, String heading) {
        List<Finding> findings = diagnosis.findings(when);
        if (findings.isEmpty()) {
            return;
        }
        lines.add("");
        lines.add(style.strong("%s (%s):".formatted(heading, Numbers.count(findings.size()))));
        for (Finding finding : findings) {
            lines.add(INDENT + "- " + (finding.stands() ? style.bad(finding.reason()) : finding.reason()));
            finding.statements()
                    .forEach(statement -> statement.lines().forEach(line -> lines.add(INDENT.repeat(3) + line)));
        }
    }

    private String nextStep() {
        if (!diagnosis.isFit()) {
            return "mend or decide what stands in the way, then " + repeated;
        }
        NextStep next = new NextStep(program, config.map(Path::toString).orElse("ringshard.yaml"));
        return "write the configuration to %s, then %s".formatted(next.config(), next.command("config check"));
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("database", database)
                .with("server", diagnosis.server())
                .with("fit", diagnosis.isFit())
                .with("key", diagnosis.key().map(TableColumn::toString).orElse(null))
                .with("keyGiven", diagnosis.isKeyGiven())
                .with(
                        "otherKeys",
                        diagnosis.otherKeys().stream()
                                .map(TableColumn::toString)
                                .toList())
                .with(
                        "tables",
                        diagnosis.tables().stream().map(DoctorReport::json).toList())
                .with(
                        "findings",
                        diagnosis.findings().stream().map(DoctorReport::json).toList())
                .with("initSeconds", Numbers.seconds(diagnosis.initTime()))
                .with("proposed", String.join("\n", proposed.lines()) + "\n");
    }

    private static Map<String, ?> json(Table table) {
        return ReportJson.fields()
                .with("name", table.name())
                .with("is", table.kind().text())
                .with("keyColumn", table.key().orElse(null))
                .with("keyMissing", table.isKeyMissing())
                .with("doubtful", table.isDoubtful())
                .with("because", table.why())
                .with("rows", table.rows())
                .with("bytes", table.bytes());
    }

    private static Map<String, ?> json(Finding finding) {
        return ReportJson.fields()
                .with("when", finding.when().text())
                .with("kind", finding.kind())
                .with("table", finding.table())
                .with("reason", finding.reason())
                .with("statements", finding.statements());
    }
}
