package dev.ringshard.cli;

import dev.ringshard.cli.bank.BankCommand;
import dev.ringshard.cli.bank.DepositCommand;
import dev.ringshard.cli.bank.GetCommand;
import dev.ringshard.cli.bank.WithdrawCommand;
import dev.ringshard.cli.bank.csv.ExportCommand;
import dev.ringshard.cli.bank.csv.LoadCommand;
import dev.ringshard.cli.bank.demo.DemoCommand;
import dev.ringshard.cli.command.FailureHandler;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.Terminal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
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
        String[] words = args.length == 0 ? new String[] {"demo"} : args;
        return commandLine(terminal, words[0]).execute(words);
    }

    /** With all commands. */
    static CommandLine commandLine(Terminal terminal) {
        return commandLine(terminal, "--help");
    }

    /** With the command of this name alone, because each takes its time to prepare; with all of them if there is none. */
    static CommandLine commandLine(Terminal terminal, String name) {
        CommandLine line = new CommandLine(new RingshardCommand(terminal));
        Map<String, Function<Terminal, Object>> commands = commands();
        boolean isAlone = commands.containsKey(name) && !name.equals("completion"); // which speaks of all
        commands.forEach((each, command) -> {
            if (!isAlone || each.equals(name)) {
                line.addSubcommand(command.apply(terminal));
            }
        });
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, Main::commandLists);
        FailureHandler failures = new FailureHandler(terminal);
        return line.setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(ansi(terminal)))
                .setUsageHelpWidth(HELP_WIDTH)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
    }

    private static Map<String, Function<Terminal, Object>> commands() {
        Map<String, Function<Terminal, Object>> commands = new LinkedHashMap<>();
        commands.put("demo", DemoCommand::new);
        commands.put("config", Main::configuration);
        commands.put("doctor", DoctorCommand::new);
        commands.put("init", InitCommand::new);
        commands.put("load", LoadCommand::new);
        commands.put("export", ExportCommand::new);
        commands.put("get", GetCommand::new);
        commands.put("deposit", DepositCommand::new);
        commands.put("withdraw", WithdrawCommand::new);
        commands.put("locate", LocateCommand::new);
        commands.put("sql", SqlCommand::new);
        commands.put("shell", ShellCommand::new);
        commands.put("status", StatusCommand::new);
        commands.put("serve", ServeCommand::new);
        commands.put("plan", PlanCommand::new);
        commands.put("rebalance", RebalanceCommand::new);
        commands.put("verify", VerifyCommand::new);
        commands.put("recover", RecoverCommand::new);
        commands.put("backup-point", BackupPointCommand::new);
        commands.put("leave", LeaveCommand::new);
        commands.put("completion", CompletionCommand::new);
        return commands;
    }

    /** Those of any cluster first, then those for the customers of the built-in bank. */
    private static String commandLists(CommandLine.Help help) {
        Map<String, CommandLine.Help> any = new LinkedHashMap<>(help.subcommands());
        Map<String, CommandLine.Help> ofTheBank = new LinkedHashMap<>(any);
        ofTheBank.values().removeIf(command -> !(command.commandSpec().userObject() instanceof BankCommand));
        any.keySet().removeAll(ofTheBank.keySet());
        return "%s%nOnly with the built-in bank, which bank: false leaves out:%n%s"
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
