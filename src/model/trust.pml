/* Whether a process works with a server that a standby, or older files, may have taken the place of, beside the code that decides it:
   PoolServer, Admission, RestoredShards and ConnectionSource. What is modelled and what is not stands in README.md.

   Every `atomic` is one instant. Between two of them the server may become another one, and then the transactions on it fail.

   Checked in every reachable state:
     TRUSTED     No work is done on a server that lacks something and was not compared with the other shards. */

#ifndef CALLERS
#define CALLERS 2
#endif
#ifndef CHANGES
#define CHANGES 2       /* how often another server takes over */
#endif

bit TRUSTED;            /* never true: `assert` of it says by its text what broke */

byte server = 0;        /* the one that answers */
bit lacks[CHANGES + 1]; /* it is behind, as the other shards can tell */

/* Of the process. */
byte seen = 0;          /* the server that answered last */
byte doubts = 0;        /* how often there was a reason to doubt it */
byte accepted = 0;      /* believed as of this one; work is done while no later one has come up */

/* What an answer says of the server that gave it, some time ago. */
#define NOTICE(at)      if :: seen != at -> seen = at; doubts++ :: else fi

proctype TakeOver() {
end:
  do
  :: atomic { server < CHANGES -> server++; if :: lacks[server] = 1 :: skip fi; printf("server %d takes over, lacking: %d\n", server, lacks[server]) }
  od
}

/* The one look at a time that the process takes, where there is a doubt. */
proctype Look() {
  byte known, at; bit bad;
end:
  do
  :: atomic { doubts > accepted -> known = doubts /*BEFORE*/; at = server; printf("a look begins on server %d, at doubt %d\n", at, known) };
     atomic { NOTICE(at) };
     atomic {                                                              /* what it owns, in one snapshot */
       if
       :: server == at -> bad = lacks[at]; printf("server %d says what it owns\n", at)
       :: else -> goto over
       fi
     };
     atomic {                                                              /* compared with the other shards */
       if
       :: !bad /*COMPARED*/ ->
          if :: known > accepted -> accepted = known /*KNOWN*/ :: else fi;
          printf("believed as of doubt %d of %d\n", accepted, doubts)
       :: else -> printf("server %d is behind\n", at)
       fi
     };
over:
     atomic { known = 0; at = 0; bad = 0 }
  od
}

/* Work in a transaction, which has one server; each asks for it, or its connection cannot be to another one. */
proctype Caller() {
  byte at; bit compared;
end:
  do
  :: at = server;
     atomic { NOTICE(at) /*ASKS*/; compared = 1 };
     atomic {                                                              /* is it believed? */
       if
       :: doubts > accepted /*AFTERWARDS*/ -> goto over
       :: else
       fi
     };
     atomic { if :: server == at && lacks[at] -> assert(TRUSTED) :: else fi };
over:
     at = 0
  od
}

init {
  byte i = 0;
  atomic {
    run TakeOver();
    run Look();
    do :: i < CALLERS -> run Caller(); i++ :: else -> i = 0; break od
  }
}
