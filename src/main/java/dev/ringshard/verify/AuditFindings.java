package dev.ringshard.verify;

/**
 * What an {@link Audit} found.
 *
 * @param kind as {@link Audit#kind}
 * @param rule as {@link Audit#rule}
 */
public record AuditFindings(String kind, String rule, Occurrences<AuditFinding> found) {}
