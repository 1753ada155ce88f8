package dev.ringshard.verify;

/**
 * A key whose rows do not agree with each other, as an {@link Audit} says.
 *
 * @param text what does not agree, for people
 */
public record AuditFinding(String shard, String key, String text) {}
