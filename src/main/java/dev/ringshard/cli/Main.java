package dev.ringshard.cli;

import dev.ringshard.cli.bank.BankCommand;
import dev.ringshard.cli.bank.DepositCommand;
import dev.ringshard.cli.bank.GetCommand;
import dev.ringshard.cli.bank.WithdrawCommand;
import dev.ringshard.cli.bank.bench.BenchCommand;
import dev.ringshard.cli.bank.csv.ExportCommand;
import dev.ringshard.cli.bank.csv.LoadCommand;
import dev.ringshard.cli.bank.demo.DemoCommand;
import dev.ringshard.cli.command.FailureHandler;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.Terminal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The command line. Exit codes: 0 done, 1 failed and safe to repeat, 2 the arguments, the configuration or a file given
 * cannot be used, 3 differences or work pending, 4 outcome unknown.
 */
public final class Main {
    /** What every terminal shows without wrapping. */
    private static final int HELP_WIDTH = 80;

    private Main() {}

    /** Runs one command, {@code demo} if none is given, and ends the process with its exit code. */
    public static void main(String[] args) {
        Logging.configure();
        Terminal terminal = Terminal.ofProcess();
        Logging.silenceLibraries();
        int exitCode = run(terminal, args);
        if (exitCode != ExitCode.DONE.number()) {
            System.exit(exitCode);
        }
    }

    /** As {@link #main}, inside this process, on a terminal of the caller's. */
    static int run(Terminal terminal, String... args) {
        return commandLine(terminal).execute(args.length == 0 ? new String[] {"demo"} : args);
    }

    static CommandLine commandLine(Terminal terminal) {
        CommandLine line = new CommandLine(new RingshardCommand(terminal));
        Stream.of(
                        new DemoCommand(terminal),
                        configuration(terminal),
                        new DoctorCommand(terminal),
                        new InitCommand(terminal),
                        new LoadCommand(terminal),
                        new ExportCommand(terminal),
                        new GetCommand(terminal),
                        new DepositCommand(terminal),
                        new WithdrawCommand(terminal),
                        new LocateCommand(terminal),
                        new SqlCommand(terminal),
                        new ShellCommand(terminal),
                        new StatusCommand(terminal),
                        new ServeCommand(terminal),
                        new PlanCommand(terminal),
                        new RebalanceCommand(terminal),
                        new VerifyCommand(terminal),
                        new RecoverCommand(terminal),
                        new BackupPointCommand(terminal),
                        new LeaveCommand(terminal),
                        new BenchCommand(terminal),
                        new CompletionCommand(terminal))
                .forEach(line::addSubcommand);
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, Main::commandLists);
        FailureHandler failures = new FailureHandler(terminal);
        return line.setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(ansi(terminal)))
                .setUsageHelpWidth(HELP_WIDTH)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
    }

    /** Those of any cluster first, then those for the customers of the built-in bank. */
    private static String commandLists(CommandLine.Help help) {
        Map<String, CommandLine.Help> any = new LinkedHashMap<>(help.subcommands());
        Map<String, CommandLine.Help> ofTheBank = new LinkedHashMap<>(any);
        ofTheBank.values().removeIf(command -> !(command.commandSpec().userObject() instanceof BankCommand));
        any.keySet().removeAll(ofTheBank.keySet());
        return "%s%nWith the built-in bank of customers and accounts:%n%s"
                .formatted(help.commandList(any), help.commandList(ofTheBank));
    }

    private static CommandLine configuration(Terminal terminal) {
        return new CommandLine(new ConfigCommand(terminal))
                .addSubcommand(new ConfigCheckCommand(terminal))
                .addSubcommand(new ConfigExampleCommand(terminal));
    }

    private static CommandLine.Help.Ansi ansi(Terminal terminal) {
        return terminal.style().colours() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF;
    }
}
