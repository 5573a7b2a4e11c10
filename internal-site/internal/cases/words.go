package cases

import (
	"embed"

	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// Words are the messages of this domain in both languages.
//
//go:embed words
var Words embed.FS

// said are the words that the portal itself writes into public events.
var said = locale.MustLoad(Words)

// wordsOfForms are the words in which answers are told.
var wordsOfForms = locale.MustLoad(forms.Words)

// say writes a sentence of a public event in both languages, because events are stored as content and leave for the
// public site as they are; nothing in it may name a person.
func say(key string, args ...any) locale.Text {
	return locale.Text{UK: said.In(locale.UK).T(key, args...), EN: said.In(locale.EN).T(key, args...)}
}

func saysRegistered(number string) locale.Text { return say("cases.says.registered", number) }

func saysStageStarted(s Stage) locale.Text { return say("cases.says.stage_started", nameOf(s)) }

func saysStageFinished(s Stage) locale.Text { return say("cases.says.stage_finished", nameOf(s)) }

func saysSkipped(s Stage) locale.Text { return say("cases.says.stage_skipped", nameOf(s)) }

// toldOfMove is what the history says of a stage whose turn has come.
func toldOfMove(s Stage) (EventKind, locale.Text) {
	if s.State == StageSkipped {
		return EventSkipped, saysSkipped(s)
	}
	return EventStageStarted, saysStageStarted(s)
}

var (
	saysAssigned          = say("cases.says.assigned")
	saysPassedOn          = say("cases.says.passed_on")
	saysTakenOver         = say("cases.says.taken_over")
	saysGiven             = say("cases.says.given")
	saysHandedBack        = say("cases.says.handed_back")
	saysReminded          = say("cases.says.reminded")
	saysSuspended         = say("cases.says.suspended")
	saysReleased          = say("cases.says.released")
	saysResumed           = say("cases.says.resumed")
	saysResultReady       = say("cases.says.result_ready")
	saysResultSigned      = say("cases.says.result_signed")
	saysOtherGround       = say("cases.says.other_ground")
	saysDecisionWithdrawn = say("cases.says.decision_withdrawn")
	saysResultWithdrawn   = say("cases.says.result_withdrawn")
	saysUnarchived        = say("cases.says.unarchived")
	saysIssued            = say("cases.says.issued")
	saysClosed            = say("cases.says.closed")
	saysUncollected       = say("cases.says.uncollected")
	saysClosedUncollected = say("cases.says.closed_uncollected")

	saysReplied         = say("cases.says.replied")
	saysWithdrawalAsked = say("cases.says.withdrawal_asked")
	saysWithdrawn       = say("cases.says.withdrawn")
	saysReopened        = say("cases.says.reopened")
	saysPapersAdded     = say("cases.says.papers_added")
	saysCorrect         = say("cases.says.correct")
)

func nameOf(s Stage) locale.Text { return locale.Text{UK: s.Name, EN: s.NameEN} }
