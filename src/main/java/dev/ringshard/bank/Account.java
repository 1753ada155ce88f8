package dev.ringshard.bank;

/** The accounts that every customer has. */
public enum Account {
    SAVINGS,
    CHECKING,
    RETIREMENT_401K
}
