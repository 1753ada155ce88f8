package dev.ringshard.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    private static final List<String> KNOWN = List.of("name", "url", "user", "password", "virtual-nodes", "hash");

    @ParameterizedTest
    @CsvSource({
        "virtualNodes, virtual-nodes",
        "virtual_nodes, virtual-nodes",
        "nodes-virtual, ",
        "nmae, name",
        "URL, url",
        "usr, user",
        "passwort, password",
        "x, ",
        "jdbc, ",
    })
    void a_slip_leads_to_the_name_meant_and_anything_else_to_none(String written, String meant) {
        assertThat(NearestName.to(written, KNOWN).orElse(null)).isEqualTo(meant);
    }

    @Test
    void edits_are_insertions_deletions_replacements_and_swaps() {
        assertThat(NearestName.edits("", "abc")).isEqualTo(3);
        assertThat(NearestName.edits("abc", "")).isEqualTo(3);
        assertThat(NearestName.edits("kitten", "sitting")).isEqualTo(3);
        assertThat(NearestName.edits("shrads", "shards")).isEqualTo(1);
        assertThat(NearestName.edits("same", "SAME")).isZero();
    }
}
