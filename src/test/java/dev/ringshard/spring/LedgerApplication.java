package dev.ringshard.spring;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;

import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Table;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Options;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.domain.Persistable;
import org.springframework.data.jdbc.repository.config.EnableJdbcRepositories;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.CrudRepository;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.transaction.annotation.Transactional;

/** An application that has a ledger, and every way of reaching it that is common. None of them knows of shards, but for keys. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(
        excludeName = {
            "org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration",
            "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration"
        })
@EnableJdbcRepositories(considerNestedRepositories = true)
class LedgerApplication {

    @Bean
    JpaLedger jpaLedger() {
        return new JpaLedger();
    }

    @Bean
    JdbcTemplateLedger jdbcTemplateLedger(JdbcTemplate jdbc) {
        return new JdbcTemplateLedger(jdbc);
    }

    @Bean
    DataJdbcLedger dataJdbcLedger(AccountRows accounts, EntryRows entries, PartRows parts) {
        return new DataJdbcLedger(accounts, entries, parts);
    }

    @Bean
    MyBatisLedger myBatisLedger(DataSource dataSource) {
        return new MyBatisLedger(dataSource);
    }

    @Bean
    JooqLedger jooqLedger(DataSource dataSource) {
        return new JooqLedger(dataSource);
    }

    // ---- JPA

    @Entity(name = "Account")
    @Table(name = "accounts")
    @SuppressWarnings("NullAway.Init")
    static class Account {
        @jakarta.persistence.Id
        UUID id;

        int entries;

        @jakarta.persistence.Version
        long version;

        public UUID getId() {
            return id;
        }
    }

    /** Its number is unique within its account only, so nobody looks for it by that alone. */
    @Entity(name = "Entry")
    @Table(name = "entries")
    @SuppressWarnings("NullAway.Init")
    static class Entry {
        @jakarta.persistence.Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        @Nullable
        Long number;

        @jakarta.persistence.Column(name = "account_id")
        UUID account;

        String text;
    }

    @Entity(name = "Part")
    @Table(name = "parts")
    @SuppressWarnings("NullAway.Init")
    static class Part {
        @jakarta.persistence.Id
        @GeneratedValue
        @Nullable
        UUID id;

        @jakarta.persistence.Column(name = "account_id")
        UUID account;

        String text;
    }

    @SuppressWarnings("NullAway.Init")
    static class JpaLedger implements LedgerClient {
        @PersistenceContext
        EntityManager entities;

        @Override
        @Transactional
        public void open(@ShardKey UUID id) {
            Account account = new Account();
            account.id = id;
            entities.persist(account);
        }

        @Override
        @Transactional
        public void enter(@ShardKey UUID id, String text) {
            Entry entry = new Entry();
            entry.account = id;
            entry.text = text;
            entities.persist(entry);
            if (entry.number == null) {
                throw new IllegalStateException("the database gave no number");
            }
            for (int i = 0; i < PARTS; i++) {
                Part part = new Part();
                part.account = id;
                part.text = text;
                entities.persist(part);
            }
            entities.find(Account.class, id).entries++;
        }

        @Override
        @Transactional(readOnly = true)
        public int entries(@ShardKey UUID id) {
            return LedgerClient.agreed(entities.find(Account.class, id).entries, count("Entry", id), count("Part", id));
        }

        private long count(String entity, UUID id) {
            return entities.createQuery("select count(*) from " + entity + " where account = :id", Long.class)
                    .setParameter("id", id)
                    .getSingleResult();
        }

        /** As seen before, and changed only if it is still so. */
        @Transactional
        public void replace(@ShardKey("id") Account seen) {
            entities.merge(seen);
        }

        @Transactional
        public Account seen(@ShardKey UUID id) {
            return entities.find(Account.class, id);
        }

        @Transactional
        public Account locked(@ShardKey UUID id) {
            return entities.find(Account.class, id, LockModeType.PESSIMISTIC_WRITE);
        }

        /** Without a transaction, as while a view is rendered. */
        public int entriesInView(UUID id) {
            return entities.find(Account.class, id).entries;
        }
    }

    // ---- JdbcTemplate

    static class JdbcTemplateLedger implements LedgerClient {
        private final JdbcTemplate jdbc;

        JdbcTemplateLedger(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Override
        @Transactional
        public void open(@ShardKey UUID account) {
            jdbc.update("INSERT INTO accounts VALUES (?, 0, 0)", account);
        }

        @Override
        @Transactional
        public void enter(@ShardKey UUID account, String text) {
            GeneratedKeyHolder keys = new GeneratedKeyHolder();
            jdbc.update(
                    connection -> {
                        PreparedStatement insert = connection.prepareStatement(
                                "INSERT INTO entries (account_id, text) VALUES (?, ?)",
                                Statement.RETURN_GENERATED_KEYS);
                        insert.setObject(1, account);
                        insert.setString(2, text);
                        return insert;
                    },
                    keys);
            if (keys.getKeyList().size() != 1) {
                throw new IllegalStateException("the database gave no number");
            }
            jdbc.batchUpdate(
                    "INSERT INTO parts VALUES (?, ?, ?)",
                    Stream.generate(() -> new Object[] {UUID.randomUUID(), account, text})
                            .limit(PARTS)
                            .toList());
            jdbc.update("UPDATE accounts SET entries = entries + 1 WHERE id = ?", account);
        }

        @Override
        @Transactional(readOnly = true)
        public int entries(@ShardKey UUID account) {
            return LedgerClient.agreed(
                    number("SELECT entries FROM accounts WHERE id = ?", account),
                    number("SELECT count(*) FROM entries WHERE account_id = ?", account),
                    number("SELECT count(*) FROM parts WHERE account_id = ?", account));
        }

        private int number(String query, UUID account) {
            Integer number = jdbc.queryForObject(query, Integer.class, account);
            return number == null ? -1 : number;
        }
    }

    // ---- Spring Data JDBC

    @org.springframework.data.relational.core.mapping.Table("accounts")
    record AccountRow(@Id UUID id, int entries, @Version long version) {
        AccountRow withOneMore() {
            return new AccountRow(id, entries + 1, version);
        }
    }

    @org.springframework.data.relational.core.mapping.Table("entries")
    record EntryRow(@Id @Nullable Long number, UUID accountId, String text) {}

    @org.springframework.data.relational.core.mapping.Table("parts")
    record PartRow(@Id UUID id, UUID accountId, String text) implements Persistable<UUID> {
        @Override
        public UUID getId() {
            return id;
        }

        @Override
        public boolean isNew() {
            return true;
        }
    }

    interface AccountRows extends CrudRepository<AccountRow, UUID> {
        /** In a transaction of its own, for the key of its parameter. */
        @Modifying
        @Query("INSERT INTO accounts VALUES (:account, 0, 1)")
        int open(@ShardKey @org.springframework.data.repository.query.Param("account") UUID account);
    }

    interface EntryRows extends CrudRepository<EntryRow, Long> {
        long countByAccountId(UUID account);
    }

    interface PartRows extends CrudRepository<PartRow, UUID> {
        long countByAccountId(UUID account);
    }

    static class DataJdbcLedger implements LedgerClient {
        private final AccountRows accounts;
        private final EntryRows entries;
        private final PartRows parts;

        DataJdbcLedger(AccountRows accounts, EntryRows entries, PartRows parts) {
            this.accounts = accounts;
            this.entries = entries;
            this.parts = parts;
        }

        @Override
        public void open(UUID account) {
            accounts.open(account);
        }

        @Override
        @Transactional
        public void enter(@ShardKey UUID account, String text) {
            if (entries.save(new EntryRow(null, account, text)).number() == null) {
                throw new IllegalStateException("the database gave no number");
            }
            List<PartRow> rows = new ArrayList<>();
            for (int i = 0; i < PARTS; i++) {
                rows.add(new PartRow(UUID.randomUUID(), account, text));
            }
            parts.saveAll(rows);
            accounts.save(accounts.findById(account).orElseThrow().withOneMore());
        }

        @Override
        @Transactional(readOnly = true)
        public int entries(@ShardKey UUID account) {
            return LedgerClient.agreed(
                    accounts.findById(account).orElseThrow().entries(),
                    entries.countByAccountId(account),
                    parts.countByAccountId(account));
        }
    }

    // ---- MyBatis

    /** What MyBatis gives the number of an entry to. */
    @SuppressWarnings("NullAway.Init")
    static class NewEntry {
        String account;
        String text;

        @Nullable
        Long number;
    }

    interface LedgerMapper {
        @Insert("INSERT INTO accounts VALUES (#{account}::uuid, 0, 0)")
        int open(@Param("account") String account);

        @Insert("INSERT INTO entries (account_id, text) VALUES (#{account}::uuid, #{text})")
        @Options(useGeneratedKeys = true, keyProperty = "number", keyColumn = "number")
        int enter(NewEntry entry);

        @Insert({
            "<script>INSERT INTO parts VALUES",
            "<foreach collection='ids' item='id' separator=','>(#{id}::uuid, #{account}::uuid, #{text})</foreach></script>"
        })
        int addParts(@Param("ids") List<String> ids, @Param("account") String account, @Param("text") String text);

        @Update("UPDATE accounts SET entries = entries + 1 WHERE id = #{account}::uuid")
        int count(@Param("account") String account);

        @Select("SELECT entries FROM accounts WHERE id = #{account}::uuid")
        int counted(@Param("account") String account);

        @Select("SELECT count(*) FROM entries WHERE account_id = #{account}::uuid")
        long entries(@Param("account") String account);

        @Select("SELECT count(*) FROM parts WHERE account_id = #{account}::uuid")
        long parts(@Param("account") String account);
    }

    /** Not Spring's: sessions of its own, which commit by themselves. */
    static class MyBatisLedger implements LedgerClient {
        private final SqlSessionFactory sessions;

        MyBatisLedger(DataSource dataSource) {
            org.apache.ibatis.session.Configuration configuration = new org.apache.ibatis.session.Configuration(
                    new Environment("ledger", new JdbcTransactionFactory(), dataSource));
            configuration.addMapper(LedgerMapper.class);
            sessions = new SqlSessionFactoryBuilder().build(configuration);
        }

        @Override
        @ShardKey("#account")
        public void open(UUID account) {
            try (SqlSession session = sessions.openSession()) {
                session.getMapper(LedgerMapper.class).open(account.toString());
                session.commit();
            }
        }

        @Override
        @ShardKey("#account")
        public void enter(UUID account, String text) {
            try (SqlSession session = sessions.openSession()) {
                LedgerMapper mapper = session.getMapper(LedgerMapper.class);
                NewEntry entry = new NewEntry();
                entry.account = account.toString();
                entry.text = text;
                mapper.enter(entry);
                if (entry.number == null) {
                    throw new IllegalStateException("the database gave no number");
                }
                mapper.addParts(
                        Stream.generate(() -> UUID.randomUUID().toString())
                                .limit(PARTS)
                                .toList(),
                        account.toString(),
                        text);
                mapper.count(account.toString());
                session.commit();
            }
        }

        @Override
        @ShardKey("#account")
        public int entries(UUID account) {
            try (SqlSession session = sessions.openSession()) {
                session.getConnection();
                LedgerMapper mapper = session.getMapper(LedgerMapper.class);
                return LedgerClient.agreed(
                        mapper.counted(account.toString()),
                        mapper.entries(account.toString()),
                        mapper.parts(account.toString()));
            }
        }
    }

    // ---- jOOQ

    /** Not Spring's: transactions of its own, with lambdas. */
    static class JooqLedger implements LedgerClient {
        private final DSLContext dsl;

        JooqLedger(DataSource dataSource) {
            dsl = DSL.using(dataSource, SQLDialect.POSTGRES);
        }

        @Override
        @ShardKey("#account")
        public void open(UUID account) {
            dsl.execute("INSERT INTO accounts VALUES (?, 0, 0)", account);
        }

        @Override
        @ShardKey("#account")
        public void enter(UUID account, String text) {
            dsl.transaction(transaction -> {
                DSLContext within = transaction.dsl();
                Long number = within.insertInto(table("entries"))
                        .columns(field("account_id"), field("text"))
                        .values(account, text)
                        .returningResult(field("number", Long.class))
                        .fetchOne(0, Long.class);
                if (number == null) {
                    throw new IllegalStateException("the database gave no number");
                }
                within.batch(Stream.generate(() -> within.insertInto(table("parts"))
                                        .columns(field("id"), field("account_id"), field("text"))
                                        .values(UUID.randomUUID(), account, text))
                                .limit(PARTS)
                                .toList())
                        .execute();
                within.update(table("accounts"))
                        .set(
                                field("entries", Integer.class),
                                field("entries", Integer.class).plus(1))
                        .where(field("id", UUID.class).eq(account))
                        .execute();
            });
        }

        @Override
        @ShardKey("#account")
        public int entries(UUID account) {
            return dsl.transactionResult(transaction -> {
                DSLContext within = transaction.dsl();
                Integer counted = within.select(field("entries", Integer.class))
                        .from(table("accounts"))
                        .where(field("id", UUID.class).eq(account))
                        .fetchSingle()
                        .value1();
                return LedgerClient.agreed(
                        Objects.requireNonNull(counted),
                        within.fetchCount(
                                table("entries"),
                                field("account_id", UUID.class).eq(account)),
                        within.fetchCount(
                                table("parts"), field("account_id", UUID.class).eq(account)));
            });
        }
    }
}
