@NullMarked
package dev.ringshard.cli.bank.demo;

import org.jspecify.annotations.NullMarked;
