// Package failpoint names the moments before and after each durable step, so that tests can end the process,
// fail or wait exactly there. Without the build tag failpoints both calls are empty and inlined.
//
//	failpoint.Hit("apply.before_commit")          // may kill or wait
//	if err := failpoint.Error("documents.put"); … // may also return an error
//
// With the tag the environment says what happens, and nothing does by default (no SYNCER_ before it: that is the
// configuration's, which is strict):
//
//	FAILPOINTS="apply.before_commit=kill@3;snapshot.after_piece=error*1"
//
// Each item is name=action[@n][*m]: from the n-th hit on (1), m times (for ever). The name * means every point:
// *=kill@17 kills at the seventeenth durable step whatever it is. Actions: kill (SIGKILL to itself), error, wait.
// FAILPOINTS_DIR names a folder in which the file hits gets a line for each hit; a wait there ends when a
// file with the point's name appears.
//
// It holds no state of the syncer and may import the standard library only.
package failpoint

// Names lists every point with the step it belongs to: the one place to look them up. Each is called at one
// place in the sources; a test compares both.
var Names = map[string]string{
	"snapshot.after_slot":   "the slot exists and exports its snapshot; the target does not know of it",
	"snapshot.before_piece": "a piece is loaded and recorded, but not committed",
	"snapshot.after_piece":  "a piece is committed",
	"swap.before_shadow":    "a table is to be loaded beside the stream; what an earlier attempt left is still there",
	"swap.after_load":       "the shadow is loaded, its own stream not begun",
	"swap.before_begin":     "the shadow follows; nothing of the merge is done",
	"swap.after_begin":      "what of the merge need not wait is done",
	"swap.before_commit":    "the table is what its shadow is, and not committed",
	"swap.after_commit":     "the table is swapped in, the stream not told",
	"swap.before_replace":   "the whole replica is what its shadows are, and not committed",
	"swap.after_replace":    "the whole replica is swapped in",
	"swap.before_withdraw":  "the publication still has what is to be dropped or redefined",
	"swap.after_withdraw":   "the publication has lost it, the target knows nothing of it",
	"swap.before_record":    "the new list is not recorded on the target",
	"swap.after_record":     "the new list is recorded, the publication does not have what is new",
	"swap.before_publish":   "the running syncer obeys the new list, the publication is not yet changed",
	"swap.after_publish":    "the publication is the whitelist's, its filters are not recorded",

	"indexes.before_aside":  "a large table's first piece has come, its indexes are in place",
	"indexes.after_aside":   "they are put aside, or could not be",
	"indexes.before_again":  "all rows are there, an index is not",
	"indexes.after_again":   "it is made again",
	"snapshot.before_ready": "a table's last piece is committed, the table not yet marked",

	"apply.before_send":          "a batch is about to be composed, nothing of it sent",
	"apply.before_chunk":         "a part of a transaction that still runs is composed, its end not sent",
	"apply.before_stream_commit": "such a transaction has ended in the source, its COMMIT is not sent",
	"apply.after_send":           "a batch was answered: it is committed or refused",
	"apply.after_ack":            "the reader was told of a committed batch",

	"documents.before_put":    "an object's source is open",
	"documents.after_put":     "an object is in the target's store, not yet read back",
	"documents.before_record": "what became of an object is known, not recorded",
	"documents.after_record":  "what became of an object is recorded",
	"documents.before_remove": "an object that no row names is about to go",

	"inbound.before_put":        "an attachment is about to be copied into quarantine",
	"inbound.after_put":         "an attachment is in quarantine, not yet read back",
	"inbound.before_receive":    "all attachments of a message are inside, its envelope not",
	"inbound.after_receive":     "a message is durable inside, the outside does not know",
	"inbound.after_acknowledge": "the outside has erased the envelope, its attachments not yet",
}
