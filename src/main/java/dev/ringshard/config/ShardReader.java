package dev.ringshard.config;

import java.util.List;
import java.util.Optional;

/** Reads one entry of {@code shards}. */
final class ShardReader {
    private final Section section;
    private final PoolConfig pool;
    private final ProblemList problems;

    ShardReader(Section section, PoolConfig pool, ProblemList problems) {
        this.section = section;
        this.pool = pool;
        this.problems = problems;
    }

    /**
     * Reads on after a problem.
     *
     * @param drafts gets what could be read
     * @param shards gets the shard, if it has no problem of its own
     */
    void read(List<ShardDraft> drafts, List<ShardConfig> shards) {
        int before = problems.size();
        section.allow("name", "url", "user", "password", "weight", "pool");
        Optional<String> name = section.required("name", "a name that never changes, such as 'eu-1',");
        name.ifPresent(text -> section.requireName("name", text));
        double weight = section.number("weight", ShardConfig.DEFAULT_WEIGHT);
        ShardConfig.checkWeight(section, weight);
        Optional<DatabaseSource> source = source();

        drafts.add(new ShardDraft(
                section.path(),
                section,
                name.orElse(null),
                weight,
                source.map(ShardDraft::database).orElse(null)));
        if (problems.size() == before) {
            shards.add(new ShardConfig(name.orElseThrow(), weight, source.orElseThrow(), pool));
        }
    }

    private Optional<DatabaseSource> source() {
        int before = problems.size();
        Optional<String> url = section.required("url", "the JDBC URL of the shard's database");
        String user = section.text("user").orElse("");
        Password password = Password.of(section.text("password").orElse(""));
        url.ifPresent(text -> DatabaseSource.Jdbc.check(section, text, user, password));
        return problems.size() == before
                ? url.map(text -> new DatabaseSource.Jdbc(text, user, password))
                : Optional.empty();
    }
}
