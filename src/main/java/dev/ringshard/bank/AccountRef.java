package dev.ringshard.bank;

/** One account of one customer. */
public record AccountRef(String key, Account account) {}
