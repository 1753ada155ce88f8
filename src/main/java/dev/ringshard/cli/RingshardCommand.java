package dev.ringshard.cli;

import dev.ringshard.cli.screen.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What stands before the commands. By itself it only says which there are. */
@Command(
        name = "ringshard",
        description = "Spreads the rows of your tables over many plain SQL databases by consistent hashing.",
        versionProvider = RingshardCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Without a command it runs the demo, which needs no database.",
            "",
            "Exit codes: 0 done, 1 failed and safe to repeat, 2 arguments, configuration or",
            "file cannot be used, 3 differences or work pending, 4 outcome unknown.",
        })
final class RingshardCommand implements Runnable {
    private final Terminal terminal;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version.")
    boolean version;

    RingshardCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "Name a command; '%s --help' lists them.".formatted(terminal.program()));
    }

    /** The version that the jar's manifest names. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "ringshard %s (Java %s)"
                        .formatted(version == null ? "built from source" : version, System.getProperty("java.version"))
            };
        }
    }
}
