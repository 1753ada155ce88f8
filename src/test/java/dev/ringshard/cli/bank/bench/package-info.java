@NullMarked
package dev.ringshard.cli.bank.bench;

import org.jspecify.annotations.NullMarked;
