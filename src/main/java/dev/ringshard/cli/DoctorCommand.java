package dev.ringshard.cli;

import dev.ringshard.cli.command.CommandException;
import dev.ringshard.cli.command.ReportCommand;
import dev.ringshard.cli.screen.ElapsedTimeLine;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.DatabaseSource;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.TablesConfig;
import dev.ringshard.internal.doctor.Diagnosis;
import dev.ringshard.internal.doctor.Doctor;
import dev.ringshard.internal.doctor.DoctorOptions;
import dev.ringshard.internal.doctor.TableColumn;
import dev.ringshard.internal.shard.Shards;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "doctor",
        description = "Says what stands in the way of sharding a PostgreSQL database. Changes nothing.",
        footer = {
            "",
            "Example: ringshard doctor --url jdbc:postgresql://localhost/shop \\",
            "             --user shop --password-env SHOP_PASSWORD --key tenants.id",
            "Example: ringshard doctor --config shop.yaml --shard eu-1",
            "",
            "It follows foreign keys from the table of the keys to the tables that belong to",
            "it, names what has to be mended, with the statements, and proposes the",
            "configuration. Ends with 3 if anything has to be mended or decided.",
        })
final class DoctorCommand extends ReportCommand {
    @Option(names = "--url", paramLabel = "URL", description = "The database: jdbc:postgresql://…")
    @Nullable
    String url;

    @Option(names = "--user", paramLabel = "USER", description = "Its user; default: the driver's own.")
    String user = "";

    @Option(
            names = "--password-env",
            paramLabel = "NAME",
            description = "The environment variable that holds the password.")
    @Nullable
    String passwordVariable;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Instead of --url: a configuration with the database.")
    @Nullable
    Path configFile;

    @Option(names = "--shard", paramLabel = "NAME", description = "With --config: which; default: the first.")
    @Nullable
    String shardName;

    @Option(
            names = "--key",
            paramLabel = "TABLE.COLUMN",
            description = "The column of the keys; default: that which most tables refer to.")
    @Nullable
    String key;

    @Option(
            names = "--sharded",
            paramLabel = "TABLE.COLUMN",
            split = ",",
            description = "More tables that belong to keys, though no foreign key says so.")
    List<String> sharded = List.of();

    @Option(
            names = "--reference",
            paramLabel = "TABLE",
            split = ",",
            description = "Small tables of which every shard is to have the same rows.")
    List<String> reference = List.of();

    @Option(
            names = "--local",
            paramLabel = "TABLE",
            split = ",",
            description = "Tables that are to stay where they are.")
    List<String> local = List.of();

    DoctorCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        require((url == null) != (configFile == null), "Say which database, by --url or by --config.");
        require(
                url != null || (user.isEmpty() && passwordVariable == null),
                "--user and --password-env go with --url.");
        require(configFile != null || shardName == null, "--shard goes with --config.");
        Optional<RingshardConfig> config = Optional.ofNullable(configFile).map(RingshardConfig::load);
        ShardConfig database = config.map(this::configured).orElseGet(this::given);
        DoctorOptions options = options(config);
        try (Shards shards = Shards.open(List.of(database))) {
            Diagnosis diagnosis = ElapsedTimeLine.during(
                    terminal, "examining the database", () -> Doctor.examine(shards.get(database.name()), options));
            return new DoctorReport(
                    diagnosis,
                    database.name(),
                    new ProposedConfig(diagnosis, database, config, passwordVariable()),
                    repeated(database),
                    terminal.program(),
                    Optional.ofNullable(configFile));
        }
    }

    /** Without what is secret in the URL. */
    private String repeated(ShardConfig database) {
        return url != null && database.source() instanceof DatabaseSource.Jdbc jdbc
                ? sameCommand().replace(NextStep.quoted(url), NextStep.quoted(jdbc.redactedUrl()))
                : sameCommand();
    }

    private ShardConfig configured(RingshardConfig config) {
        if (shardName == null) {
            return config.shards().get(0);
        }
        return config.shard(shardName)
                .orElseThrow(() -> new CommandException(
                        ExitCode.USAGE, "There is no shard %s in %s.".formatted(shardName, configFile)));
    }

    /** Named as its database is. */
    private ShardConfig given() {
        String address = String.valueOf(url);
        String name =
                address.replaceFirst("[?;].*", "").replaceFirst("^.*[/:]", "").toLowerCase(Locale.ROOT);
        return ShardConfig.of(name.matches("[a-z0-9][a-z0-9_-]{0,62}") ? name : "first", address, user, password());
    }

    private String password() {
        if (passwordVariable == null) {
            return "";
        }
        String password = System.getenv(passwordVariable);
        if (password == null) {
            throw new CommandException(
                    ExitCode.USAGE, "The environment variable %s is not set.".formatted(passwordVariable));
        }
        return password;
    }

    private String passwordVariable() {
        return passwordVariable == null ? "SHOP_PASSWORD" : passwordVariable;
    }

    /** What a configuration declares is decided. */
    private DoctorOptions options(Optional<RingshardConfig> config) {
        List<TableColumn> declared = config.map(RingshardConfig::shardedTables).orElse(List.of()).stream()
                .flatMap(table -> table.key().map(column -> new TableColumn(table.name(), column)).stream())
                .toList();
        Optional<TableColumn> keys = Optional.ofNullable(key)
                .map(text -> argument(() -> TableColumn.parse(text)))
                .or(() -> declared.stream().findFirst());
        List<TableColumn> more = new ArrayList<>(declared);
        sharded.forEach(text -> more.add(argument(() -> TableColumn.parse(text))));
        Set<String> whole = new HashSet<>(
                config.map(RingshardConfig::tables).orElse(TablesConfig.NONE).reference());
        whole.addAll(lowered(reference));
        return new DoctorOptions(keys, more, whole, lowered(local));
    }

    private static Set<String> lowered(List<String> names) {
        return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    }
}
