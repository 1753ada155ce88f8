package dev.ringshard.internal.doctor;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the operator has decided already, by options of the command.
 *
 * @param key the column of the keys, in the table of the keys; empty if it is to be proposed
 * @param sharded tables that belong to a key though no foreign key says so, each with its key column
 * @param reference tables that every shard is to have whole
 * @param local tables that are to stay where they are
 */
public record DoctorOptions(
        Optional<TableColumn> key, List<TableColumn> sharded, Set<String> reference, Set<String> local) {
    /** Nothing. */
    public static final DoctorOptions NONE = new DoctorOptions(Optional.empty(), List.of(), Set.of(), Set.of());

    public DoctorOptions {
        sharded = List.copyOf(sharded);
        reference = Set.copyOf(reference);
        local = Set.copyOf(local);
    }
}
