package cases

import (
	"slices"
	"strconv"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/request"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

// actForm is an act's part of a case's page. What it looks like stands in _acts.gohtml.
type actForm struct {
	act    cases.Act
	part   string                          // the template that shows it; "": that of another act
	fields []string                        // in which something can be typed or chosen for it
	final  bool                            // cannot be taken back, so that it is asked for twice
	leaves bool                            // ends what the reader has to do with the case, so that the next one opens
	why    bool                            // the page says why it cannot be done yet
	read   func(*web.Form, *cases.Command) // what it takes besides its text; nil is nothing
}

// actForms are the acts in the order of the page.
var actForms = []actForm{
	{act: cases.Message, part: composer, fields: sayFields, why: true},
	{act: cases.Note, fields: sayFields},
	{act: cases.Opinion, fields: sayFields},
	{act: cases.Take, part: "take", fields: []string{cases.FieldOf(cases.Take)}},
	{act: cases.Sign, part: "sign", leaves: true},
	{act: cases.SendBack, part: "send_back", fields: []string{cases.FieldOf(cases.SendBack)}, leaves: true},
	{
		act: cases.FinishStage, part: "finish_stage", fields: []string{"stage_outcome"}, leaves: true,
		read: func(form *web.Form, cmd *cases.Command) {
			cmd.Chosen, cmd.Seen = form.Value("stage_outcome"), form.Value("stage_seen")
		},
	},
	{act: cases.Decide, part: "decide", fields: decisionFields, why: true, read: readDecision},
	{act: cases.Propose, fields: decisionFields, read: readDecision}, // by the form of the decision
	{act: cases.RecordSilence, part: "record_silence", fields: []string{cases.FieldOf(cases.RecordSilence)}},
	{
		act: cases.Issue, part: "issue", final: true, why: true,
		fields: []string{andNext, "paper", "recipient", "recipient_name", "recipient_basis", "identity", "identity_number"},
		read: func(form *web.Form, cmd *cases.Command) {
			cmd.Paper = form.Value("paper")
			cmd.Handed = cases.Handover{
				Recipient: form.Value("recipient"), Name: form.Value("recipient_name"), Basis: form.Value("recipient_basis"),
				Document: form.Value("identity"), Number: form.Value("identity_number"),
			}
		},
	},
	{act: cases.Resume, part: "resume"},
	{
		act: cases.ReturnStage, part: "return_stage", fields: []string{"return_to", cases.FieldOf(cases.ReturnStage)}, leaves: true,
		read: func(form *web.Form, cmd *cases.Command) { cmd.Stage = request.FormID(form, "return_to") },
	},
	{
		act: cases.Extend, part: "extend", why: true, fields: []string{"extend_days", "extend_in", cases.FieldOf(cases.Extend)},
		read: func(form *web.Form, cmd *cases.Command) {
			days, err := strconv.Atoi(form.Value("extend_days"))
			if err != nil {
				days = 0 // said to be out of range
			}
			cmd.Extension = workdays.Span{Days: days, In: workdays.Unit(form.Value("extend_in"))}
		},
	},
	{
		act: cases.InsertStage, part: "insert_stage",
		fields: []string{"insert_kind", "insert_place", "insert_days", "insert_at", cases.FieldOf(cases.InsertStage)}, read: readInserting,
	},
	{
		act: cases.DropStage, part: "drop_stage", fields: []string{"drop_stage_id", cases.FieldOf(cases.DropStage)},
		read: func(form *web.Form, cmd *cases.Command) { cmd.Stage = request.FormID(form, "drop_stage_id") },
	},
	{act: cases.Suspend, part: "suspend", fields: askFields, leaves: true, read: readAsking},
	{
		act: cases.Withdraw, part: "withdraw", fields: []string{"withdraw_paper", cases.FieldOf(cases.Withdraw)},
		read: func(form *web.Form, cmd *cases.Command) { cmd.Paper = form.Value("withdraw_paper") },
	},
	{act: cases.Reopen, part: "reopen", fields: []string{cases.FieldOf(cases.Reopen)}},
	{act: cases.TakePapers, part: "take_papers"},                                                   // they come to an address of their own
	{act: cases.Upload, part: "upload", fields: []string{"replaces", cases.FieldOf(cases.Upload)}}, // its file comes to an address of its own
	{act: cases.SignResult}, // beside each result, at an address of its own
	{
		act: cases.WithdrawResult, part: "withdraw_result", fields: []string{"withdraw_file", cases.FieldOf(cases.WithdrawResult)},
		read: func(form *web.Form, cmd *cases.Command) { cmd.File = request.FormID(form, "withdraw_file") },
	},
	{
		act: cases.CorrectDecision, part: "correct_decision",
		fields: []string{"correct_ground", "correct_other", "correct_reasoning", cases.FieldOf(cases.CorrectDecision)},
		read: func(form *web.Form, cmd *cases.Command) {
			cmd.Grounds, cmd.OtherGround, cmd.Reasoning = form.Values("correct_ground"), form.Value("correct_other"), form.Value("correct_reasoning")
		},
	},
	{act: cases.WithdrawDecision, part: "withdraw_decision", fields: []string{cases.FieldOf(cases.WithdrawDecision)}},
	{
		act: cases.AskOpinion, part: "ask_opinion", fields: []string{"ask_opinion_of", "ask_opinion_days", cases.FieldOf(cases.AskOpinion)},
		read: func(form *web.Form, cmd *cases.Command) {
			days, err := strconv.Atoi(form.Value("ask_opinion_days"))
			if err != nil {
				days = 0 // said to be out of range
			}
			cmd.To = request.FormID(form, "ask_opinion_of")
			cmd.Opinion = cases.OpinionAsking{Anybody: form.Value("ask_opinion_of") == anybody, Days: days}
		},
	},
	{
		act: cases.RecallOpinion, part: "recall_opinion", fields: []string{"recall_opinion_asked", cases.FieldOf(cases.RecallOpinion)},
		read: func(form *web.Form, cmd *cases.Command) { cmd.Question = request.FormID(form, "recall_opinion_asked") },
	},
	{act: cases.Remind, part: "remind", leaves: true, why: true},
	{act: cases.Take, part: "take_over"},
	{
		act: cases.Assign, part: "assign", fields: []string{"to", cases.FieldOf(cases.Assign)}, leaves: true,
		read: func(form *web.Form, cmd *cases.Command) { cmd.To = request.FormID(form, "to") },
	},
	{act: cases.HandBack, part: "hand_back", fields: []string{cases.FieldOf(cases.HandBack)}, leaves: true},
	{act: cases.Close, part: "close", final: true},
	{act: cases.Unarchive, part: "unarchive"},
}

// decisionFields are the inputs of a decision, whether it is made or prepared.
var decisionFields = []string{"outcome", "ground", "ground_other", cases.FieldOf(cases.Decide), "replaces_proposal"}

func readDecision(form *web.Form, cmd *cases.Command) {
	cmd.Outcome, cmd.Grounds, cmd.OtherGround = cases.Outcome(form.Value("outcome")), form.Values("ground"), form.Value("ground_other")
	cmd.Replaces = form.Value("replaces_proposal")
}

// formOf is the act's part of the page; the zero value for an act that is not known.
func formOf(act cases.Act) actForm {
	if i := slices.IndexFunc(actForms, func(f actForm) bool { return f.act == act }); i >= 0 {
		return actForms[i]
	}
	return actForm{}
}

// commandOf reads an act with what was typed for it.
func commandOf(form *web.Form) cases.Command {
	act := cases.Act(form.Value("act"))
	cmd := cases.Command{Act: act, Text: form.Value(cases.FieldOf(act))}
	if read := formOf(act).read; read != nil {
		read(form, &cmd)
	}
	return cmd
}

// Parts are the templates of the page's acts, in its order, without the composer.
func (page *caseShowPage) Parts() []string {
	var parts []string
	for _, f := range actForms {
		if f.part != "" && f.part != composer {
			parts = append(parts, "cases/part/act_"+f.part)
		}
	}
	return parts
}
