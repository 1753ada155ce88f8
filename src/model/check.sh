#!/usr/bin/env bash
# Checks handover.pml, transfer.pml and trust.pml with SPIN (Debian: spin, gcc). The models must hold in every reachable state, and every mutant of
# them must break the property that stands beside it. With an argument: only those whose name contains it, and of each
# that breaks the shortest story. As many searches run at once as there are processors. Exit 1: something did not come
# out as it must. Exit 2: the check itself did not work.
set -euo pipefail

model=$(cd "$(dirname "$0")" && pwd)/handover.pml
only=${1:-}
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
searches=0
told=0
searching=()

# at_once NAME COMMAND...: runs the command in a folder of its own, once a processor is free, if its name is chosen.
at_once() {
  [[ $1 == *"$only"* ]] || return 0
  while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do sleep 0.1; done
  searches=$((searches + 1))
  mkdir "$work/$searches"
  (cd "$work/$searches" && "${@:2}") >"$work/$searches.said" 2>&1 &
  searching+=("$!")
  tell_ended
}

# tell_next: waits for the first search that nothing was told of yet, and ends with it if it did not come out right.
tell_next() {
  local status=0
  wait "${searching[told]}" || status=$?
  told=$((told + 1))
  cat "$work/$told.said"
  [ "$status" -eq 0 ] || exit "$status"
}
tell_ended() { while [ "$told" -lt "$searches" ] && ! kill -0 "${searching[told]}" 2>/dev/null; do tell_next; done; }

# search FLAGS COMPILER_FLAGS...: searches model.pml; sets $states, and $broken to the property that breaks, if any.
search() {
  spin -a $1 model.pml >spin.log 2>&1 || { cat spin.log; exit 2; }
  gcc -w -DSAFETY -DMEMLIM=8000 "${@:2}" -o pan pan.c
  ./pan -m100000 -n -w24 >pan.log 2>&1 || true
  broken=$(sed -n 's/^pan:1: *\(assertion violated \)\{0,1\}\(.*\) (at depth.*/\2/p' pan.log)
  states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' pan.log)
  if [ -z "$states" ] || grep -qE 'search depth too small|out of memory' pan.log ||
    { [ -z "$broken" ] && ! grep -q 'errors: 0' pan.log; }; then
    cat pan.log
    echo "The search of the model with $1 did not come to its end. Nothing is known."
    exit 2
  fi
}

# story FLAGS: what happens, step by step, until the property breaks that the last search found broken.
story() { spin -t $1 model.pml | sed -n 's/^ *\([^ ].*\)/          \1/; /^ *spin:/q; /^ *[a-z].* [0-9]/p'; }

# holds NAME FLAGS
holds() { at_once "$1" search_holds "$@"; }
search_holds() {
  cp "$model" model.pml
  search "$2" -O2
  printf 'holds   %-46s %8s states   %s\n' "$1" "$states" "${broken:-(${2//-D/})}"
  [ -n "$broken" ] || return 0
  search "$2" -O2 -DBFS
  story "$2"
  echo "The model breaks $broken: either it or the protocol is wrong."
  exit 1
}

# mutant NAME PROPERTY CHANGE [FLAGS [SEARCH]]: by breadth, or else -O2 for by depth, which finds what lies far off sooner.
mutant() { at_once "$1" search_mutant "$@"; }
search_mutant() {
  local flags=${4:-'-DMOVES=2 -DWRITES=2 -DRECOVERY -DHELPER -DPURGER'}
  sed "$3" "$model" >model.pml
  if cmp -s model.pml "$model"; then
    echo "The mutant \"$1\" is the model itself: its change no longer applies. Change it with the model."
    exit 2
  fi
  search "$flags" ${5:--O0 -DBFS}
  printf 'mutant  %-46s %8s states   %s\n' "$1" "$states" "${broken:-SURVIVES}"
  [ -z "$only" ] || [ -z "$broken" ] || story "$flags"
  [ "$broken" != "$2" ] || return 0
  echo "It should break $2. Either the model does not see the fault, or not the way that was thought."
  exit 1
}

holds 'two shards' '-DMOVES=3 -DWRITES=2 -DRECOVERY -DHELPER -DPURGER'
holds 'two shards, with a reader' '-DMOVES=2 -DWRITES=2 -DRECOVERY -DHELPER -DPURGER -DREADER'
holds 'two shards, three movers' '-DMOVERS=3 -DMOVES=3 -DWRITES=1 -DRECOVERY -DPURGER'
holds 'three shards' '-DSHARDS=3 -DMOVES=3 -DWRITES=1 -DRECOVERY -DPURGER'
holds 'three shards, with a helper' '-DSHARDS=3 -DMOVES=2 -DWRITES=2 -DRECOVERY -DHELPER -DPURGER'
holds 'two shards, one of them set back' '-DMOVES=3 -DWRITES=1 -DRECOVERY -DPURGER -DRESTORE'
holds 'two shards, one of them set back, with a helper' '-DMOVES=2 -DWRITES=1 -DRECOVERY -DHELPER -DPURGER -DRESTORE'
holds 'two shards, with slots' '-DMOVES=2 -DWRITES=2 -DRECOVERY -DHELPER -DPURGER -DSLOT'
holds 'two shards, one of them set back, with slots' '-DMOVES=2 -DWRITES=1 -DPURGER -DRESTORE -DSLOT'
holds 'two shards, with stray rows' '-DMOVES=2 -DWRITES=1 -DRECOVERY -DHELPER -DPURGER -DSTRAY'
holds 'two shards, with stray rows, three claims' '-DMOVES=3 -DWRITES=1 -DSTRAY'

# 1 claim
mutant 'the claim keeps the epoch' CURRENT \
  's/RAISE(s); e = epoch/e = epoch/' '-DMOVES=3 -DWRITES=1 -DHELPER'
mutant 'the claim does not wait for writers' CURRENT \
  's/owned\[s\] \&\& unlocked(s) \/\*CLAIM\*\//owned[s] \&\& exclusive[s] == 0/'
mutant 'the claim sets no flag' CURRENT \
  's/logged\[s\] = 1 \/\*FLAG\*\//skip/'
slot='-DMOVES=2 -DWRITES=2 -DRECOVERY -DHELPER -DPURGER -DSLOT'
mutant 'the claim forgets to close the slot' CURRENT \
  's/slot\[s\] = UNKNOWN \/\*CLOSE\*\//skip/; s/passing\[s\] == 0 \/\*BARRIER\*\/ -> slot\[s\] = CLOSED/true -> skip/' "$slot"
mutant 'the claim does not wait for who has passed' CURRENT \
  's/passing\[s\] == 0 \/\*BARRIER\*\//true/' "$slot"
mutant 'the claim waits first, then closes' CURRENT \
  's/slot\[s\] = UNKNOWN \/\*CLOSE\*\//skip/; s/passing\[s\] == 0 \/\*BARRIER\*\/ -> slot\[s\] = CLOSED;/passing[s] == 0 :: else -> changing[s]--; s = 0; t = 0; goto end fi }; atomic { if :: true -> slot[s] = CLOSED;/' "$slot"
mutant 'a slot is opened while somebody claims' CURRENT \
  's/changing\[s\] == 0 \/\*NOBODY\*\/ && //' "$slot"
mutant 'a slot is opened while somebody copies' CURRENT \
  's/ && !logged\[s\] \/\*AT REST\*\///' "$slot"
mutant 'a slot is opened that is not owned' CURRENT \
  's/ && owned\[s\] && !logged\[s\] \/\*AT REST\*\///' "$slot"
mutant 'a writer reads the slot, then takes its lock' CURRENT \
  's/^       :: passing\[s\]++ \/\*TRY\*\/; passes = 1/       :: slot[s] == OPEN -> passes = 1/; s/open = passes && slot\[s\] == OPEN \/\*SAYS\*\//open = passes; passing[s] = passing[s] + passes/' "$slot"
mutant 'a writer lets the lock of the slot go' CURRENT \
  's/:: open -> printf(/:: open -> passing[s]--; passes = 0; printf(/' "$slot"
# 2 stage
mutant 'stagers do not take turns' NOT_LOST \
  's/stagers\[t\] == 0 \/\*TURN\*\//true/'
mutant 'the target ignores the epoch' NOT_LOST \
  's/incoming\[t\] < e \/\*LOOK\*\//true/'
mutant 'the target ignores its ownership' CURRENT \
  's/!owned\[t\] \/\*LOOK AGAIN\*\//true/'
mutant 'the target looks at its ownership first' CURRENT \
  's/incoming\[t\] < e \/\*LOOK\*\//!owned[t]/; s/!owned\[t\] \/\*LOOK AGAIN\*\//incoming[t] < e/'
mutant 'staging keeps departed_range' CURRENT \
  's/row\[t\] = copy; departed\[t\] = 0/row[t] = copy/'
stray='-DMOVES=2 -DWRITES=1 -DRECOVERY -DPURGER -DSTRAY'
mutant 'staging deletes what nobody brought' UNTOUCHED \
  's/ && stray\[t\] \/\*REFUSE\*\// \&\& false/' "$stray"
mutant 'staging looks for stray rows before its turn' UNTOUCHED \
  's/stagers\[t\] == 0 \/\*TURN\*\/ -> stagers\[t\]++; known = \(.*\) \/\*KNOWN\*\//known = \1 || !stray[t] }; atomic { stagers[t] == 0 -> stagers[t]++/' "$stray"
mutant 'staging takes rows of the owner for stray ones' BLAMED \
  's/ || owned\[t\] \/\*KNOWN\*\///' '-DMOVES=3 -DWRITES=1 -DSTRAY'
# 3 rounds
mutant 'a round ignores that incoming changed' CURRENT \
  's/incoming\[t\] == e \/\*ROUND\*\//true/'
mutant 'a round looks, then stores' CURRENT \
  's/\/\*ROUND\*\/ ->/:: else -> goto over fi }; atomic { if :: true ->/'
mutant 'a round forgets what its snapshot did not see' CURRENT \
  's/log\[s\] = log\[s\] - seen \/\*FORGET\*\//log[s] = 0/'
mutant 'a round reads the row, then the log' CURRENT \
  's/seen = log\[s\]; copy = row\[s\]/copy = row[s] :: else -> break fi }; atomic { if :: true -> seen = log[s]/'
# 4 lock
mutant 'the lock does not re-check the epoch' NOT_LOST \
  's/ && epoch\[s\] == e \/\*CHECK\*\///'
mutant 'the mover does not wait for writers' CURRENT \
  's/unlocked(s) \(.*\/\*CHECK\*\/\)/exclusive[s] == 0 \1/'
mutant 'writers skip the lock' CURRENT \
  's/exclusive\[s\] == 0 \/\*WRITER\*\/ && //'
mutant 'writers let the lock go before they write' CURRENT \
  's/^       sharing\[s\]--;/       sharing[s]-- }; atomic {/'
mutant 'writers do not log' CURRENT \
  's/logs \/\*LOG\*\//false/'
mutant 'writers read the flag before they wait' CURRENT \
  's/exclusive\[s\] == 0 \/\*WRITER\*\/ \&\& owned\[s\] -> \(.*\); logs = logged\[s\] \/\*READ\*\//owned[s] -> logs = logged[s] :: else -> s = 0; goto end fi }; atomic { if :: exclusive[s] == 0 \&\& owned[s] -> \1/'
# 5 catch up
mutant 'the catch-up is skipped' CURRENT \
  's/ \&\& log\[s\] == 0 \/\*EMPTY\*\///'
mutant 'the catch-up ignores that incoming changed' CURRENT \
  's/incoming\[t\] == e \/\*STILL\*\//true/'
mutant 'the catch-up looks, then stores' CURRENT \
  's/\/\*STILL\*\/ ->/:: else -> goto over fi }; atomic { if :: true ->/'
# 6 hand over
mutant 'the source commits a dead session' CURRENT \
  's/exclusive\[s\] == id + 1 \/\*COMMIT\*\/ -> exclusive\[s\] = 0;/owned[s] \&\& epoch[s] == e ->/'
# 7 activate, 8 finish, 9 purge
mutant 'activate ignores the epoch' ONE_OWNER \
  's/incoming\[t\] == e \/\*ACTIVATE\*\//incoming[t]/' '-DMOVES=3 -DWRITES=1 -DHELPER'
mutant 'finish comes before activate' NOT_LOST \
  '/^inline finish/s/$/ atomic { handover[s * SHARDS + t] = handover[s * SHARDS + t] \& ~(1 << e) };/'
mutant 'the purge looks, then deletes' CURRENT \
  's/departed\[s\] \/\*PURGE\*\/ ->/departed[s] }; atomic {/'
mutant 'a range that went on is no proof' PROVEN \
  's/(arrived\[t\] >= e)/(owned[t] \&\& epoch[t] >= e)/' '-DMOVES=3 -DWRITES=1 -DHELPER'
# a shard that was set back
mutant 'activate takes an older copy of its epoch' KEPT \
  's/ && row\[t\] == handed\[e\] \/\*THIS COPY\*\///' '-DMOVES=2 -DWRITES=1 -DPURGER -DRESTORE'
mutant 'an epoch is used twice' KEPT \
  's/newest++; epoch\[s\] = newest \/\*UNIQUE\*\//epoch[s]++/' '-DMOVES=3 -DWRITES=1 -DRECOVERY -DPURGER -DRESTORE' -O2
mutant 'activate passes a stager' KEPT \
  's/stagers\[t\] < 2 \/\*HELD\*\/ ->//' '-DMOVES=3 -DWRITES=1 -DRECOVERY -DPURGER -DRESTORE' -O2
mutant 'the purge does not ask whether the target took it' KEPT \
  's/took(went\[s\], departed\[s\]) \/\*TAKEN\*\/ && //' '-DMOVES=3 -DWRITES=1 -DPURGER -DRESTORE'
mutant 'the purge does not ask who owns it now' KEPT \
  's/ && an_owner \/\*NOW\*\///' '-DMOVES=3 -DWRITES=1 -DPURGER -DRESTORE'
mutant 'the purge deletes what left later' KEPT \
  's/departed\[s\] == e \/\*SAME EPOCH\*\//departed[s]/' '-DMOVES=3 -DWRITES=1 -DPURGER -DRESTORE'
mutant 'the purge believes an epoch that was raised' KEPT \
  's/took(went\[s\], departed\[s\]) \/\*TAKEN\*\//(owned[went[s]] \&\& epoch[went[s]] >= departed[s])/' \
  '-DMOVES=3 -DWRITES=1 -DRECOVERY -DPURGER -DRESTORE' -O2
mutant 'the drop asks nobody who owns' KEPT \
  's/an_owner \/\*OWNED\*\//true/' '-DMOVES=2 -DWRITES=1 -DRECOVERY -DPURGER -DRESTORE'
# recovery, readers
mutant 'recovery looks for the handover, then raises' NOT_LOST \
  '/\/\* raise \*\//s/^/ atomic { if :: recorded(s, t, e) -> goto over :: else fi };/; /\/\* look \*\//d'
mutant 'recovery does not raise the epoch' NOT_LOST \
  's/raised++; RAISE(s);/raised++;/'
mutant 'recovery does not need the lock' NOT_LOST \
  's/unlocked(s) && owned\[s\] && raised/owned[s] \&\& raised/'
mutant 'recovery drops any epoch' NOT_LOST \
  's/incoming\[t\] == e \/\*DROP\*\//incoming[t]/'
mutant 'the drop looks, then deletes' NOT_LOST \
  's/\/\*DROP\*\/ ->/:: else -> goto over fi }; atomic { if :: true ->/'
mutant 'a reader asks for the row, then for ownership' FRESH \
  's/mine = owned\[s\]; .*got = row\[s\];/got = row[s] }; atomic { mine = owned[s];/' '-DMOVES=2 -DWRITES=2 -DREADER'

# transfers between shards
model=$(dirname "$model")/transfer.pml
holds 'a transfer, two who deliver it' '-DDELIVERERS=2'
holds 'a transfer, three who deliver it' '-DDELIVERERS=3'
mutant 'the message is forgotten before it is received' SETTLED \
  's/^  :: atomic { message -> delivering++;/  :: atomic { message -> message = 0; delivering++;/' '-DDELIVERERS=2'
mutant 'a credit that nobody notes' ONCE \
  's/if :: accepted -> receipt = 1 ::/if :: accepted -> skip ::/' '-DDELIVERERS=2'
mutant 'a refusal that nobody notes' ONCE \
  's/receipt = 2 \/\*REFUSED\*\//skip/' '-DDELIVERERS=2'
mutant 'a receipt that nobody reads' ONCE \
  's/:: receipt \/\*RECEIPT\*\/ ->/:: false ->/' '-DDELIVERERS=2'
mutant 'money comes back without a look for the message' ONCE \
  's/:: message \/\*FIRST\*\/ ->/:: true ->/' '-DDELIVERERS=2'
mutant 'a payer with money on its way may go' REFUNDABLE \
  's/ \&\& !message \/\*PENDING\*\///' '-DDELIVERERS=2'
mutant 'receipts go while somebody delivers' ONCE \
  's/ \&\& delivering == 0 \/\*KEPT\*\///' '-DDELIVERERS=2'
mutant 'a total that leaves out what was sent' TOTAL \
  's/ + sent \/\*SENT\*\///' '-DDELIVERERS=2'
mutant 'a total that leaves out what has come' TOTAL \
  's/ + taken \/\*TAKEN\*\///' '-DDELIVERERS=2'
mutant 'a repeated call pays again' ONCE \
  's/ \&\& !paid \/\*UNPAID\*\///' '-DDELIVERERS=2'

# whether a server is believed
model=$(dirname "$model")/trust.pml
holds 'a server that others take the place of' '-DCALLERS=2'
holds 'a server that others take the place of, three callers' '-DCALLERS=3'
mutant 'a look accepts what came up while it looked' TRUSTED \
  's/accepted = known \/\*KNOWN\*\//accepted = doubts/' '-DCALLERS=1'
mutant 'the doubts are read once the server has answered' TRUSTED \
  's/ -> known = doubts \/\*BEFORE\*\/; at/ -> at/; s/:: !bad \/\*COMPARED\*\/ ->/:: !bad -> known = doubts;/' '-DCALLERS=1'
mutant 'nobody is compared' TRUSTED \
  's/:: !bad \/\*COMPARED\*\/ ->/:: true ->/' '-DCALLERS=1'
mutant 'a connection is asked once behind a pooler' TRUSTED \
  's/atomic { NOTICE(at) \/\*ASKS\*\/;/atomic { if :: compared :: else -> NOTICE(at) fi;/' '-DCALLERS=1'
mutant 'a caller looks whether it is believed, then asks' TRUSTED \
  's/^  :: at = server;/  :: atomic { if :: doubts > accepted -> goto over :: else fi }; at = server;/; s/:: doubts > accepted \/\*AFTERWARDS\*\/ -> goto over/:: false/' '-DCALLERS=1'

while [ "$told" -lt "$searches" ]; do tell_next; done
[ "$searches" -gt 0 ] || { echo "Nothing here is named \"$only\"."; exit 2; }
echo "As it must be: $searches searches in $SECONDS s."
