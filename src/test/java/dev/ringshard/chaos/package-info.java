/**
 * The chaos suite: client processes work on a cluster while servers, processes and the network between them fail, and
 * afterwards the history of all that the clients asked and were answered is checked against what the shards hold.
 *
 * <p>Its parts, from the bottom up: {@link dev.ringshard.chaos.History} is what happened as the clients saw it;
 * {@link dev.ringshard.chaos.Books} is what is stored in the end; {@link dev.ringshard.chaos.HistoryCheck} proves that
 * the two agree, and {@link dev.ringshard.chaos.NotesCheck} that an application's own rows do;
 * {@link dev.ringshard.chaos.ShopClients} is another application, with no bank and books of its own; {@link dev.ringshard.chaos.ChaosClient} is a client process; {@link dev.ringshard.chaos.Stage} is the
 * cluster with its clients, on which each {@link dev.ringshard.chaos.Fault} strikes. Amounts are in cents everywhere.
 *
 * <p>It may use {@code testing}, {@code walk}, the command line's tests and the public API of the library; nothing uses it.
 */
@NullMarked
package dev.ringshard.chaos;

import org.jspecify.annotations.NullMarked;
