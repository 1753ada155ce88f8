package dev.ringshard.cli.screen;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The two output streams of a command, and how they may be written to.
 *
 * @param out for reports
 * @param err for progress and failures
 * @param data for what is no text for people, such as a file's content: the bytes of {@code out}
 * @param style of what is printed
 * @param isInteractive whether it is a terminal, so that a line may be written over
 * @param program what the command line is started with, for the lines that say what to run next
 * @param nanoTime as {@link System#nanoTime}
 */
public record Terminal(
        PrintWriter out,
        PrintWriter err,
        OutputStream data,
        ScreenStyle style,
        boolean isInteractive,
        String program,
        LongSupplier nanoTime) {

    /** This process's. */
    public static Terminal ofProcess() {
        boolean interactive = isConsole(System.console());
        boolean colours =
                interactive && System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(
                writer(System.out),
                writer(System.err),
                new FileOutputStream(
                        FileDescriptor.out), // which fails when nobody reads any more, as System.out does not
                new ScreenStyle(colours, charset().newEncoder().canEncode(ScreenStyle.BAR)),
                interactive,
                ProgramName.name(),
                System::nanoTime);
    }

    /** From Java 22 on there may be a console that is no terminal, and a method that says so. */
    private static boolean isConsole(@Nullable Console console) {
        if (console == null) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (ReflectiveOperationException before22) {
            return true;
        }
    }

    private static PrintWriter writer(OutputStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, charset()), true);
    }

    /** What the locale says; where it says nothing, as in most containers, UTF-8, so that names stay names. */
    private static Charset charset() {
        Charset charset =
                Optional.ofNullable(System.console()).map(Console::charset).orElse(Charset.defaultCharset());
        return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
    }

    /** Prints a report on {@code out}, as JSON or for people. */
    public void show(Report report, boolean asJson) {
        if (asJson) {
            out.println(ReportJson.text(report.json()));
        } else {
            report.lines(style).forEach(out::println);
        }
        out.flush();
    }
}
