package dev.ringshard.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What the figures were measured on. */
final class Machine {
    private Machine() {}

    static String describe() {
        return "%s, %d cores, %.0f GiB; %s %s; %s %s"
                .formatted(
                        processor(),
                        Runtime.getRuntime().availableProcessors(),
                        memory() / 1073741824.0,
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("java.vm.name"),
                        System.getProperty("java.runtime.version"));
    }

    /** The load of the machine over the last minute: what else ran. */
    static String load() {
        return String.format(
                Locale.ROOT,
                "%.1f",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static double memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 0;
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            Optional<String> name = lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
            return name.orElse(System.getProperty("os.arch"));
        } catch (IOException elsewhere) {
            return System.getProperty("os.arch");
        }
    }

    /** Such as {@code 1a2b3c4}, with a plus sign if files were changed since; a question mark without Git. */
    static String commit() {
        String changed = git("status", "--porcelain", "--untracked-files=no");
        return git("rev-parse", "--short", "HEAD") + (changed.isEmpty() ? "" : "+");
    }

    private static String git(String... arguments) {
        try {
            Process git = new ProcessBuilder(Stream.concat(Stream.of("git"), Stream.of(arguments))
                            .toList())
                    .redirectErrorStream(true)
                    .start();
            String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 ? out : "?";
        } catch (IOException none) {
            return "?";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "?";
        }
    }
}
