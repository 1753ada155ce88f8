package dev.ringshard.cli.bank.csv;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.Customer;
import dev.ringshard.bank.Totals;
import dev.ringshard.cli.bank.BankCommand;
import dev.ringshard.cli.command.CommandException;
import dev.ringshard.cli.command.Interruption;
import dev.ringshard.cli.screen.ElapsedTimeLine;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.ProgressLine;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ScreenText;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.CorruptionException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "export",
        description = "Writes all customers as CSV in UTF-8, in the order of their keys across all shards.",
        footer = {
            "",
            "Example: ringshard export --out customers.csv",
            "Example: ringshard export | gzip > customers.csv.gz",
            "",
            "The columns are those that 'load --customers' reads, and what it reads back is",
            "the same to the letter:",
            "customer_key,first_name,last_name,savings,checking,retirement_401k",
            "",
            "Each shard is read as of one moment, while work goes on; a shard that does not",
            "answer is a failure. FILE appears under its name only once it is whole: if the",
            "export fails or is interrupted, what was there before stays. Without --out the",
            "report goes to stderr.",
            "",
            "Money on its way between customers of two shards is in no account of the file;",
            "the report says how much that is.",
            "",
            "Customers who cannot be read, because a balance is no amount, are named and left",
            "out, and it ends with 3.",
        })
public final class ExportCommand extends BankCommand {
    private static final int SHOWN = 20;

    @Option(names = "--out", paramLabel = "FILE", description = "Where to write, instead of stdout; replaced if there.")
    @Nullable
    Path out;

    public ExportCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        require(!json || out != null, "--json prints its report where the customers would go: give --out FILE, too.");
        RingshardConfig config = config();
        try (Interruption interruption = Interruption.watch()) {
            return out == null ? toStdout(config, interruption) : toFile(config, out, interruption);
        }
    }

    /** The customers are on stdout already. */
    @Override
    protected void show(Report report) {
        if (out == null) {
            report.lines(terminal.style()).forEach(terminal.err()::println);
            terminal.err().flush();
        } else {
            super.show(report);
        }
    }

    private Report toStdout(RingshardConfig config, Interruption interruption) {
        OutputStream target = new BufferedOutputStream(terminal.data(), 1 << 16);
        try {
            ExportReport report = write(config, target, interruption);
            target.flush();
            return report;
        } catch (IOException | UncheckedIOException failure) {
            throw new CommandException(
                    ExitCode.FAILED,
                    "Stdout takes no more: %s. What it took is not all. Repeat the command.".formatted(reason(failure)),
                    failure);
        }
    }

    private Report toFile(RingshardConfig config, Path target, Interruption interruption) {
        try (AtomicFile file = AtomicFile.begin(target)) {
            ExportReport report = write(config, file.content(), interruption);
            if (!report.isStopped()) {
                file.finish();
            }
            return report;
        } catch (IOException | UncheckedIOException failure) {
            throw new CommandException(
                    ExitCode.FAILED,
                    "%s could not be written: %s. It is as it was before. Make room for it and repeat the command."
                            .formatted(target, reason(failure)),
                    failure);
        }
    }

    private static String reason(Exception failure) {
        if (failure instanceof IOException checked) {
            return AtomicFile.reason(checked);
        }
        return failure.getCause() instanceof IOException cause
                ? AtomicFile.reason(cause)
                : String.valueOf(failure.getMessage());
    }

    private ExportReport write(RingshardConfig config, OutputStream target, Interruption interruption)
            throws IOException {
        try (Ringshard cluster = Ringshard.open(config)) {
            Totals before = ElapsedTimeLine.during(terminal, "counting customers", cluster.customers()::totals);
            double all = Math.max(1, before.customers());
            ProgressLine progress = new ProgressLine(terminal, "exporting");
            long written = 0;
            AtomicLong unreadable = new AtomicLong();
            CustomerCsvWriter csv = new CustomerCsvWriter(target);
            try (Stream<Customer> customers = cluster.customers().streamInKeyOrder(left -> leftOut(left, unreadable))) {
                Iterator<Customer> rest = customers.iterator();
                while (!interruption.isRequested() && rest.hasNext()) {
                    csv.write(rest.next());
                    progress.tell(++written, "customers", written / all);
                }
                csv.flush();
            } finally {
                progress.finish();
            }
            return new ExportReport(
                    out,
                    new ExportReport.Content(written, unreadable.get(), before.inTransit()),
                    progress.elapsed(),
                    interruption.isRequested(),
                    next());
        }
    }

    private void leftOut(CorruptionException unreadable, AtomicLong count) {
        if (count.incrementAndGet() <= SHOWN) {
            terminal.err().println(ScreenText.printable(String.valueOf(unreadable.getMessage())));
        }
    }
}
