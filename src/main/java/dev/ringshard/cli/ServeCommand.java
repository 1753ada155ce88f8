package dev.ringshard.cli;

import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.command.CommandException;
import dev.ringshard.cli.command.Interruption;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.internal.serve.ClusterServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "serve",
        description = "Shows the cluster in a browser, live, and to Prometheus; changes nothing.",
        footer = {
            "",
            "Example: ringshard serve --config shop.yaml",
            "Example: ringshard serve --port 8080 --bind 10.0.0.7",
            "",
            "  /             a page: who owns what, what moves, how each shard is",
            "  /metrics      figures for Prometheus",
            "  /health       200 if every shard is up, 503 if not; /health/SHARD for one",
            "  /status.json  what the page shows",
            "",
            "It looks at each shard once a second, however many ask, and sees a rebalance",
            "that another process runs. It follows the configuration when the file changes.",
            "There is no password: it listens on this machine only, unless --bind says",
            "otherwise. Ctrl-C ends it.",
        })
final class ServeCommand extends ClusterCommand {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "9470",
            description = "Where to listen, 0 for any that is free; default: ${DEFAULT-VALUE}.")
    int port;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "The address to listen on; default: ${DEFAULT-VALUE}, which only this machine reaches.")
    String bind = "127.0.0.1";

    ServeCommand(Terminal terminal) {
        super(terminal);
    }

    /** Shows the report once it serves, and not when it has ended. */
    @Override
    public Integer call() {
        require(port >= 0 && port <= 65_535, "--port is %d: 0 to 65535 is allowed.".formatted(port));
        try (Interruption interruption = Interruption.watch();
                ClusterServer server = start()) {
            CountDownLatch wanted = new CountDownLatch(1);
            interruption.onRequest(wanted::countDown);
            show(new ServeReport(config().cluster(), server.address(), server.isLocal()));
            wanted.await();
            terminal.err().println("Stopped on request.");
            return ExitCode.DONE.number();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return ExitCode.DONE.number();
        }
    }

    @Override
    protected Report run() {
        throw new UnsupportedOperationException("shows its report while it runs");
    }

    private ClusterServer start() throws InterruptedException {
        try {
            return ClusterServer.start(
                    configFile,
                    new InetSocketAddress(address(), port),
                    next()::command,
                    config().bank().isOn() ? CustomerRepository.transferAmounts() : Map.of());
        } catch (IOException failure) {
            throw new CommandException(
                    ExitCode.FAILED,
                    "Nothing can listen on port %d of %s: %s. Nothing was changed. Name another with --port or --bind."
                            .formatted(port, bind, failure.getMessage()),
                    failure);
        }
    }

    private InetAddress address() {
        try {
            return InetAddress.getByName(bind);
        } catch (UnknownHostException unknown) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--bind is %s: no address of this machine is known by that name.".formatted(bind));
        }
    }
}
