package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.command.CommandException;
import dev.ringshard.cli.command.Interruption;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.ProgressLine;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.status.RecoveryOutcome;
import dev.ringshard.verify.UniqueColumn;
import dev.ringshard.verify.Verification;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "verify",
        description = "Reads everything on every shard, and says what is wrong.",
        footer = {
            "",
            "Example: ringshard verify --config shop.yaml --examples 50",
            "",
            "Every token of the ring must have one owner; every row must be on the shard that",
            "owns its token; the token must be that of the key; no key may have rows on two",
            "shards; a row that refers to another must have its token. What moves have staged",
            "or left behind is told apart from damage.",
            "",
            "It may run at any time, also while a rebalance does. It repairs nothing by",
            "itself: only a handover whose mover is gone is finished, as by every other read",
            "over all shards.",
            "",
            "Ends with 3 if something is wrong, or is left over from moves, or two shards have a",
            "value that is to be unique; with 1 after Ctrl-C.",
        })
final class VerifyCommand extends ClusterCommand {
    private static final int MOST_EXAMPLES = 10_000;

    @Option(
            names = "--examples",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "How many to name of each kind of finding, 0 to " + MOST_EXAMPLES + "; default: ${DEFAULT-VALUE}.")
    int examples;

    @Option(
            names = "--repair",
            description = "First do what 'recover' does, which is safe: tidy up what moves have left. Nothing else is"
                    + " ever repaired.")
    boolean repair;

    @Option(
            names = "--unique",
            paramLabel = "TABLE.COLUMN",
            split = ",",
            description = "Also find values of this column that rows of several shards have, as no database can keep"
                    + " them unique by itself.")
    List<String> unique = List.of();

    VerifyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        if (examples < 0 || examples > MOST_EXAMPLES) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--examples is %d: 0 to %d is allowed.".formatted(examples, MOST_EXAMPLES));
        }
        RingshardConfig config = config();
        try (Ringshard cluster = opened(config);
                Interruption interruption = Interruption.watch()) {
            Optional<RecoveryOutcome> repaired =
                    repair ? Optional.of(RecoverCommand.recovered(cluster, Set.of(), terminal)) : Optional.empty();
            return new VerifyReport(
                    config.cluster(),
                    config.bank().isOn(),
                    !config.tables().reference().isEmpty(),
                    verify(cluster, repaired, interruption),
                    repaired,
                    next());
        }
    }

    private Verification verify(Ringshard cluster, Optional<RecoveryOutcome> repaired, Interruption interruption) {
        interruption.onRequest(
                () -> terminal.err().println("Stopping. Once more ends it at once, which is safe, too."));
        ProgressLine progress = new ProgressLine(terminal, "verifying");
        try {
            List<UniqueColumn> columns =
                    unique.stream().map(UniqueColumn::parse).toList();
            return cluster.verify(examples, columns, (rows, estimated) -> {
                if (interruption.isRequested()) {
                    throw new CommandException(
                            ExitCode.FAILED,
                            "Stopped on request. Nothing can be said of what was not read. Repeat the command.");
                }
                progress.tell(rows, "rows", estimated == 0 ? 0 : (double) rows / estimated);
            });
        } catch (RuntimeException failure) {
            repaired.ifPresent(done -> terminal.err().println("Before that: " + RecoverReport.sentence(done)));
            throw failure;
        } finally {
            progress.finish();
        }
    }
}
