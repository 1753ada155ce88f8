package dev.ringshard.cli.bank;

import static dev.ringshard.cli.Screens.NEXT;
import static dev.ringshard.cli.Screens.NOON;
import static dev.ringshard.cli.Screens.ZOE;
import static dev.ringshard.cli.Screens.assertScreen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.AccountEntry;
import dev.ringshard.bank.AccountRef;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.TransferInTransit;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.ScreenStyle;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The screens of one customer. */
class CustomerScreensTest {
    @Test
    void a_customer_shows_balances_and_newest_entries() {
        AccountEntry entry = new AccountEntry(
                "op-1",
                3,
                AccountEntry.Kind.WITHDRAWAL,
                Account.CHECKING,
                new BigDecimal("-1000.00"),
                new BigDecimal("-20.00"),
                NOON,
                Optional.empty(),
                Optional.empty());
        assertScreen(ScreenStyle.PLAIN, new CustomerReport(ZOE, "eu-1", List.of(entry), List.of(), NEXT), """
                c-7 · Zoë Müller · on eu-1 · token -42

                  savings   1,234.50
                  checking    -20.00
                  401(k)        0.00
                  together  1,214.50

                  when (UTC)           account      amount  balance  operation
                  2026-11-23 12:00:00  checking  -1,000.00   -20.00  op-1

                Next: ringshard locate --config bank.yaml c-7
                """);
    }

    @Test
    void a_transfer_shows_whom_it_was_with() {
        AccountEntry opening = new AccountEntry(
                "opening#CHECKING",
                1,
                AccountEntry.Kind.OPENING,
                Account.CHECKING,
                new BigDecimal("80.00"),
                new BigDecimal("80.00"),
                NOON,
                Optional.empty(),
                Optional.empty());
        AccountEntry sent = new AccountEntry(
                "rent-5",
                2,
                AccountEntry.Kind.TRANSFER,
                Account.CHECKING,
                new BigDecimal("-100.00"),
                new BigDecimal("-20.00"),
                NOON,
                Optional.empty(),
                Optional.of(new AccountRef("c-8", Account.SAVINGS)));
        assertScreen(ScreenStyle.PLAIN, new CustomerReport(ZOE, "eu-1", List.of(sent, opening), List.of(), NEXT), """
                c-7 · Zoë Müller · on eu-1 · token -42

                  savings   1,234.50
                  checking    -20.00
                  401(k)        0.00
                  together  1,214.50

                  when (UTC)           account    amount  balance  operation         to or from  account there
                  2026-11-23 12:00:00  checking  -100.00   -20.00  rent-5            c-8         savings
                  2026-11-23 12:00:00  checking    80.00    80.00  opening#CHECKING

                Next: ringshard locate --config bank.yaml c-7
                """);
    }

    @Test
    void money_that_has_left_and_not_arrived_is_shown_with_where_it_goes() {
        TransferInTransit sent = new TransferInTransit(
                new OperationId("rent-5"),
                Account.CHECKING,
                new AccountRef("c-8", Account.SAVINGS),
                new BigDecimal("700.00"));
        CustomerReport report = new CustomerReport(ZOE, "eu-1", List.of(), List.of(sent), NEXT);
        assertScreen(ScreenStyle.PLAIN, report, """
                c-7 · Zoë Müller · on eu-1 · token -42

                  savings   1,234.50
                  checking    -20.00
                  401(k)        0.00
                  together  1,214.50

                  No entries shown.

                  on its way from  to   account  amount  operation
                  checking         c-8  savings  700.00  rent-5

                Next: ringshard locate --config bank.yaml c-7
                """);
        assertThat(report.json().toString())
                .contains(
                        "inTransit=[{operationId=rent-5, account=CHECKING, toKey=c-8, toAccount=SAVINGS, amount=700.00}]");
    }

    @Test
    void a_lost_answer_can_be_asked_for_by_the_command_on_the_last_line() {
        PostingReport.Order order = new PostingReport.Order(
                PostingReport.Direction.DEPOSIT, "c-7", Account.SAVINGS, new BigDecimal("5.00"), new OperationId("x"));
        PostingReport unknown =
                new PostingReport(order, Optional.empty(), "ringshard deposit --id x c-7 savings 5", NEXT);
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.OUTCOME_UNKNOWN);
        assertScreen(ScreenStyle.PLAIN, unknown, """
                Next: ringshard deposit --id x c-7 savings 5
                """);
    }
}
