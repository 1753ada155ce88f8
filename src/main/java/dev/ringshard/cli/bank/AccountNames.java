package dev.ringshard.cli.bank;

import dev.ringshard.bank.Account;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The names of accounts on the command line, in upper or lower case. */
final class AccountNames implements ITypeConverter<Account>, Iterable<String> {
    private static final List<String> SHOWN = List.of("savings", "checking", "401k");

    @Override
    public Account convert(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "savings" -> Account.SAVINGS;
            case "checking" -> Account.CHECKING;
            case "401k", "401(k)", "retirement_401k" -> Account.RETIREMENT_401K;
            default ->
                throw new TypeConversionException("'%s' is none of %s".formatted(name, String.join(", ", SHOWN)));
        };
    }

    /** The names that shell completion offers. */
    @Override
    public Iterator<String> iterator() {
        return SHOWN.iterator();
    }
}
