/* A transfer of 1 between two customers of two shards, beside the code that does it: Transfers and Outbox. What is modelled, what is
   not and how far it is searched stands in README.md.

   Every `atomic` is one transaction of one customer, on whatever shard that customer's range is then: the handover has a model of its
   own. Between two of them anybody may do anything, for as long as they like; a process that dies is one that never takes its next step.

   Checked in every reachable state:
     ONCE         The payee was paid once at most, or the payer got the money back once at most, and not both.
     SETTLED      Whoever paid and has no message any more has led the payee to be paid, or has got the money back.
     REFUNDABLE   Money that comes back finds its payer.
     TOTAL        A total that is read customer by customer, each at another moment, is what there is. */

#ifndef DELIVERERS
#define DELIVERERS 2    /* the caller, sweepers, recover, whoever repeats the call */
#endif
#define HELD 2          /* what the payer holds at first */

bit ONCE, SETTLED, REFUNDABLE, TOTAL;    /* never true: `assert` of one says by its text what broke */

/* Of the payer, with a token. */
bit payer = 1;          /* is there */
byte held = HELD;       /* the balance */
short sent = 0;         /* the clearing */
bit paid = 0;           /* the entry, by which a repeated call knows */
bit message = 0;        /* the outbox has the message */

/* Of the payee, with another token. */
bit payee = 0;          /* is there */
byte got = 0;           /* the balance */
short taken = 0;        /* the clearing, below zero */
bit entry = 0;          /* the entry, which goes with the customer */
byte receipt = 0;       /* the inbox: 1 accepted, 2 refused */
bit settled = 0;        /* the receipt was found to have no message any more */
byte spent = 0;         /* what the payee, or the payer, took out of the bank */

/* Known to nobody. */
bit ever = 0;           /* the payer has paid */
byte credits = 0;
byte refunds = 0;
byte delivering = 0;    /* have looked the message up and not delivered it yet */
byte comings = 0;       /* how often the payee was created */

/* The call, also a repeated one: the payer's transaction. */
proctype Payer() {
end:
  do
  :: atomic {
       payer && held > 0 && !paid /*UNPAID*/ ->
       held--; sent++ /*CLEAR*/; paid = 1; message = 1; ever = 1; printf("the payer pays\n")
     }
  :: atomic {
       payer && held > 0 && paid -> held--; spent++; printf("the payer takes out the rest\n")
     }
  :: atomic {
       payer && held == 0 && !message /*PENDING*/ -> payer = 0; printf("the payer is deleted\n")
     }
  od
}

/* Comes and goes. With the customer go the entries, and stay clearing and receipts. */
proctype Payee() {
end:
  do
  :: atomic { !payee && comings < 2 -> payee = 1; comings++; printf("the payee is created\n") }
  :: atomic { payee && got > 0 -> got--; spent++; printf("the payee takes it out\n") }
  :: atomic { payee && got == 0 -> payee = 0; entry = 0; printf("the payee is deleted\n") }
  od
}

proctype Deliverer(byte id) {
  bit accepted;
end:
  do
  :: atomic { message -> delivering++; printf("deliverer %d looks the message up\n", id) };
     if
     :: atomic {                                                           /* receive */
          delivering--;
          if
          :: receipt /*RECEIPT*/ -> accepted = (receipt == 1)
          :: else ->
             if
             :: payee && !entry /*ENTRY*/ -> got++; taken--; entry = 1; credits++; accepted = 1
             :: else -> accepted = 0
             fi;
             if :: accepted -> receipt = 1 :: else -> receipt = 2 /*REFUSED*/ fi
          fi;
          printf("deliverer %d finds it accepted: %d\n", id, accepted)
        }
     :: atomic { delivering--; goto over }                                 /* too late, or the shard is down */
     fi;
     atomic {                                                              /* forget */
       if
       :: message /*FIRST*/ -> message = 0;
          if
          :: accepted
          :: else -> if :: !payer -> assert(REFUNDABLE) :: else fi;
             held++; sent--; refunds++; printf("deliverer %d gives it back\n", id)
          fi
       :: else
       fi
     };
over:
     atomic { accepted = 0 }
  od
}

/* Receipts go once they were found to have no message, and whoever had looked it up before has delivered it or is too late. */
proctype Forgetter() {
end:
  do
  :: atomic { receipt && !settled && !message && ever -> settled = 1 }
  :: atomic { settled && delivering == 0 /*KEPT*/ -> receipt = 0; settled = 0; printf("the receipt is deleted\n") }
  od
}

/* Each customer's part is one snapshot, at a moment of its own, in either order. What was taken out counts with who took it. */
proctype Total() {
  short before, sum;
end:
  do
  :: atomic { sum = held + sent /*SENT*/; before = spent };
     atomic { sum = sum + got + taken /*TAKEN*/ + before; if :: spent == before && sum != HELD -> assert(TOTAL) :: else fi; sum = 0; before = 0 }
  :: atomic { sum = got + taken /*TAKEN*/; before = spent };
     atomic { sum = sum + held + sent /*SENT*/ + before; if :: spent == before && sum != HELD -> assert(TOTAL) :: else fi; sum = 0; before = 0 }
  od
}

active proctype Monitor() {
end:
  do
  :: atomic { credits + refunds > 1 -> assert(ONCE) }
  :: atomic { ever && !message && credits + refunds != 1 -> assert(SETTLED) }
  od
}

init {
  byte i;
  atomic {
    run Payer(); run Payee(); run Forgetter(); run Total();
    for (i : 1 .. DELIVERERS) { run Deliverer(i) }
  }
}
