// Package failpoint names the moments before and after each durable step, so that tests can end the process,
// fail or wait exactly there. Without the build tag failpoints both calls are empty and inlined.
//
//	failpoint.Hit("apply.before_commit")          // may kill or wait
//	if err := failpoint.Error("documents.put"); … // may also return an error
//
// With the tag the environment says what happens, and nothing does by default:
//
//	SYNCER_FAILPOINTS="apply.before_commit=kill@3;snapshot.after_piece=error*1"
//
// Each item is name=action[@n][*m]: from the n-th hit on (1), m times (for ever). The name * means every point:
// *=kill@17 kills at the seventeenth durable step whatever it is. Actions: kill (SIGKILL to itself), error, wait.
// SYNCER_FAILPOINTS_DIR names a folder in which the file hits gets a line for each hit; a wait there ends when a
// file with the point's name appears.
//
// It holds no state of the syncer and may import the standard library only.
package failpoint

// Names lists every point with the step it belongs to: the one place to look them up. Each is called at one
// place in the sources; a test compares both.
var Names = map[string]string{}
