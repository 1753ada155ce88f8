/* The handover of one token range between shards, beside the code that does it: Handover, Recovery, Finisher,
   HandoverSource and HandoverTarget. What is modelled, what is not and how far it is searched stands in README.md.

   Every `atomic` is one instant: a transaction, or as much of one as nobody can come between because of a lock that it
   holds. Between two of them anybody may do anything, for as long as they like. A mover that dies is one that never
   takes its next step, and whose source session is then closed by SessionKiller.

   Checked in every reachable state:
     ONE_OWNER   At most one shard owns the range.
     NOT_LOST    Without an owner there is a committed handover whose staged copy is on its target: anybody can
                 finish it.
     CURRENT     The owner's row is the sum of the acknowledged writes, no less and no more.
     FRESH       A read that found the owner returns every write acknowledged before it began.
     PROVEN      Whoever finishes a handover finds that its target took it.
     UNTOUCHED   With STRAY: rows that no handover has staged or left are not deleted.
     BLAMED      With STRAY: and who refuses to stage because of such rows has found some.

   With SLOT a writer needs no row where the slot of the ring is open: wholly owned, and nobody copies any of it.

   With RESTORE one shard is set back to what it was at an earlier moment, and then only this is claimed:
     KEPT        Rows that were served are deleted only where another shard has at least as new ones, which it owns or
                 keeps as departed, and a copy that was not served only where somebody owns the range. */

#ifndef SHARDS
#define SHARDS 2
#endif
#ifndef MOVERS
#define MOVERS 2
#endif
#ifndef MOVES
#define MOVES 2     /* claims in all */
#endif
#ifndef WRITES
#define WRITES 2    /* deposits of 1 */
#endif
#ifndef RAISES
#define RAISES 1    /* how often recovery raises an epoch */
#endif
#define LAST_EPOCH (1 + MOVES + RAISES)    /* at most 7: the handovers of two shards are a set of bits */

/* What is committed on each shard. */
byte owned[SHARDS];       /* owned_range holds the range */
byte epoch[SHARDS];       /* with this epoch */
byte incoming[SHARDS];    /* epoch of the copy staged here, 0: none */
byte origin[SHARDS];      /* the shard that it came from */
byte row[SHARDS];         /* the row: how many deposits are in it */
bit logged[SHARDS];       /* owned_range says that writes to the range are logged */
byte log[SHARDS];         /* change: how many rows of it bear the epoch of the range; those of older epochs nobody reads */
byte departed[SHARDS];    /* departed_range: the row here has left with this epoch and awaits its purge, 0: none */
byte arrived[SHARDS];     /* arrived_range: the newest epoch with which it was taken here */
byte handed[8];           /* what the record of the handover with epoch (e) says of its copy: the row */
byte handover[SHARDS * SHARDS];    /* from (s) to (t): bit e is set if the handover with epoch e is recorded on s */

/* Who is in the middle of a transaction. */
byte exclusive[SHARDS];   /* mover + 1 that holds the owned row FOR UPDATE; its session is alive */
byte sharing[SHARDS];     /* writers that hold it FOR KEY SHARE */
byte stagers[SHARDS];     /* 1: somebody holds the target's turn to stage; 2: and the record of the copy staged before */

#ifdef SLOT
/* What a sequence says of the slot, outside of all transactions. Only where it is open, writers pass without the row. */
#define UNKNOWN 0         /* not open, but somebody who found it open may still write */
#define CLOSED  1         /* nobody does */
#define OPEN    2
byte slot[SHARDS];
byte passing[SHARDS];     /* writers that hold the lock of the slot, shared */
byte changing[SHARDS];    /* movers that have closed it and not committed: nobody opens it */
#endif

#ifdef RESTORE
byte went[SHARDS];        /* where what departed went */
byte newest = 1;          /* no epoch is used twice: a claim raises it by a random number */
byte looking = 0;         /* who is looking whether he may delete rows, and then does */
#endif

byte begun = 0;           /* claims */
byte acked = 0;           /* deposits whose commit was acknowledged */

#ifdef STRAY
bit stray[SHARDS];        /* rows that no handover has brought or left: from before the fence, or past it */
#endif

bit ONE_OWNER, NOT_LOST, CURRENT, FRESH, PROVEN, KEPT, UNTOUCHED, BLAMED;    /* never true: `assert` of one says by its text what broke */

#define unlocked(s)       (exclusive[s] == 0 && sharing[s] == 0)
#ifdef RESTORE
#define WENT(s, t)        went[s] = t
#define RAISE(s)          newest++; epoch[s] = newest /*UNIQUE*/; log[s] = 0
#define LOOKS(n)          looking = looking + (n)
#else
#define WENT(s, t)        skip
#define RAISE(s)          epoch[s]++; log[s] = 0
#define LOOKS(n)          skip
#endif
#define recorded(s, t, e) ((handover[(s) * SHARDS + (t)] >> (e)) & 1)
#define rescued(s, t)     (incoming[t] && recorded(s, t, incoming[t]))
#define took(t, e)        (arrived[t] >= e)
#if SHARDS == 2
#define an_owner          (owned[0] || owned[1])
#else
#define an_owner          (owned[0] || owned[1] || owned[2])
#endif
/* On two shards, beside (s): */
#define kept(s)           (row[1 - (s)] >= row[s] && (owned[1 - (s)] || departed[1 - (s)]))

inline some(s)     { s = 0; do :: s < SHARDS - 1 -> s++ :: break od }
inline other(t, s) { t = (s + 1) % SHARDS; do :: (t + 1) % SHARDS != s -> t = (t + 1) % SHARDS :: break od }

/* Steps 7 and 8: they do nothing unless the epoch is exactly theirs, so anybody may do them, and late. What the target
   demonstrably took is forgotten; of what it knows nothing, the record stays. */
inline finish(s, t, e) {
  atomic {
    stagers[t] < 2 /*HELD*/ ->
    if
    :: incoming[t] == e /*ACTIVATE*/ && row[t] == handed[e] /*THIS COPY*/ ->
       incoming[t] = 0; origin[t] = 0; owned[t]++; epoch[t] = e; arrived[t] = e;
       printf("shard %d owns it with epoch %d, row %d\n", t, e, row[t])
    :: else
    fi
  };
  atomic {
    if
    :: took(t, e) /*PROOF*/
#ifdef RESTORE
    :: else -> printf("shard %d knows nothing of epoch %d\n", t, e); goto over
#else
    :: else -> assert(PROVEN)
#endif
    fi
  };
  atomic {
    handover[s * SHARDS + t] = handover[s * SHARDS + t] & ~(1 << e); printf("shard %d forgets epoch %d\n", s, e)
  }
}

proctype Mover(byte id) {
  byte s, t, e, copy, seen;
#ifdef STRAY
  bit known;
#endif
end:
  do
  :: atomic {                                                              /* 1 claim: where? */
       begun < MOVES -> some(s); other(t, s);
       if
       :: owned[s]
       :: else -> s = 0; t = 0; goto end
       fi
#ifdef SLOT
       ; changing[s]++; if :: slot[s] == OPEN -> slot[s] = UNKNOWN /*CLOSE*/ :: else fi
     };
     atomic {                                                              /* 1 claim: waits for who passes */
       if
       :: slot[s] == CLOSED
       :: slot[s] != CLOSED && passing[s] == 0 /*BARRIER*/ -> slot[s] = CLOSED; printf("mover %d has closed the slot of %d\n", id, s)
       :: changing[s]--; s = 0; t = 0; goto end
       fi
     };
     atomic {                                                              /* 1 claim */
       changing[s]--;
#else
       ;
#endif
       if
       :: owned[s] && unlocked(s) /*CLAIM*/ && begun < MOVES -> begun++; RAISE(s); e = epoch[s]; logged[s] = 1 /*FLAG*/;
          printf("mover %d claims on %d, to %d, epoch %d\n", id, s, t, e)
       :: else -> s = 0; t = 0; goto end
       fi
     };
#ifdef STRAY
     atomic {                                                              /* 2 stage: its turn; are its rows there known? */
       stagers[t] == 0 /*TURN*/ -> stagers[t]++; known = incoming[t] || departed[t] || owned[t] /*KNOWN*/
     };
     atomic {                                                              /* 2 stage: may it? */
       if
       :: incoming[t] < e -> printf("mover %d begins to stage on %d\n", id, t)
       :: else -> stagers[t] = 0; goto over
       fi
     };
#else
     atomic {                                                              /* 2 stage: may it? */
       stagers[t] == 0 /*TURN*/ ->
       if
       :: incoming[t] < e /*LOOK*/ -> stagers[t]++; printf("mover %d begins to stage on %d\n", id, t)
       :: else -> goto over
       fi
     };
#endif
     stagers[t]++;                                                         /* 2 stage: removes an older copy's record */
     atomic {
       if
       :: !owned[t] /*LOOK AGAIN*/ -> printf("mover %d may stage on %d\n", id, t)
       :: else -> stagers[t] = 0; goto over
       fi
     };
#ifdef STRAY
     atomic {                                                              /* 2 stage: looks for rows that nobody brought */
       if
       :: !known && departed[t] -> assert(BLAMED)
       :: !known && stray[t] /*REFUSE*/ -> stagers[t] = 0; printf("mover %d finds stray rows on %d\n", id, t); goto over
       :: else
       fi
     };
#endif
     copy = row[s];                                                        /* 2 stage: read, without a lock */
     atomic {                                                              /* 2 stage: store and commit */
       stagers[t] = 0;
       if
       ::
#ifdef STRAY
          if :: stray[t] -> assert(UNTOUCHED) :: else fi;
#endif
          incoming[t] = e; origin[t] = s; row[t] = copy; departed[t] = 0;
          printf("mover %d has staged %d on %d\n", id, copy, t)
       :: goto over                                                        /* the target's session died */
       fi
     };
     do                                                                    /* 3 rounds */
     :: break                                                              /* enough of them, or none */
     :: atomic {                                                           /* 3 round: the log and the row, in one snapshot */
          if
          :: epoch[s] == e && log[s] -> seen = log[s]; copy = row[s]
          :: else -> break
          fi
        };
        atomic {                                                           /* 3 round: store */
          if
          :: incoming[t] == e /*ROUND*/ -> row[t] = copy; printf("mover %d has copied again: %d on %d\n", id, copy, t)
          :: goto over                                                     /* outdated, or the session died */
          fi
        };
        atomic {                                                           /* 3 round: forget what was copied */
          if
          :: epoch[s] == e -> log[s] = log[s] - seen /*FORGET*/; printf("mover %d forgets %d of the log\n", id, seen)
          :: else
          fi;
          seen = 0
        }
     od;
     atomic {                                                              /* 4 lock, and check again */
       if
       :: unlocked(s) && owned[s] && epoch[s] == e /*CHECK*/ -> exclusive[s] = id + 1;
          printf("mover %d locks on %d\n", id, s)
       :: goto over                                                        /* refused, or waited for too long */
       fi
     };
     atomic {                                                              /* 5 catch up: read again */
       if
       :: exclusive[s] != id + 1 -> goto over
       :: exclusive[s] == id + 1 && log[s] == 0 /*EMPTY*/ -> goto staged
       :: else -> copy = row[s]; printf("mover %d reads %d under the lock\n", id, copy)
       fi
     };
     atomic {                                                              /* 5 catch up: one more transaction there */
       if
       :: incoming[t] == e /*STILL*/ -> row[t] = copy; printf("mover %d has caught up: %d on %d\n", id, copy, t)
       :: else -> goto over
       fi
     };
staged:
     atomic {                                                              /* 6 hand over: the point of no return */
       if
       :: exclusive[s] == id + 1 /*COMMIT*/ -> exclusive[s] = 0; owned[s] = 0; logged[s] = 0; departed[s] = e; handed[e] = copy; WENT(s, t);
          handover[s * SHARDS + t] = handover[s * SHARDS + t] | (1 << e);
          printf("mover %d hands over from %d to %d, epoch %d\n", id, s, t, e)
       :: else -> goto over
       fi
     };
     finish(s, t, e);                                                      /* 7 activate, 8 finish */
over:
     atomic {
       if :: exclusive[s] == id + 1 -> exclusive[s] = 0 :: else fi;
       if :: e && epoch[s] == e -> logged[s] = 0 :: skip fi;               /* whoever gives up has nothing logged any more */
       s = 0; t = 0; e = 0; copy = 0; seen = 0
#ifdef STRAY
       ; known = 0
#endif
     }
  od
}

/* A session can die at any time; its mover learns of it only when it next uses it. */
proctype SessionKiller(byte s) {
end:
  do
  :: atomic { exclusive[s] -> printf("the session of mover %d dies\n", exclusive[s] - 1); exclusive[s] = 0 }
  od
}

/* Deposits; may be undone, or die, before its commit. It enters by the lock, and so waits while a mover holds it; unless the slot is
   open once it holds the lock of the slot. */
proctype Writer() {
  byte s; bit logs;
#ifdef SLOT
  bit passes, open;
#endif
end:
  do
  :: atomic {
       acked < WRITES -> some(s);
#ifdef SLOT
       if
       :: passing[s]++ /*TRY*/; passes = 1
       :: skip                                                             /* a mover wants it for itself; or not at READ COMMITTED */
       fi
     };
     atomic {
       open = passes && slot[s] == OPEN /*SAYS*/
     };
     atomic {
       if
       :: open -> printf("a writer passes on %d\n", s); goto entered
       :: else
       fi;
#endif
       if
       :: exclusive[s] == 0 /*WRITER*/ && owned[s] -> sharing[s]++; logs = logged[s] /*READ*/; printf("a writer enters on %d\n", s)
       :: else ->
#ifdef SLOT
          if :: passes -> passing[s]--; passes = 0 :: else fi;
#endif
          s = 0; goto end
       fi;
entered:
       skip
     };
     atomic {
#ifdef SLOT
       if :: passes -> passing[s]--; passes = 0 :: else fi;
       if :: open -> open = 0 :: else -> sharing[s]-- fi;
#else
       sharing[s]--;
#endif
       if
       :: row[s]++; acked++; printf("a writer has written on %d: %d\n", s, row[s]);
          if :: logs /*LOG*/ -> log[s]++ :: else fi
       :: skip
       fi;
       s = 0; logs = 0
     }
  od
}

#ifdef STRAY
/* Writes past the fence, to a shard that has nothing of the range. Not while somebody stages there. */
proctype Stranger() {
  byte s;
end:
  atomic {
    some(s);
    if
    :: !owned[s] && !incoming[s] && !departed[s] && stagers[s] == 0 -> stray[s] = 1; printf("stray rows on %d\n", s)
    :: else -> s = 0; goto end
    fi
  }
}
#endif

#ifdef SLOT
/* Opens the slot: when nobody is in the middle of changing who owns it, by what is committed then. */
proctype Opener() {
  byte s;
end:
  do
  :: atomic {
       some(s);
       if
       :: changing[s] == 0 /*NOBODY*/ && owned[s] && !logged[s] /*AT REST*/ && slot[s] != OPEN -> slot[s] = OPEN;
          printf("the slot of %d is open\n", s)
       :: else
       fi;
       s = 0
     }
  od
}
#endif

#ifdef READER
/* Row and ownership come from one snapshot of what is committed. */
proctype Reader() {
  byte s, before, got; bit mine;
end:
  do
  :: atomic { some(s); before = acked };
     atomic {
       mine = owned[s]; /*ONE SNAPSHOT*/ got = row[s];
       if :: mine && got < before -> assert(FRESH) :: else fi;
       s = 0; before = 0; got = 0; mine = 0
     }
  od
}
#endif

#ifdef HELPER
/* A router or a recovery that meets a committed handover finishes it, as slowly as it likes. */
proctype Helper() {
  byte s, t, e;
end:
  do
  :: atomic {
       some(s); other(t, s);
       if :: handover[s * SHARDS + t] :: else -> s = 0; t = 0; goto end fi;
       e = 2; do :: e < LAST_EPOCH -> e++ :: break od;
       if :: recorded(s, t, e) :: else -> s = 0; t = 0; e = 0; goto end fi;
       printf("a helper meets the handover to %d, epoch %d\n", t, e)
     };
     finish(s, t, e);
over:
     atomic { s = 0; t = 0; e = 0 }
  od
}
#endif

#ifdef RECOVERY
/* Drops a staged copy, once the attempt that staged it can no longer hand it over. */
proctype Recovery() {
  byte s, t, e, raised = 0;
end:
  do
  :: atomic {
       some(t);
       if
       :: incoming[t] -> e = incoming[t]; s = origin[t]; printf("recovery meets a copy on %d, epoch %d\n", t, e)
       :: else -> t = 0; goto end
       fi
     };
     atomic {                                                              /* raise */
       if
       :: unlocked(s) && owned[s] && raised < RAISES -> raised++; RAISE(s); logged[s] = 0;
          printf("recovery raises the epoch of %d to %d\n", s, epoch[s])
       :: unlocked(s) && !owned[s]
       :: !unlocked(s) || raised == RAISES -> goto over                    /* somebody is at work there */
       fi;
       LOOKS(1)
     };
     atomic { if :: recorded(s, t, e) -> LOOKS(-1); goto over :: else fi };    /* look */
#ifdef RESTORE
     atomic { if :: an_owner /*OWNED*/ :: else -> LOOKS(-1); goto over fi };   /* look, whether anybody owns it */
#endif
     atomic {                                                              /* drop */
       LOOKS(-1);
       if
       :: incoming[t] == e /*DROP*/ ->
#ifdef RESTORE
          if :: !owned[1 - t] && !departed[1 - t] -> assert(KEPT) :: else fi;
#endif
          incoming[t] = 0; origin[t] = 0; row[t] = 0;
          printf("recovery has dropped epoch %d on %d\n", e, t)
       :: else
       fi
     };
over:
     atomic { s = 0; t = 0; e = 0 }
  od
}
#endif

#ifdef PURGER
/* Deletes what left, whenever it likes: it holds the record from the look to the deletion. Where a shard may be set back,
   it first looks whether the target took it, and whether anybody owns it; elsewhere that is not needed, and not here. */
proctype Purger(byte s) {
#ifdef RESTORE
  byte e;
end:
  do
  :: atomic {
       departed[s] && took(went[s], departed[s]) /*TAKEN*/ && an_owner /*NOW*/ -> e = departed[s]; LOOKS(1)
     };
     atomic {
       LOOKS(-1);
       if
       :: departed[s] == e /*SAME EPOCH*/ -> if :: !kept(s) -> assert(KEPT) :: else fi;
          row[s] = 0; departed[s] = 0; printf("shard %d is purged\n", s)
       :: else
       fi;
       e = 0
     }
  od
#else
end:
  do
  :: atomic { departed[s] /*PURGE*/ -> row[s] = 0; departed[s] = 0; printf("shard %d is purged\n", s) }
  od
#endif
}
#endif

#ifdef RESTORE
/* Once, shard 1 becomes what it was at an earlier moment: a backup, or a standby that lagged. Not while somebody
   looks whether he may delete rows, and then does. */
#define nobody_at_work(t) (exclusive[t] == 0 && sharing[t] == 0 && stagers[t] == 0 && looking == 0 && still(t))
#ifdef SLOT
#define still(t)          (passing[t] == 0 && changing[t] == 0)
#else
#define still(t)          true
#endif
proctype Restore() {
  byte o, ep, inc, org, r, d, p, w, h, f, l;
end:
  atomic {
    nobody_at_work(1) -> o = owned[1]; ep = epoch[1]; inc = incoming[1]; org = origin[1]; r = row[1]; d = departed[1];
    p = arrived[1]; w = went[1]; h = handover[SHARDS];
    f = logged[1]; l = log[1]; printf("shard 1 is backed up\n")
  };
end2:
  atomic {
    nobody_at_work(1) -> owned[1] = o; epoch[1] = ep; incoming[1] = inc; origin[1] = org; row[1] = r; departed[1] = d;
    arrived[1] = p; went[1] = w; handover[SHARDS] = h;
    logged[1] = f; log[1] = l; printf("shard 1 is set back: row %d\n", r)
#ifdef SLOT
    ; slot[1] = UNKNOWN
#endif
  }
}
#endif

#ifndef RESTORE
proctype Monitor() {
end:
  do
#if SHARDS == 2
  :: atomic { owned[0] + owned[1] > 1 -> assert(ONE_OWNER) }
  :: atomic { owned[0] + owned[1] == 0 && !rescued(0, 1) && !rescued(1, 0) -> assert(NOT_LOST) }
  :: atomic { (owned[0] && row[0] != acked) || (owned[1] && row[1] != acked) -> assert(CURRENT) }
#else
  :: atomic { owned[0] + owned[1] + owned[2] > 1 -> assert(ONE_OWNER) }
  :: atomic { owned[0] + owned[1] + owned[2] == 0 && !rescued(0, 1) && !rescued(0, 2) && !rescued(1, 0) &&
              !rescued(1, 2) && !rescued(2, 0) && !rescued(2, 1) -> assert(NOT_LOST) }
  :: atomic { (owned[0] && row[0] != acked) || (owned[1] && row[1] != acked) || (owned[2] && row[2] != acked) ->
              assert(CURRENT) }
#endif
  od
}
#endif

init {
  byte i = 0;
  atomic {
    owned[0] = 1; epoch[0] = 1;
    do :: i < MOVERS -> run Mover(i); i++ :: else -> i = 0; break od;
    run Writer();
#ifdef SLOT
    run Opener();
#endif
#ifdef STRAY
    run Stranger();
#endif
#ifdef RESTORE
    run Restore();
#else
    run Monitor();
#endif
#ifdef READER
    run Reader();
#endif
#ifdef HELPER
    run Helper();
#endif
#ifdef RECOVERY
    run Recovery();
#endif
    do
    :: i < SHARDS -> run SessionKiller(i);
#ifdef PURGER
       run Purger(i);
#endif
       i++
    :: else -> i = 0; break
    od
  }
}
