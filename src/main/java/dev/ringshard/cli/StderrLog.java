package dev.ringshard.cli;

import java.io.PrintStream;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The log of the command line: warnings and errors, a line each, to stderr. Logback reads a configuration in XML for that, which takes longer
 * than what a short command is there for. Public, because SLF4J makes one.
 */
public final class StderrLog implements SLF4JServiceProvider {
    /** Of these, what they warn of, such as a connection that died, comes back as an error with a remedy. */
    private static final String[] ERRORS_ONLY = {"com.zaxxer.hikari.", "org.flywaydb."};

    private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();
    private final Supplier<PrintStream> stderr;

    /** To whatever stderr is when something is logged. */
    public StderrLog() {
        this(() -> System.err);
    }

    StderrLog(Supplier<PrintStream> stderr) {
        this.stderr = stderr;
    }

    @Override
    public void initialize() {
        // nothing to prepare
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> loggers.computeIfAbsent(name, created -> new StderrLogger(created, stderr));
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    private static final class StderrLogger extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1;

        private final transient Supplier<PrintStream> stderr;
        private final boolean warns;

        StderrLogger(String name, Supplier<PrintStream> stderr) {
            this.name = name;
            this.stderr = stderr;
            this.warns = Arrays.stream(ERRORS_ONLY).noneMatch(name::startsWith);
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return false;
        }

        @Override
        public boolean isWarnEnabled() {
            return warns;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }

        /** Without the stack trace: what went wrong is said in the message, or reported by the command. */
        @Override
        protected void handleNormalizedLoggingCall(
                Level level,
                @Nullable Marker marker,
                String message,
                Object @Nullable [] arguments,
                @Nullable Throwable failure) {
            stderr.get()
                    .println("%s %-5s %s: %s"
                            .formatted(
                                    LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS),
                                    level,
                                    name.substring(name.lastIndexOf('.') + 1),
                                    MessageFormatter.basicArrayFormat(message, arguments)));
        }

        @Override
        protected @Nullable String getFullyQualifiedCallerName() {
            return null;
        }
    }
}
