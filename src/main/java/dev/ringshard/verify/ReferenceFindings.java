package dev.ringshard.verify;

/**
 * What is wrong with reference tables.
 *
 * @param differing those whose rows are not the ones of the version that the shard says it holds
 * @param behind those that were not at the newest version, or not at a whole one, also when they were read once more: the process
 *     that was to copy it there has died, or has not done it yet
 */
public record ReferenceFindings(Occurrences<ReferenceCopy> differing, Occurrences<ReferenceCopy> behind) {
    /** Nothing. */
    public static final ReferenceFindings NONE = new ReferenceFindings(Occurrences.none(), Occurrences.none());
}
