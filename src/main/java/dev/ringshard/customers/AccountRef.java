package dev.ringshard.customers;

/** One account of one customer. */
public record AccountRef(String key, Account account) {}
