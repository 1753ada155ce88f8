package dev.ringshard.bank;

import java.math.BigDecimal;

/**
 * Money that a customer has sent to a customer of another shard, and that is not known there to have arrived.
 *
 * @param id of the transfer; to repeat that brings it to its end
 * @param from the account that has paid
 * @param to where it goes
 */
public record TransferInTransit(OperationId id, Account from, AccountRef to, BigDecimal amount) {}
