package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.screen.ProgressLine;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.status.InitListener;
import dev.ringshard.status.InitOutcome;
import dev.ringshard.status.InitStep;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "init",
        description = "Founds a cluster: migrates every database and hands out the first ownership of the ring.",
        footer = {
            "",
            "Example: ringshard init --config shop.yaml, with this in shop.yaml:",
            "",
            "  cluster: shop",
            "  bank: false",
            "  tables:",
            "    sharded: [ { name: tenants, key: id }, { name: orders, key: tenant_id } ]",
            "    migrations: [ \"filesystem:db/migration\" ]",
            "  shards:",
            "    - { name: eu-1, url: \"jdbc:h2:file:./data/eu-1\" }",
            "    - name: eu-2",
            "      url: jdbc:postgresql://localhost:5432/shop",
            "      user: shop",
            "      password: \"$${SHOP_PASSWORD}\"",
            "",
            "Repeating it is safe: it runs the migrations that are new, and leaves the rest",
            "as it is.",
        })
final class InitCommand extends ClusterCommand {
    private boolean hasBegun;

    @Option(
            names = "--release",
            paramLabel = "TABLE",
            description =
                    "Make TABLE, which tables.reference names no more, one that is written to directly again; repeatable.")
    List<String> released = List.of();

    InitCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        RingshardConfig config = config();
        for (String table : released) {
            List<String> shards =
                    Ringshard.release(config, table, waiting -> terminal.err().println(waiting));
            terminal.err()
                    .println(
                            shards.isEmpty()
                                    ? "%s is no reference table of any shard.".formatted(table)
                                    : "No reference table any more: %s on %s."
                                            .formatted(table, String.join(", ", shards)));
        }
        InitOutcome outcome = init(config);
        try (Ringshard cluster = opened(config)) {
            return new InitReport(outcome, cluster.status(), config.bank().isOn(), next());
        }
    }

    @Override
    protected Optional<String> nextAfter(Throwable failure) {
        return failure instanceof SqlFailedException
                ? Optional.of("correct what the database refused, then " + next().command("init"))
                : super.nextAfter(failure);
    }

    private InitOutcome init(RingshardConfig config) {
        Progress progress = new Progress();
        try {
            return Ringshard.init(config, progress);
        } catch (RuntimeException failure) {
            progress.finish();
            if (hasBegun) {
                terminal.err()
                        .println(
                                "Init has not ended, and what is done stays: %s tells what. Repeating init finishes it."
                                        .formatted(next().command("config check")));
            }
            throw failure;
        } finally {
            progress.finish();
        }
    }

    /** A line for each step, and one that is written over for what takes long. */
    private final class Progress implements InitListener {
        private ProgressLine line = new ProgressLine(terminal, "");

        @Override
        public synchronized void before(InitStep step, String shard) {
            hasBegun |= step != InitStep.INSPECT;
            line.finish();
            line = new ProgressLine(terminal, shard);
            terminal.err().println("%s: %s".formatted(shard, text(step)));
        }

        @Override
        public synchronized void progress(String shard, String howFar) {
            line.tell(howFar);
        }

        private synchronized void finish() {
            line.finish();
        }
    }

    private static String text(InitStep step) {
        return switch (step) {
            case INSPECT -> "looking who it is";
            case MIGRATE -> "migrating its schema, if need be";
            case INDEX -> "indexing its sharded tables by token, if they are not";
            case FENCE -> "fencing its sharded tables, if they are not";
            case PREPARE -> "noting who founds the cluster, if not noted yet";
            case SEAL -> "noting which databases the founders are, if not noted yet";
            case HAND_OUT -> "giving it its part of the ring, if it has none";
        };
    }
}
